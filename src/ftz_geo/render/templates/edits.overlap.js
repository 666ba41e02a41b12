/* Where two outlines overlap: cut into strips at every height where an edge begins, ends or crosses another; within a
   strip, the edges stand in one order, and what lies inside both is trapezoids. Outlines are those of edits.js; like
   there, holes and parts need no telling apart. */
"use strict";

const ftzOverlap = (() => {
  /** The edges of an outline from bottom to top, counted from an origin so that products stay exact; level ones bound
      no strip. */
  function edges(parts, origin, which) {
    const from = ([x, y]) => [x - origin[0], y - origin[1]];
    return parts.flat().flatMap((ring) => ring.map((vertex, i) => {
      const [a, b] = [from(vertex), from(ring[(i + 1) % ring.length])];
      const [[x0, y0], [x1, y1]] = a[1] < b[1] ? [a, b] : [b, a];
      return { which, x0, y0, x1, y1, slope: (x1 - x0) / (y1 - y0), west: Math.min(x0, x1), east: Math.max(x0, x1) };
    })).filter(({ y0, y1 }) => y0 < y1);
  }

  const at = (edge, y) => edge.x0 + (y - edge.y0) * edge.slope;

  /** The height at which two edges cross, none for edges that do not. */
  function crossing(one, other) {
    if (one.west > other.east || other.west > one.east || one.slope === other.slope) return null;
    const y = (at(other, 0) - at(one, 0)) / (one.slope - other.slope);
    return y > Math.max(one.y0, other.y0) && y < Math.min(one.y1, other.y1) ? y : null;
  }

  function bounds(parts) {
    const vertices = parts.flat(2);
    const span = (axis) => vertices.reduce(
      ([least, most], { [axis]: value }) => [Math.min(least, value), Math.max(most, value)], [Infinity, -Infinity],
    );
    const [[west, east], [south, north]] = [span(0), span(1)];
    return { west, east, south, north };
  }

  /** The trapezoids that lie in both outlines, each as four places of the grid, and their area in its units. */
  function overlap(one, other) {
    const [a, b] = [bounds(one), bounds(other)];
    const none = { area: 0, pieces: [] };
    const [bottom, top] = [Math.max(a.south, b.south), Math.min(a.north, b.north)];
    if (bottom >= top || Math.max(a.west, b.west) >= Math.min(a.east, b.east)) return none;
    const origin = [a.west, bottom];
    const height = top - bottom;
    const found = [...edges(one, origin, 0), ...edges(other, origin, 1)]
      .filter(({ y0, y1 }) => y1 > 0 && y0 < height)
      .sort((p, q) => p.y0 - q.y0);
    const pieces = strips(found, heights(found, height)).flatMap(([low, high, inStrip]) => trapezoids(inStrip, low, high));
    const area = pieces.reduce((sum, { area: own }) => sum + own, 0);
    const back = ([x, y]) => [x + origin[0], y + origin[1]];
    return { area, pieces: pieces.map(({ places }) => places.map(back)) };
  }

  /** All heights at which the order of edges may change. */
  function heights(found, height) {
    const all = new Set([0, height]);
    let open = [];
    for (const edge of found) {
      open = open.filter(({ y1 }) => y1 > edge.y0);
      for (const other of open) {
        const y = other.which === edge.which ? null : crossing(edge, other);
        if (y !== null) all.add(y);
      }
      open.push(edge);
      all.add(edge.y0).add(edge.y1);
    }
    return [...all].filter((y) => y >= 0 && y <= height).sort((p, q) => p - q);
  }

  /** Each strip between two heights with the edges that run through it. */
  function strips(found, ys) {
    let [open, next] = [[], 0];
    return ys.slice(0, -1).map((low, i) => {
      const first = next;
      while (next < found.length && found[next].y0 <= low) next++;
      open = [...open, ...found.slice(first, next)].filter(({ y1 }) => y1 > low);
      return [low, ys[i + 1], open];
    });
  }

  function trapezoids(inStrip, low, high) {
    const middle = (low + high) / 2;
    const order = inStrip.map((edge) => ({ edge, x: at(edge, middle) })).sort((p, q) => p.x - q.x);
    const inside = [false, false];
    const found = [];
    let left = null;
    for (const { edge } of order) {
      if (left !== null) {
        const [x0, x1, x2, x3] = [at(left, low), at(edge, low), at(edge, high), at(left, high)];
        const area = ((x1 - x0 + x2 - x3) * (high - low)) / 2;
        if (area > 0) found.push({ area, places: [[x0, low], [x1, low], [x2, high], [x3, high]] });
      }
      inside[edge.which] = !inside[edge.which];
      left = inside[0] && inside[1] ? edge : null;
    }
    return found;
  }

  return Object.freeze({ bounds, overlap });
})();
