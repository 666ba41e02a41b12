/* Corners and the sides between them. A ring may have many vertices and few corners: its sides are curved, or were
   given vertices to be drawn on the ellipsoid. Who moves a corner means the sides beside it too, so the vertices
   between corners follow. Outlines and edits are those of edits.js; metres are those of one vertex's steps on the
   grid, [to the east, to the north]. */
"use strict";

const ftzSides = (() => {
  const { changed, distinct, same } = ftzEdits;

  // A vertex is a corner where it lies 2.5 m or more off the line between the places 20 m before and behind it: the
  // ring turns by 14° there. A smooth bend does so only with a radius below 20² / (2 · 2.5) = 80 m; the axis of a
  // street for 40 km/h has 70 m and more (CJJ 37), so that bends of roads have no corners, and crossings have.
  const ARM_M = 20;
  const OFF_PER_ARM = 1 / 8;
  const ARMS_LEAST = 8; // along a ring: a small yard is seen with shorter arms
  const STRAIGHT_M = 0.5; // how far the vertices of a straight side lie off it: less than a map of 1:2000 shows

  /* ---------- corners ---------- */

  /** How far a place lies from a segment, all in metres. */
  function offSegment([x, y], [ax, ay], [bx, by]) {
    const [dx, dy] = [bx - ax, by - ay];
    const along = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1);
    const t = Math.min(1, Math.max(0, along));
    return Math.hypot(x - ax - t * dx, y - ay - t * dy);
  }

  /** The place so far along a ring from one of its vertices, forwards or backwards. */
  function placeAlong(points, start, way, far) {
    let [at, left] = [start, far];
    for (;;) {
      const next = (at + way + points.length) % points.length;
      const [a, b] = [points[at], points[next]];
      const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
      if (length >= left) return [0, 1].map((axis) => a[axis] + ((b[axis] - a[axis]) * left) / length);
      left -= length;
      at = next;
    }
  }

  /** The number of the vertex that is farthest by some measure. */
  function farthest(points, measure) {
    return points.reduce((best, point, i) => (measure(point) > measure(points[best]) ? i : best), 0);
  }

  /** Three vertices of a ring that turns nowhere, such as a circle. */
  function anyThree(points) {
    const second = farthest(points, ([x, y]) => Math.hypot(x - points[0][0], y - points[0][1]));
    return [0, second, farthest(points, (point) => offSegment(point, points[0], points[second]))];
  }

  /** The corners of a ring: those that are known to be some, and where it turns. */
  function corners(ring, isKnown, metres) {
    const points = ring.map((vertex) => vertex.map((value, axis) => (value - ring[0][axis]) * metres[axis]));
    const before = [0];
    points.forEach(([x, y], i) => {
      const [nx, ny] = points[(i + 1) % points.length];
      before.push(before[i] + Math.hypot(nx - x, ny - y));
    });
    const whole = before.at(-1);
    const arm = Math.min(ARM_M, whole / ARMS_LEAST);
    const found = ring.flatMap((vertex, i) => (isKnown(vertex) ? [i] : []));
    const free = (i) => found.every((other) => {
      const apart = Math.abs(before[i] - before[other]);
      return Math.min(apart, whole - apart) > arm;
    });
    points.map((point, i) => ({ i, off: offSegment(point, placeAlong(points, i, -1, arm), placeAlong(points, i, 1, arm)) }))
      .filter(({ off }) => off >= arm * OFF_PER_ARM)
      .sort((a, b) => b.off - a.off)
      .forEach(({ i }) => { if (free(i)) found.push(i); });
    const enough = found.length < 3 ? [...new Set([...found, ...anyThree(points)])] : found;
    return enough.map((i) => ring[i]);
  }

  /* ---------- sides ---------- */

  /** The sides of a ring, each from corner to corner with all vertices between. */
  function sides(ring, isCorner) {
    const first = ring.findIndex(isCorner);
    if (first < 0) return [];
    const found = [];
    for (const vertex of [...ring.slice(first + 1), ...ring.slice(0, first + 1)]) {
      if (found.length === 0) found.push([ring[first]]);
      found.at(-1).push(vertex);
      if (isCorner(vertex)) found.push([vertex]);
    }
    return found.slice(0, -1);
  }

  /** Whether the vertices of a side lie on one straight line. */
  function isStraight(side, metres) {
    const [a, ...rest] = side.map((vertex) => vertex.map((value, axis) => (value - side[0][axis]) * metres[axis]));
    return rest.every((point) => offSegment(point, a, rest.at(-1)) <= STRAIGHT_M);
  }

  /** What takes vertices along when two of them move, by a shift, a turn and one scale: a straight side stays straight,
      a curved one keeps its shape. */
  function similarity([p, q], [toP, toQ], metres) {
    const step = (a, b) => [0, 1].map((axis) => (b[axis] - a[axis]) * metres[axis]);
    const [[x, y], [u, v]] = [step(p, q), step(toP, toQ)];
    const square = x * x + y * y || 1;
    const [cos, sin] = [(u * x + v * y) / square, (v * x - u * y) / square];
    return (vertex) => {
      const [dx, dy] = step(p, vertex);
      const moved = [cos * dx - sin * dy, sin * dx + cos * dy];
      return moved.map((value, axis) => Math.round(toP[axis] + value / metres[axis]));
    };
  }

  /** A side whose ends move, the way there from its first end in the order of the grid: two blocks that share a side,
      each with its own way around, get the same vertices. */
  function followed(side, moves, metres) {
    const ends = [side[0], side.at(-1)];
    const to = ends.map((end) => moves.get(String(end)) ?? end);
    const stays = ends.every((end, i) => same(end, to[i]));
    const backwards = ends[0][0] > ends[1][0] || (ends[0][0] === ends[1][0] && ends[0][1] > ends[1][1]);
    const along = backwards ? similarity([...ends].reverse(), [...to].reverse(), metres) : similarity(ends, to, metres);
    const between = side.slice(1, -1).map((vertex) => moves.get(String(vertex)) ?? (stays ? vertex : along(vertex)));
    return [to[0], ...between];
  }

  /* ---------- edits ---------- */

  /** Moves vertices of some blocks, from keys to places; the sides that end at one of them follow. */
  function carry(outlines, ids, moves, isCorner, metres) {
    const ends = (vertex) => isCorner(vertex) || moves.has(String(vertex));
    return changed(outlines, ids, (ring) => (
      ring.some((vertex) => moves.has(String(vertex)))
        ? distinct(sides(ring, ends).flatMap((side) => followed(side, moves, metres)))
        : ring
    ));
  }

  /** Takes a corner out of some blocks: where both sides beside it are straight, one straight side is left. */
  function remove(outlines, ids, gone, isCorner, metres) {
    return changed(outlines, ids, (ring) => {
      if (!ring.some((vertex) => same(vertex, gone))) return ring;
      const all = sides(ring, (vertex) => isCorner(vertex) || same(vertex, gone));
      const [one, other] = [all.find((side) => same(side.at(-1), gone)), all.find(([first]) => same(first, gone))];
      const bends = !isStraight([...one, ...other.slice(1)], metres);
      const straight = bends && isStraight(one, metres) && isStraight(other, metres);
      const left = straight ? [...one.slice(1, -1), ...other.slice(1, -1)] : [];
      return distinct(ring.filter((vertex) => !same(vertex, gone) && !left.includes(vertex)));
    });
  }

  /** Half-way along a side, or so far: the place, and between which of its vertices it is. */
  function halfWay(side, metres, far = 1 / 2) {
    const lengths = side.slice(1).map((b, i) => (
      Math.hypot((b[0] - side[i][0]) * metres[0], (b[1] - side[i][1]) * metres[1])
    ));
    let left = lengths.reduce((sum, length) => sum + length, 0) * far;
    let i = 0;
    while (i < lengths.length - 1 && left > lengths[i]) left -= lengths[i++];
    const [a, b] = [side[i], side[i + 1]];
    const t = lengths[i] ? left / lengths[i] : 0;
    return { place: [0, 1].map((axis) => Math.round(a[axis] + t * (b[axis] - a[axis]))), edge: [a, b] };
  }

  return Object.freeze({ corners, sides, isStraight, similarity, carry, remove, halfWay });
})();
