/* What an editor knows of corners beyond their outlines: where edges of two names or sides meet, and which vertices
   its user made or moved. Places are only ever added: an undone edit brings a corner back to one that is known. */
"use strict";

ftzGeo.Corners = class {
  // Blocks of a sketch stand a road's width apart, 40 m by default: across a crossing of two, 57 m.
  static #CROSSING_M = 100;

  #known = new Set(); // vertices
  #meeting = new Map(); // by block and by vertex, the names of what meets there
  #sketched;
  #turning = new WeakMap(); // by ring, its corners
  #metres;

  constructor(shapes, onGrid, metres) {
    this.#metres = metres;
    this.#sketched = new Set(shapes.filter(({ grade }) => grade === "sketched").map(({ id }) => id));
    for (const { id, edges } of shapes) {
      const sides = new Map();
      for (const { side, name, lonlats } of edges) {
        for (const { lng, lat } of [lonlats[0], lonlats.at(-1)]) {
          const key = String(onGrid([lng, lat]));
          if (!sides.has(key)) sides.set(key, new Map());
          sides.get(key).set(`${side} ${name}`, name);
        }
      }
      const meeting = [...sides].filter(([, names]) => names.size > 1);
      meeting.forEach(([key]) => this.#known.add(key));
      const called = meeting.map(([key, names]) => [key, new Set([...names.values()].filter(Boolean))]);
      this.#meeting.set(id, new Map(called));
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
        const meeting = this.#meeting.get(id);
        if (meeting.has(from)) meeting.set(String(to), meeting.get(from));
      }
    }
  }

  /** Corners of other sketched blocks at the crossing where a sketched block has one: the same two names meet there. */
  partners(id, vertex, outlines) {
    const names = this.#meeting.get(id).get(String(vertex));
    if (!names || !this.#sketched.has(id)) return [];
    const isPartner = (meeting, other) => {
      const common = [...meeting.get(String(other)) ?? []].filter((name) => names.has(name));
      const apart = Math.hypot(...other.map((value, axis) => (value - vertex[axis]) * this.#metres[axis]));
      return common.length > 1 && apart < ftzGeo.Corners.#CROSSING_M;
    };
    return [...this.#sketched].filter((other) => other !== id).flatMap((other) => (
      outlines.get(other).flat(2).filter((place) => isPartner(this.#meeting.get(other), place))
    ));
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
