/* The named lines of a base map, for corners to snap to and sides to run along. Places and reach are those of
   edits.js: vertices on its grid, and [x, y] in its units. */
"use strict";

const ftzLines = (() => {
  /** Where two segments meet, ends included; null for parallel ones. */
  function meeting([a, b], [c, d]) {
    const [ux, uy, vx, vy] = [b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]];
    const across = ux * vy - uy * vx;
    if (across === 0) return null;
    const t = ((c[0] - a[0]) * vy - (c[1] - a[1]) * vx) / across;
    const s = ((c[0] - a[0]) * uy - (c[1] - a[1]) * ux) / across;
    const isOn = (value) => value > -1e-9 && value < 1 + 1e-9;
    return isOn(t) && isOn(s) ? [a[0] + t * ux, a[1] + t * uy] : null;
  }

  /** How far along a segment the place nearest to another is, from 0 to 1. */
  function along([x, y], [ax, ay], [bx, by]) {
    const [dx, dy] = [bx - ax, by - ay];
    const t = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1);
    return Math.min(1, Math.max(0, t));
  }

  const between = (a, b, t) => [0, 1].map((axis) => a[axis] + t * (b[axis] - a[axis]));
  const rounded = (place) => place.map(Math.round);

  /** Lines with their segments by cells of a grid, so that a look at a place does not go through all of them. */
  class Lines {
    #cells = new Map();
    #size;

    /** Of lines with a name and vertices; the size of a cell is in units of the grid. */
    constructor(lines, size) {
      this.#size = size;
      this.lines = lines;
      for (const { name, vertices } of lines) {
        vertices.slice(1).forEach((b, i) => {
          const segment = { name, ends: [vertices[i], b] };
          for (const key of this.#keys(segment.ends)) {
            if (!this.#cells.has(key)) this.#cells.set(key, []);
            this.#cells.get(key).push(segment);
          }
        });
      }
    }

    *#keys(places) {
      const cell = (axis) => places.map((place) => Math.floor(place[axis] / this.#size));
      const [xs, ys] = [cell(0), cell(1)];
      for (let x = Math.min(...xs); x <= Math.max(...xs); x++) {
        for (let y = Math.min(...ys); y <= Math.max(...ys); y++) yield `${x} ${y}`;
      }
    }

    /** The segments that may come within reach of a place. */
    around(vertex, reach) {
      const corners = [-1, 1].map((way) => vertex.map((value, axis) => value + way * reach[axis]));
      return [...new Set([...this.#keys(corners)].flatMap((key) => this.#cells.get(key) ?? []))].filter(({ ends }) => (
        [0, 1].every((axis) => Math.max(...ends.map((end) => end[axis])) >= corners[0][axis]
          && Math.min(...ends.map((end) => end[axis])) <= corners[1][axis])
      ));
    }

    /** The nearest crossing of two lines of different names, and the nearest place on a line; each null beyond reach. */
    nearest(vertex, reach) {
      const near = this.around(vertex, reach);
      const away = (place) => Math.hypot(...place.map((value, axis) => (value - vertex[axis]) / reach[axis]));
      const best = (places) => places.map((found) => ({ ...found, away: away(found.place) }))
        .filter((found) => found.away <= 1)
        .reduce((least, found) => (least === null || found.away < least.away ? found : least), null);
      const crossings = near.flatMap((one, i) => near.slice(i + 1)
        .filter((other) => other.name !== one.name)
        .map((other) => meeting(one.ends, other.ends)))
        .filter((place) => place !== null)
        .map((place) => ({ place: rounded(place), edge: null }));
      const scaled = ([x, y]) => [(x - vertex[0]) / reach[0], (y - vertex[1]) / reach[1]];
      const onLines = near.map(({ name, ends: [a, b] }) => (
        { name, place: rounded(between(a, b, along([0, 0], scaled(a), scaled(b)))), edge: null }
      ));
      return { crossing: best(crossings), line: best(onLines) };
    }
  }

  return Object.freeze({ Lines, meeting, along, between, rounded });
})();
