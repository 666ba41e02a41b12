/* Outlines and what an editor may do to them, apart from any page. Outlines are a Map from a block's id to its
   parts; a part is a list of rings, the shell first, and a ring a list of vertices [x, y] in whole units of a grid,
   the first not repeated. Vertices in the same place are one vertex: that is what makes an edge shared.

   Nothing is changed in place. An edit is a Map with the new parts of the blocks that it changes; null stands for
   an edit that would leave less than a triangle of a ring. */
"use strict";

const ftzEdits = (() => {
  /** A grid of so many units per degree: a place's vertex on it, and a vertex's place. */
  function grid(units) {
    return {
      units,
      onGrid: ([lon, lat]) => [Math.round(lon * units), Math.round(lat * units)],
      degrees: ([x, y]) => [x / units, y / units],
      metres: (vertex) => metresOfStep(vertex, units),
    };
  }

  /** Metres that one step of the grid to the east and to the north are, around a vertex. */
  function metresOfStep(vertex, units) {
    const [lon, lat] = vertex.map((value) => value / units);
    const minutes = [[lon + 1 / 60, lat], [lon, lat + 1 / 60]].map((other) => ftzGeodesy.distance([lon, lat], other));
    return minutes.map((length) => (length * 60) / units);
  }

  const same = (a, b) => a[0] === b[0] && a[1] === b[1];

  /* ---------- edits ---------- */

  /** The blocks of which a function changes rings; it gives a ring back that it leaves as it is. */
  function changed(outlines, ids, change) {
    const found = new Map();
    for (const id of ids) {
      const parts = outlines.get(id);
      const made = parts.map((part) => part.map(change));
      if (made.every((part, i) => part.every((ring, j) => ring === parts[i][j]))) continue;
      if (made.flat().some((ring) => ring.length < 3)) return null;
      found.set(id, made);
    }
    return found;
  }

  /** A ring without vertices that repeat the one before. */
  function distinct(ring) {
    return ring.filter((vertex, i) => !same(vertex, ring[(i + ring.length - 1) % ring.length]));
  }

  /** The blocks that have one of some vertices. */
  function sharing(outlines, vertices) {
    const wanted = new Set(vertices.map(String));
    const has = (parts) => parts.some((part) => part.some((ring) => ring.some((vertex) => wanted.has(String(vertex)))));
    return [...outlines.keys()].filter((id) => has(outlines.get(id)));
  }

  /** Puts a vertex into an edge, in every one of some blocks that has this edge, so that it stays one edge. */
  function insert(outlines, ids, [a, b], vertex) {
    return changed(outlines, ids, (ring) => {
      const made = ring.flatMap((one, i) => {
        const next = ring[(i + 1) % ring.length];
        return (same(one, a) && same(next, b)) || (same(one, b) && same(next, a)) ? [one, vertex] : [one];
      });
      return made.length > ring.length ? distinct(made) : ring;
    });
  }

  /** One edit of several steps, each of which is given the outlines that the ones before it left. */
  function together(outlines, ...steps) {
    const all = new Map();
    let now = outlines;
    for (const step of steps) {
      const changes = step(now);
      if (changes === null) return null;
      changes.forEach((parts, id) => all.set(id, parts));
      now = new Map([...now, ...changes]);
    }
    return all;
  }

  /* ---------- where a vertex may snap to ---------- */

  /** The nearest vertex of some blocks within reach, [x, y] in units; else the nearest place on an edge of theirs, and
      that edge; else null. */
  function nearest(outlines, ids, vertex, reach) {
    const scaled = ([x, y]) => [(x - vertex[0]) / reach[0], (y - vertex[1]) / reach[1]];
    let [corner, side] = [null, null];
    for (const id of ids) {
      for (const ring of outlines.get(id).flat()) {
        for (let i = 0; i < ring.length; i++) {
          const [a, b] = [ring[i], ring[(i + 1) % ring.length]];
          const [[ax, ay], [bx, by]] = [scaled(a), scaled(b)];
          if (Math.min(ax, bx) > 1 || Math.max(ax, bx) < -1 || Math.min(ay, by) > 1 || Math.max(ay, by) < -1) continue;
          const away = Math.hypot(ax, ay);
          if (away <= 1 && !(corner?.away <= away)) corner = { place: a, edge: null, away };
          const [dx, dy] = [bx - ax, by - ay];
          const along = -(ax * dx + ay * dy) / (dx * dx + dy * dy);
          if (!(along > 0 && along < 1)) continue;
          const off = Math.hypot(ax + along * dx, ay + along * dy);
          if (off > 1 || side?.away <= off) continue;
          const place = [Math.round(a[0] + along * (b[0] - a[0])), Math.round(a[1] + along * (b[1] - a[1]))];
          side = { place, edge: [a, b], away: off };
        }
      }
    }
    return corner ?? side;
  }

  /** Whether a place lies in an outline (even-odd, so holes and parts need no telling apart). */
  function within([x, y], parts) {
    let inside = false;
    for (const ring of parts.flat()) {
      ring.forEach(([ax, ay], i) => {
        const [bx, by] = ring[(i + 1) % ring.length];
        if (ay > y !== by > y && x < ax + ((y - ay) * (bx - ax)) / (by - ay)) inside = !inside;
      });
    }
    return inside;
  }

  /** The middle of an outline's vertices: as good as any to tell how far its name goes with it. */
  function middleOf(parts) {
    const vertices = parts.flat(2);
    return [0, 1].map((axis) => vertices.reduce((sum, vertex) => sum + vertex[axis], 0) / vertices.length);
  }

  /* ---------- soundness ---------- */

  /** On which side of the line from a to b a place lies: 1, -1, or 0 on it. */
  function turn(a, b, place) {
    return Math.sign((b[0] - a[0]) * (place[1] - a[1]) - (b[1] - a[1]) * (place[0] - a[0]));
  }

  /** Whether two segments have a place in common. */
  function meet([a, b], [c, d]) {
    const [toC, toD, toA, toB] = [turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)];
    if (toC !== toD && toA !== toB) return true;
    return toC === 0 && toD === 0; // on one line: the boxes of the two are known to meet
  }

  /** Whether an outline crosses or touches itself. */
  function crosses(parts) {
    const segments = parts.flat().flatMap((ring, number) => ring.map((a, i) => {
      const b = ring[(i + 1) % ring.length];
      return { number, i, last: ring.length - 1, ends: [a, b], west: Math.min(a[0], b[0]), east: Math.max(a[0], b[0]) };
    })).sort((one, other) => one.west - other.west);
    for (let i = 0; i < segments.length; i++) {
      const one = segments[i];
      for (let j = i + 1; j < segments.length && segments[j].west <= one.east; j++) {
        const other = segments[j];
        const [[, ay], [, by]] = one.ends;
        const [[, cy], [, dy]] = other.ends;
        if (Math.max(ay, by) < Math.min(cy, dy) || Math.max(cy, dy) < Math.min(ay, by)) continue;
        const gap = one.number === other.number ? Math.abs(one.i - other.i) : null;
        if (gap === 1 || (gap !== null && gap === one.last)) {
          if (foldsBack(one.ends, other.ends)) return true;
        } else if (meet(one.ends, other.ends)) return true;
      }
    }
    return false;
  }

  /** Whether two edges with a common vertex run back along each other. */
  function foldsBack(one, other) {
    const shared = one.find((vertex) => other.some((end) => same(end, vertex)));
    const [p, q] = [one, other].map((ends) => ends.find((vertex) => !same(vertex, shared)));
    const ahead = (p[0] - shared[0]) * (q[0] - shared[0]) + (p[1] - shared[1]) * (q[1] - shared[1]) > 0;
    return turn(shared, p, q) === 0 && ahead;
  }

  /* ---------- history ---------- */

  class History {
    constructor(outlines) {
      this.original = outlines;
      this.outlines = new Map(outlines);
      this.done = [];
      this.undone = [];
    }

    put(changes) {
      changes.forEach((parts, id) => this.outlines.set(id, parts));
      return [...changes.keys()];
    }

    /** Makes an edit part of the outlines; gives the ids of the blocks that it changed. */
    commit(after, scale = 1) {
      if (after.size === 0) return [];
      const before = new Map([...after.keys()].map((id) => [id, this.outlines.get(id)]));
      this.done.push({ before, after, scale });
      this.undone = [];
      return this.put(after);
    }

    undo() {
      const edit = this.done.pop();
      if (!edit) return [];
      this.undone.push(edit);
      return this.put(edit.before);
    }

    redo() {
      const edit = this.undone.pop();
      if (!edit) return [];
      this.done.push(edit);
      return this.put(edit.after);
    }

    /** By how much edits scaled everything. */
    get scale() {
      return this.done.reduce((product, { scale }) => product * scale, 1);
    }

    isChanged(id) {
      const [before, now] = [this.original.get(id), this.outlines.get(id)];
      return before !== now && String(before.flat(2)) !== String(now.flat(2));
    }

    /** The ids of the blocks that are not what they were. */
    changed() {
      return [...this.outlines.keys()].filter((id) => this.isChanged(id));
    }
  }

  /* ---------- the patch ---------- */

  /** A moment as ISO 8601 with the offset of where it is. */
  function moment(date) {
    const two = (n) => String(Math.floor(Math.abs(n))).padStart(2, "0");
    const east = -date.getTimezoneOffset();
    const local = new Date(date.getTime() + east * 60000).toISOString().slice(0, 19);
    return `${local}${east < 0 ? "-" : "+"}${two(east / 60)}:${two(east % 60)}`;
  }

  /** What changed, as GeoJSON that `ftz-geo apply` takes: its form is described in patch.py. */
  function patch(history, { degrees }, taken, { schema, file, sha256 }, { who, grade }, date) {
    const features = history.changed().map((id) => {
      const parts = history.outlines.get(id).map((part) => part.map((ring) => [...ring, ring[0]].map(degrees)));
      const geometry = parts.length === 1
        ? { type: "Polygon", coordinates: parts[0] }
        : { type: "MultiPolygon", coordinates: parts };
      const along = taken.of(id, history.outlines.get(id)).map((one) => ({ ...one, line: one.line.map(degrees) }));
      return { type: "Feature", id, properties: { id, ...(along.length > 0 ? { along } : {}) }, geometry };
    });
    const head = { schema, made_from: { file, sha256 }, who, when: moment(date), grade };
    return { type: "FeatureCollection", ftz_geo: head, features };
  }

  return Object.freeze({
    grid, same, changed, distinct, sharing, insert, together, nearest, within, middleOf, crosses, History, patch,
  });
})();
