/* A side that is dragged onto a named line of the base map takes the line's course between the two sides beside it.
   Sides are those of edits.sides.js, lines those of edits.lines.js. */
"use strict";

const ftzAlong = (() => {
  const { carry, halfWay, sides } = ftzSides;
  const { along, between, meeting, rounded } = ftzLines;

  // Ways of one road end where its next one begins; at a wide crossing they may be a carriageway's width apart.
  const JOIN_M = 20;
  const TURN_MOST = Math.cos(Math.PI / 3);
  // A side runs along a line if more than half of it lies within a tenth of its length: a side of a sketch is no
  // better placed than that, and a road that leaves it at an angle comes no closer.
  const NEAR_PER_LENGTH = 0.1;
  const MOST = 0.5;
  const SAMPLES = 21;
  const CORNER_PER_LENGTH = 0.25; // how far a corner may go from where the drag put it

  const apart = (a, b, metres) => Math.hypot((b[0] - a[0]) * metres[0], (b[1] - a[1]) * metres[1]);

  function lengthOf(line, metres) {
    return line.slice(1).reduce((sum, b, i) => sum + apart(line[i], b, metres), 0);
  }

  /** How straight it goes on from a line to another that begins at its end: the cosine of the turn. */
  function ahead(line, next, metres) {
    const step = ([a, b]) => [(b[0] - a[0]) * metres[0], (b[1] - a[1]) * metres[1]];
    const [[x, y], [u, v]] = [step(line.slice(-2)), step(next)];
    return (x * u + y * v) / (Math.hypot(x, y) * Math.hypot(u, v) || 1);
  }

  /** A line with the lines of the same name that go on from its end. */
  function continued(line, others, metres) {
    const left = new Set(others);
    let whole = line;
    for (;;) {
      const end = whole.at(-1);
      const [next] = [...left].flatMap((other) => [other, [...other].reverse()].map((way) => ({ other, way })))
        .filter(({ way }) => apart(end, way[0], metres) <= JOIN_M)
        .map((found) => ({ ...found, turn: ahead(whole, found.way, metres) }))
        .filter(({ turn }) => turn > TURN_MOST)
        .sort((a, b) => b.turn - a.turn);
      if (!next) return whole;
      left.delete(next.other);
      whole = [...whole, ...next.way.slice(apart(end, next.way[0], metres) === 0 ? 1 : 0)];
    }
  }

  /** The course of a road through a place: the nearest of the lines of its name, with those that go on from it. */
  function course(lines, place, metres) {
    const found = lines.map((line) => ({ line, away: nearest(line, place, metres).away }))
      .reduce((least, one) => (one.away < least.away ? one : least)).line;
    const others = lines.filter((line) => line !== found);
    const forwards = continued(found, others, metres);
    const left = others.filter((line) => !line.every((vertex) => forwards.includes(vertex)));
    return continued([...forwards].reverse(), left, metres);
  }

  /** The place on a line nearest to another: where it is, how far along in vertices, and how far away in metres. */
  function nearest(line, place, metres) {
    const scaled = (vertex) => [(vertex[0] - place[0]) * metres[0], (vertex[1] - place[1]) * metres[1]];
    let best = null;
    for (let i = 0; i + 1 < line.length; i++) {
      const t = along([0, 0], scaled(line[i]), scaled(line[i + 1]));
      const there = between(line[i], line[i + 1], t);
      const away = apart(there, place, metres);
      if (best === null || away < best.away) best = { place: there, at: i + t, away };
    }
    return best;
  }

  /** Where the side that ends at a corner meets a line, trimmed or made longer by so many metres; else the place on the
      line that is nearest to the corner. `kept` tells which vertex of the side is the last before it. */
  function meets(side, line, most, metres) {
    const [before, corner] = side.slice(-2);
    const longer = most / (apart(before, corner, metres) || 1);
    const beyond = between(before, corner, 1 + longer);
    const found = [...side.slice(1), beyond].flatMap((b, i) => line.slice(1).flatMap((d, j) => {
      const place = meeting([side[i], b], [line[j], d]);
      if (place === null) return [];
      return [{ place, kept: i, at: j + along(place, line[j], d), away: apart(place, corner, metres) }];
    }));
    const [closest] = found.sort((a, b) => a.away - b.away);
    return closest ?? { ...nearest(line, corner, metres), kept: side.length - 1 };
  }

  /** The part of a line between two of its places, from the first to the second. */
  function stretch(line, from, to) {
    const [low, high] = from.at < to.at ? [from.at, to.at] : [to.at, from.at];
    const inner = line.filter((_, i) => i > low + 1e-9 && i < high - 1e-9);
    const ordered = from.at < to.at ? inner : inner.reverse();
    return [from.place, ...ordered, to.place].map(rounded);
  }

  /** What moves where a side is cut at a place or made longer up to it: the corner, and what lies beyond the cut. */
  function cut(side, { kept, place }) {
    const gone = side.slice(kept + 1);
    const moves = gone.length > 0 ? [[side[kept], side[kept]], ...gone.map((vertex) => [vertex, rounded(place)])] : [];
    return gone.length > 0 ? moves : [[side.at(-1), rounded(place)]];
  }

  /** Whether a line runs along a side, for most of the side's length. */
  function runsAlong(line, side, length, metres) {
    const samples = Array.from({ length: SAMPLES }, (_, i) => halfWay(side, metres, i / (SAMPLES - 1)).place);
    const near = samples.filter((place) => nearest(line, place, metres).away <= length * NEAR_PER_LENGTH);
    return near.length > SAMPLES * MOST;
  }

  /** The sides before a side and after it in the ring that has it, each towards it. */
  function beside(ring, side, isCorner) {
    const all = sides(ring, isCorner);
    const i = all.findIndex((one) => String(one) === String(side));
    return [all.at(i - 1), [...all[(i + 1) % all.length]].reverse()];
  }

  /** What becomes of a side that was dragged by a step onto a line: the line's course in its place, and the moves of its
      corners; null where the line does not run along it. */
  function taken(ring, side, delta, line, isCorner, metres) {
    const length = lengthOf(side, metres);
    const there = side.map((vertex) => vertex.map((value, axis) => value + delta[axis]));
    if (!runsAlong(line, there, length, metres)) return null;
    const reach = Math.hypot(delta[0] * metres[0], delta[1] * metres[1]) + length;
    const neighbours = beside(ring, side, isCorner);
    const ends = neighbours.map((neighbour) => meets(neighbour, line, reach, metres));
    const corners = [there[0], there.at(-1)];
    const isFar = ({ place }, i) => apart(place, corners[i], metres) > length * CORNER_PER_LENGTH;
    if (ends.some(isFar) || Math.abs(ends[0].at - ends[1].at) < 1e-6) return null;
    const moves = new Map(ends.flatMap((end, i) => cut(neighbours[i], end)).map(([from, to]) => [String(from), to]));
    return { moves, course: stretch(line, ...ends) };
  }

  /** Puts a course in the place of a side of some blocks, when its corners have moved. */
  function put(outlines, ids, { moves, course: vertices }, isCorner, metres) {
    const [first, last] = [vertices[0], vertices.at(-1)].map(String);
    const isEnd = (vertex) => isCorner(vertex) || [first, last].includes(String(vertex));
    const moved = carry(outlines, ids, moves, isCorner, metres);
    if (moved === null) return null;
    const replaced = ftzEdits.changed(new Map([...outlines, ...moved]), ids, (ring) => {
      const all = sides(ring, isEnd);
      const at = all.findIndex((side) => [side[0], side.at(-1)].map(String).sort().join() === [first, last].sort().join());
      if (at < 0) return ring;
      all[at] = String(all[at][0]) === first ? vertices : [...vertices].reverse();
      return ftzEdits.distinct(all.flatMap((side) => side.slice(0, -1)));
    });
    return replaced && new Map([...moved, ...replaced]);
  }

  return Object.freeze({ course, nearest, taken, put });
})();
