/* Sides that took a line of the base map: which, and what the patch tells of them. */
"use strict";

ftzGeo.Taken = class {
  static #SIDES = { "东": "east", "南": "south", "西": "west", "北": "north" };

  #edges; // by block, as the page was made with them
  #onGrid;
  #metres;
  #taken = []; // undone ones too: only those that a block still has are told

  constructor(shapes, onGrid, metres) {
    this.#edges = new Map(shapes.map(({ id, edges }) => [id, edges]));
    [this.#onGrid, this.#metres] = [onGrid, metres];
  }

  /** The side of a block, in the words' sense, whose edge is nearest to a place. */
  #sideOf(id, place) {
    const away = ({ lonlats }) => {
      const line = lonlats.map(({ lng, lat }) => this.#onGrid([lng, lat]));
      return ftzAlong.nearest(line, place, this.#metres).away;
    };
    const edges = this.#edges.get(id).map((edge) => ({ edge, away: away(edge) }));
    const [nearest] = edges.sort((a, b) => a.away - b.away);
    return nearest ? ftzGeo.Taken.#SIDES[nearest.edge.side] ?? null : null;
  }

  /** Notes that a side of some blocks, whose middle was at a place, now runs along a named line. */
  add(ids, middle, feature, course) {
    for (const id of ids) this.#taken.unshift({ id, side: this.#sideOf(id, middle), feature, keys: course.map(String) });
  }

  /** What to tell of a block as it is: the sides that still have the course they took, the last one first. */
  of(id, parts) {
    const rings = parts.flat().map((ring) => ring.map(String));
    const has = (keys) => rings.some((ring) => [keys, [...keys].reverse()].some((way) => {
      const start = ring.indexOf(way[0]);
      return start >= 0 && way.every((key, i) => ring[(start + i) % ring.length] === key);
    }));
    return this.#taken.filter((one) => one.id === id && one.side !== null && has(one.keys))
      .filter((one, i, all) => all.findIndex(({ keys }) => keys.join() === one.keys.join()) === i)
      .map(({ side, feature, keys }) => ({ side, feature, line: keys.map((key) => key.split(",").map(Number)) }));
  }
};
