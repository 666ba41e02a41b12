/* Where a place that is dragged goes: to what is close by on the map, crossings of the base map before corners of other
   blocks, these before lines of the map and edges of blocks. */
"use strict";

ftzGeo.Snapping = class {
  static #PIXELS = 10;
  static #CELL_DEGREES = 0.002; // some 200 m: a few segments of a street each

  #map;
  #shapes;
  #history;
  #grid;
  #latLng;
  #background;
  #lines = null;

  constructor(map, { shapes, history, background, grid, latLng }) {
    [this.#map, this.#shapes, this.#history] = [map, shapes, history];
    [this.#background, this.#grid, this.#latLng] = [background, grid, latLng];
  }

  /** The lines of the base map, made when they are first asked for: a page may have thousands. */
  get lines() {
    const onGrid = ({ lng, lat }) => this.#grid.onGrid([lng, lat]);
    this.#lines ??= new ftzLines.Lines(this.#background.map(({ name, area, lonlats }) => (
      { name, vertices: (area ? [...lonlats, lonlats[0]] : lonlats).map(onGrid) }
    )), ftzGeo.Snapping.#CELL_DEGREES * this.#grid.units);
    return this.#lines;
  }

  /** How far a few pixels reach on the grid, around a place. */
  reach(vertex) {
    const pixels = ftzGeo.Snapping.#PIXELS;
    const point = this.#map.latLngToLayerPoint(this.#latLng(vertex));
    const { lng, lat } = this.#map.layerPointToLatLng(point.add([pixels, -pixels]));
    return this.#grid.onGrid([lng, lat]).map((value, axis) => Math.max(1, Math.abs(value - vertex[axis])));
  }

  /** The nearest line of the base map within reach: its name, and the place on it; else null. */
  line(vertex) {
    return this.lines.nearest(vertex, this.reach(vertex)).line;
  }

  /** Where a corner of some moving blocks goes: the place, and the edge of another block that it lies on, if it does. */
  to(vertex, moving) {
    const { crossing, line } = this.lines.nearest(vertex, this.reach(vertex));
    const onBlock = crossing ?? this.#block(vertex, moving);
    if (onBlock?.edge === null) return onBlock;
    return [onBlock, line].filter(Boolean).sort((a, b) => a.away - b.away)[0] ?? { place: vertex, edge: null };
  }

  /** Where a click goes that tells a place of a block, its corner close by, or the true one: that of the base map. */
  aligned(vertex, isOnBlock) {
    if (isOnBlock) return this.#block(vertex, [])?.place ?? vertex;
    const { crossing, line } = this.lines.nearest(vertex, this.reach(vertex));
    return (crossing ?? line)?.place ?? vertex;
  }

  /** The nearest corner of another block, or place on an edge of one; null for none within reach. */
  #block(vertex, moving) {
    const [x, y] = this.reach(vertex);
    const rim = [[-1, -1], [1, 1]].map(([i, j]) => this.#latLng([vertex[0] + i * x, vertex[1] + j * y]));
    const around = L.latLngBounds(rim);
    const others = this.#shapes.filter(({ id, polygon }) => (
      !moving.includes(id) && polygon.getBounds().intersects(around)
    ));
    return ftzEdits.nearest(this.#history.outlines, others.map(({ id }) => id), vertex, [x, y]);
  }
};
