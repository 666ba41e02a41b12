/* What the editor warns of while something is moved: blocks that come to overlap, and a block that no longer lies on
   the side of another where its words have it. What was so before the first edit is not told. */
"use strict";

ftzGeo.Watch = class {
  static #LEAST_M2 = 1; // vertices are rounded to a tenth of a millimetre: along kilometres that makes less
  static #SIDES = { "东": [0, 1], "南": [1, -1], "西": [0, -1], "北": [1, 1] }; // axis of the grid, way along it

  static #LINES_MOST = 4; // of overlaps; the others are counted
  static #ROUNDING = 1e-6; // of areas, where everything was scaled

  #shapes;
  #changed = []; // when last all were told
  #settled = []; // overlaps then
  #history;
  #latLng;
  #m2; // of one step of the grid to the east by one to the north
  #overlaps = new WeakMap(); // by outline, and by the other one
  #named; // by block, the blocks that its words name, each with the side
  #tint = L.polygon([], { stroke: false, fillColor: "#c62828", fillOpacity: 0.55, interactive: false });

  #map;

  constructor(map, shapes, history, { latLng, metres }) {
    [this.#map, this.#history, this.#latLng] = [map, history, latLng];
    this.#shapes = new Map(shapes.map((shape) => [shape.id, shape]));
    this.#m2 = metres[0] * metres[1];
    const called = ftzGeo.Watch.#called(shapes);
    const named = shapes.map((shape) => [shape.id, this.#neighbours(shape, called)]);
    this.#named = new Map(named.filter(([, own]) => own.length > 0));
  }

  /** The blocks that a block's words name on a side (东至区块二), from the blocks by what they are called. */
  #neighbours(shape, called) {
    const sides = Object.keys(ftzGeo.Watch.#SIDES);
    const told = [
      ...shape.marks.map(({ side, start, length }) => [side, shape.clause.slice(start, start + length)]),
      ...shape.abuttals.flatMap((words, i) => (words ?? "").split("、").map((one) => [sides[i], one])),
    ];
    return told.filter(([side]) => sides.includes(side)).flatMap(([side, words]) => (
      [...called.get(words) ?? []].filter((id) => id !== shape.id).map((id) => ({ side, id }))
    ));
  }

  /** The ids of blocks by every name that words may have for them. */
  static #called(shapes) {
    const found = new Map();
    for (const { id, label, title, called, name } of shapes) {
      for (const word of [label[0], title, called, name].filter(Boolean)) {
        if (!found.has(word)) found.set(word, new Set());
        found.get(word).add(id);
      }
    }
    return found;
  }

  /** Whether the boxes of two outlines have ground in common. */
  static #isNear(one, other) {
    const [a, b] = [one, other].map(ftzOverlap.bounds);
    return a.west < b.east && b.west < a.east && a.south < b.north && b.south < a.north;
  }

  /** How two outlines overlap, in square metres and in pieces. */
  #overlap(one, other) {
    if (!ftzGeo.Watch.#isNear(one, other)) return { m2: 0, pieces: [] };
    if (!this.#overlaps.has(one)) this.#overlaps.set(one, new WeakMap());
    const known = this.#overlaps.get(one);
    if (!known.has(other)) {
      const { area, pieces } = ftzOverlap.overlap(one, other);
      known.set(other, { m2: area * this.#m2, pieces });
    }
    return known.get(other);
  }

  /** Overlaps of some blocks with all others that are larger than they were, whatever scaled all of them. */
  #grown(ids, outline) {
    const before = (id) => this.#history.original.get(id);
    const scale = this.#history.scale ** 2;
    const seen = new Set();
    return ids.flatMap((id) => {
      seen.add(id);
      const isNear = (other) => !seen.has(other) && ftzGeo.Watch.#isNear(outline(id), outline(other));
      return [...this.#shapes.keys()].filter(isNear).map((other) => (
        { id, other, ...this.#overlap(outline(id), outline(other)) }
      ));
    }).filter(({ id, other, m2 }) => {
      if (m2 <= ftzGeo.Watch.#LEAST_M2) return false;
      const m2Before = this.#overlap(before(id), before(other)).m2 * scale;
      return m2 > m2Before * (1 + ftzGeo.Watch.#ROUNDING) + ftzGeo.Watch.#LEAST_M2;
    });
  }

  /** Whether the middle of a block lies on a side of another's. */
  #lies(other, side, id, outlineOf) {
    const [axis, way] = ftzGeo.Watch.#SIDES[side];
    const middle = (one) => {
      const { west, east, south, north } = ftzOverlap.bounds(outlineOf(one));
      return [(west + east) / 2, (south + north) / 2][axis];
    };
    return (middle(other) - middle(id)) * way > 0;
  }

  /** Words of blocks that name another on a side where it was and no longer is. */
  #disordered(changed, outline) {
    const original = (id) => this.#history.original.get(id);
    return [...this.#named].flatMap(([id, named]) => named
      .filter(({ id: other }) => changed.has(id) || changed.has(other))
      .filter(({ id: other, side }) => this.#lies(other, side, id, original) && !this.#lies(other, side, id, outline))
      .map(({ id: other, side }) => ({ id, other, side })));
  }

  static #figure(m2) {
    return m2 < 10000 ? `${Math.round(m2)} m²` : `${(m2 / 1e6).toFixed(4)} km²`;
  }

  /** Looks at how some blocks overlap others, so that this is known when one of them is moved. */
  prepare(ids, outline) {
    this.#grown(ids, (id) => this.#history.original.get(id));
    this.#grown(ids, outline);
  }

  /** What is to be said of all blocks that are changed; what overlaps is tinted on the map. */
  tell(changed, outline) {
    [this.#changed, this.#settled] = [changed, this.#grown(changed, outline)];
    return this.#told(this.#settled, changed, outline);
  }

  /** The same while some blocks are being moved: only what concerns these is looked at anew. */
  tellMoving(moving, outline) {
    const stays = ({ id, other }) => !moving.includes(id) && !moving.includes(other);
    const overlaps = [...this.#grown(moving, outline), ...this.#settled.filter(stays)];
    return this.#told(overlaps, [...this.#changed, ...moving], outline);
  }

  #told(overlaps, changed, outline) {
    const { t } = ftzGeo.words;
    const title = (id) => this.#shapes.get(id).title;
    this.#tint.setLatLngs(overlaps.flatMap(({ pieces }) => pieces.map((piece) => [piece.map(this.#latLng)])));
    if (overlaps.length > 0) this.#tint.addTo(this.#map);
    else this.#tint.remove();
    const largest = overlaps.sort((a, b) => b.m2 - a.m2).slice(0, ftzGeo.Watch.#LINES_MOST);
    const others = overlaps.length - largest.length;
    return [
      ...largest.map(({ id, other, m2 }) => (
        `${title(id)} ${t("与")} ${title(other)} ${t("重叠")} ${ftzGeo.Watch.#figure(m2)}`
      )),
      ...(others > 0 ? [`${t("其他重叠处数")} ${others}`] : []),
      ...this.#disordered(new Set(changed), outline).map(({ id, other, side }) => (
        `${title(id)}：${t("文字所述相邻区块已不在这一侧")}（${t(side)}：${title(other)}）`
      )),
    ];
  }
};
