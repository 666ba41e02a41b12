/* What an editor knows of corners beyond their outlines: where edges of two names or sides meet, and which vertices
   its user made or moved. Places are only ever added: an undone edit brings a corner back to one that is known. */
"use strict";

ftzGeo.Corners = class {
  #known = new Set(); // vertices
  #meeting = new Map(); // by block and vertex, the names of what meets there
  #turning = new WeakMap(); // by ring, its corners
  #metres;

  constructor(shapes, onGrid, metres) {
    this.#metres = metres;
    for (const { id, edges } of shapes) {
      const sides = new Map();
      for (const { side, name, lonlats } of edges) {
        for (const { lng, lat } of [lonlats[0], lonlats.at(-1)]) {
          const key = String(onGrid([lng, lat]));
          if (!sides.has(key)) sides.set(key, new Map());
          sides.get(key).set(`${side} ${name}`, name);
        }
      }
      for (const [key, names] of sides) {
        if (names.size < 2) continue;
        this.#known.add(key);
        this.#meeting.set(`${id} ${key}`, new Set([...names.values()].filter(Boolean)));
      }
    }
  }

  /** Makes a vertex a corner. */
  add(vertex) {
    this.#known.add(String(vertex));
  }

  /** What moved stays what it was, at its new place; moves are places by the key of where a vertex was. */
  keep(moves, ids) {
    for (const [from, to] of moves) {
      if (!this.#known.has(from)) continue;
      this.add(to);
      for (const id of ids) {
        const names = this.#meeting.get(`${id} ${from}`);
        if (names) this.#meeting.set(`${id} ${to}`, names);
      }
    }
  }

  /** Tells corners of outlines from other vertices. A vertex is a corner of all blocks or of none: a side that two
      blocks share has the same ends in both. */
  of(outlines) {
    const found = new Set(this.#known);
    for (const ring of [...outlines.values()].flat(2)) {
      if (!this.#turning.has(ring)) {
        const known = (vertex) => this.#known.has(String(vertex));
        this.#turning.set(ring, ftzSides.corners(ring, known, this.#metres).map(String));
      }
      this.#turning.get(ring).forEach((key) => found.add(key));
    }
    return (vertex) => found.has(String(vertex));
  }
};
