/* Where two outlines overlap: cut into strips at every height where an edge begins, ends or crosses another; within a
   strip, the edges stand in one order, and what lies inside both is trapezoids. Outlines are those of edits.js; like
   there, holes and parts need no telling apart. A dragged block is held against its neighbours at every frame, so
   that what is found of an outline is kept, and only what is in the box that both have in common is cut. */
"use strict";

const ftzOverlap = (() => {
  const known = new WeakMap(); // by outline

  /** The box of an outline, and its edges from bottom to top, the lowest first; level ones bound no strip. */
  function study(parts) {
    const box = { west: Infinity, east: -Infinity, south: Infinity, north: -Infinity };
    const edges = [];
    for (const ring of parts.flat()) {
      let before = ring.at(-1);
      for (const vertex of ring) {
        const [x, y] = vertex;
        if (x < box.west) box.west = x;
        if (x > box.east) box.east = x;
        if (y < box.south) box.south = y;
        if (y > box.north) box.north = y;
        if (before[1] !== y) edges.push(edge(before, vertex));
        before = vertex;
      }
    }
    return { box, edges: edges.sort((a, b) => a.y0 - b.y0) };
  }

  function edge(a, b) {
    const [[x0, y0], [x1, y1]] = a[1] < b[1] ? [a, b] : [b, a];
    return { x0, y0, y1, slope: (x1 - x0) / (y1 - y0), west: Math.min(x0, x1), east: Math.max(x0, x1) };
  }

  function studied(parts) {
    if (!known.has(parts)) known.set(parts, study(parts));
    return known.get(parts);
  }

  const at = ({ x0, y0, slope }, y) => x0 + (y - y0) * slope;

  /** The height at which two edges cross; NaN or a height outside of them for such as do not. */
  function crossing(one, other) {
    if (one.west > other.east || other.west > one.east) return NaN;
    return one.y0 + (at(other, one.y0) - one.x0) / (one.slope - other.slope);
  }

  /** The trapezoids that lie in both outlines, each as four places of the grid, and their area in its units. */
  function overlap(one, other) {
    const found = [one, other].map(studied);
    const [{ box: a }, { box: b }] = found;
    const box = {
      west: Math.max(a.west, b.west), east: Math.min(a.east, b.east),
      south: Math.max(a.south, b.south), north: Math.min(a.north, b.north),
    };
    if (box.west >= box.east || box.south >= box.north) return { area: 0, pieces: [] };
    const inside = found.map(({ edges }) => edges.filter(({ y0, y1, west, east }) => (
      y1 > box.south && y0 < box.north && west <= box.east && east >= box.west
    )));
    // Edges to the west of the box tell only whether its western rim is inside.
    const before = found.map(({ edges }) => edges.filter(({ y0, y1, east }) => (
      y1 > box.south && y0 < box.north && east < box.west
    )));
    const pieces = strips(inside, heights(inside, box), before, box.west);
    return { area: pieces.reduce((sum, { area }) => sum + area, 0), pieces: pieces.map(({ places }) => places) };
  }

  /** All heights at which the order of edges may change. */
  function heights([ones, others], { south, north }) {
    const all = [south, north];
    for (const { y0, y1 } of [...ones, ...others]) all.push(y0, y1);
    let first = 0;
    for (const one of ones) {
      while (first < others.length && others[first].y1 <= one.y0 && others[first].y0 <= one.y0) first++;
      for (let i = first; i < others.length && others[i].y0 < one.y1; i++) {
        const other = others[i];
        if (other.y1 <= one.y0) continue;
        const y = crossing(one, other);
        if (y > Math.max(one.y0, other.y0) && y < Math.min(one.y1, other.y1)) all.push(y);
      }
    }
    return [...new Set(all)].filter((y) => y >= south && y <= north).sort((p, q) => p - q);
  }

  /** The edges that run through each of some heights, which rise from call to call. */
  function sweep(edges) {
    let [open, next] = [[], 0];
    return (y) => {
      open = open.filter(({ y1 }) => y1 > y);
      for (; next < edges.length && edges[next].y0 < y; next++) if (edges[next].y1 > y) open.push(edges[next]);
      return open;
    };
  }

  function strips(inside, ys, before, west) {
    const [ones, others, onesBefore, othersBefore] = [...inside, ...before].map(sweep);
    const found = [];
    for (let i = 0; i + 1 < ys.length; i++) {
      const [low, high, middle] = [ys[i], ys[i + 1], (ys[i] + ys[i + 1]) / 2];
      const isIn = [onesBefore(middle), othersBefore(middle)].map((edges) => edges.length % 2 === 1);
      const order = [ones(middle), others(middle)]
        .flatMap((edges, which) => edges.map((own) => ({ own, which, x: at(own, middle) })))
        .sort((p, q) => p.x - q.x);
      let left = isIn[0] && isIn[1] ? { x0: west, y0: low, slope: 0 } : null;
      for (const { own, which } of order) {
        if (left !== null) trapezoid(left, own, low, high, found);
        isIn[which] = !isIn[which];
        left = isIn[0] && isIn[1] ? own : null;
      }
    }
    return found;
  }

  function trapezoid(left, right, low, high, found) {
    const [x0, x1, x2, x3] = [at(left, low), at(right, low), at(right, high), at(left, high)];
    const area = ((x1 - x0 + x2 - x3) * (high - low)) / 2;
    if (area > 0) found.push({ area, places: [[x0, low], [x1, low], [x2, high], [x3, high]] });
  }

  return Object.freeze({ bounds: (parts) => studied(parts).box, overlap });
})();
