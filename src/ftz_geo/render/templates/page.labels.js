/* Labels that keep clear of each other, of the controls, and of blocks that are not their own: names in or
   around their blocks, names of sides along the edges. */
"use strict";

ftzGeo.labels = (() => {
  const { svgElement, canvas, view, metresPerPixel } = ftzGeo.core;

  /** Width of a text in its own font size: a Chinese character is one em wide, others about half of one. */
  function ems(text) {
    let sum = 0;
    for (const character of text) sum += character.codePointAt(0) > 0x2e7f ? 1 : 0.56;
    return sum;
  }

  /** A rectangle turned by an angle: its middle, the unit vector along it, half its length and its height. */
  function box(middle, angle, length, height) {
    return { middle, along: L.point(Math.cos(angle), Math.sin(angle)), half: [length / 2, height / 2] };
  }

  /** Whether two turned rectangles meet: no line along any of their sides keeps them apart. */
  function meet(a, b) {
    const apart = b.middle.subtract(a.middle);
    for (const one of [a, b]) {
      for (const axis of [one.along, L.point(-one.along.y, one.along.x)]) {
        let reach = 0;
        for (const { along, half } of [a, b]) {
          reach += half[0] * Math.abs(along.x * axis.x + along.y * axis.y);
          reach += half[1] * Math.abs(along.x * axis.y - along.y * axis.x);
        }
        if (Math.abs(apart.x * axis.x + apart.y * axis.y) >= reach) return false;
      }
    }
    return true;
  }

  /** The longest stretch of a line inside the view, as points. */
  function visible(points, bounds) {
    let best = [], run = [], bestLength = 0, length = 0;
    for (let i = 1; i < points.length; i++) {
      const piece = L.LineUtil.clipSegment(points[i - 1], points[i], bounds, i > 1);
      if (!piece) continue;
      const joined = run.length > 0 && run[run.length - 1].equals(piece[0]);
      if (!joined) { run = [piece[0]]; length = 0; }
      run.push(piece[1]);
      length += piece[0].distanceTo(piece[1]);
      if (length > bestLength) { best = run; bestLength = length; }
    }
    return { points: best, length: bestLength };
  }

  /** The part of a line between two distances from its start. */
  function stretch(points, from, to) {
    const part = [];
    let walked = 0;
    for (let i = 1; i < points.length; i++) {
      const [a, b] = [points[i - 1], points[i]];
      const step = a.distanceTo(b);
      const at = (distance) => a.add(b.subtract(a).multiplyBy((distance - walked) / step));
      if (step > 0 && walked + step >= from && walked <= to) {
        if (part.length === 0) part.push(at(Math.max(from, walked)));
        part.push(at(Math.min(to, walked + step)));
      }
      walked += step;
    }
    return part;
  }

  /** Whether a point lies in a shape's rings (even-odd, so holes and parts need no telling apart). */
  function within({ x, y }, { bounds, rings }) {
    if (x < bounds.min.x || x > bounds.max.x || y < bounds.min.y || y > bounds.max.y) return false;
    let inside = false;
    for (const ring of rings) {
      for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
        const [a, b] = [ring[i], ring[j]];
        if (a.y > y !== b.y > y && x < a.x + ((y - a.y) * (b.x - a.x)) / (b.y - a.y)) inside = !inside;
      }
    }
    return inside;
  }

  const MOST_IN_VAIN = 200; // names tried in a row
  const ACROSS_A_ROAD = 40; // pixels within which a reader takes a name for that of both lines beside it

  class Labels {
    constructor(map, layers, data) {
      Object.assign(this, { map, layers, data, svg: canvas(map, "labels") });
      this.rename(data.names);
    }

    rename(names) {
      this.names = [...names].sort((a, b) => b.radius_m - a.radius_m);
    }

    draw() {
      this.svg.replaceChildren();
      this.scale = Number.parseFloat(getComputedStyle(document.body).getPropertyValue("--label-scale")) || 1;
      this.bounds = view(this.map);
      this.placed = this.controls();
      this.sidesWritten = new Map();
      this.project();
      this.sort();
      if (this.map.hasLayer(this.layers.names)) this.placeNames();
      const { sideNames, lines, basemap } = this.layers;
      if (sideNames && this.map.hasLayer(sideNames)) this.sides().forEach((side) => this.placeSide(side));
      if (lines && this.map.hasLayer(lines)) this.lineNames(this.data.lines).forEach((line) => this.placeLine(line));
      if (basemap && this.map.hasLayer(basemap)) {
        // A road of the background runs through blocks, and so may its name.
        const quiet = { ink: "#8d8573", overBlocks: true };
        this.lineNames(this.data.background).forEach((line) => this.placeLine(line, quiet));
      }
    }

    /** What stands on the map's glass, as places already taken. */
    controls() {
      const glass = this.map.getContainer().parentElement;
      const { left, top } = this.map.getContainer().getBoundingClientRect();
      const onPaper = ".rim, .composing .graticule text";
      const taken = `.leaflet-control, .stamp, .legend, .inset, .north, .leaflet-findings-pane > *, ${onPaper}`;
      return [...glass.querySelectorAll(taken)].map((element) => {
        const { x, y, width, height } = element.getBoundingClientRect();
        const middle = L.point(x - left + width / 2, y - top + height / 2);
        return box(this.map.containerPointToLayerPoint(middle), 0, width + 4, height + 4);
      });
    }

    free(place) {
      return !this.placed.some((other) => meet(place, other));
    }

    /** Names in view, from the largest block down, until so many in a row found no room that the rest need not try. */
    placeNames() {
      let vain = 0;
      for (const name of this.names) {
        if (!this.bounds.contains(this.map.latLngToLayerPoint(name.centre))) continue;
        const before = this.placed.length;
        this.placeName(name);
        vain = this.placed.length > before ? 0 : vain + 1;
        if (vain === MOST_IN_VAIN) return;
      }
    }

    /** A name in the middle of its block with as many lines as fit, or around it; a zone's always around it.
        Its first lines, as many as `least` says, are what tells it from the others. */
    placeName({ lines, least, centre, radius_m, shape, ink }) {
      const middle = this.map.latLngToLayerPoint(centre);
      const radius = radius_m / metresPerPixel(this.map, centre[0]);
      const wanted = lines.map((text, i) => ({ text, size: (i < least ? 14 : 12) * this.scale, isFirst: i < least }));
      const [shortest, last] = [wanted.slice(0, least), wanted[wanted.length - 1]];
      const choices = wanted.length > least ? [wanted, [...shortest, last], shortest] : [shortest];
      for (const choice of choices) {
        const width = Math.max(...choice.map(({ text, size }) => ems(text) * size)) + 4;
        const height = choice.reduce((sum, { size }) => sum + size * 1.3, 2);
        const inside = Math.hypot(width, height) / 2 <= radius * (choice === shortest ? 1.4 : 1.15);
        const [right, down] = [radius + 6 + width / 2, radius + 6 + height / 2];
        const around = [[0, -down], [0, down], [right, 0], [-right, 0]];
        const offsets = [];
        if (shape !== null && (inside || choice === shortest)) offsets.push([0, 0]);
        if (shape === null || choice === shortest) offsets.push(...around);
        for (const offset of offsets) {
          const place = box(middle.add(offset), 0, width, height);
          const atHome = offset[0] === 0 && offset[1] === 0;
          if (!this.free(place)) continue;
          if (!(atHome && inside) && this.covers(place, atHome ? this.shapes[shape] : null)) continue;
          this.placed.push(place);
          return this.writeName(choice, place, ink);
        }
      }
    }

    /** Whether a name would lie on a shape that is not its own, where it would be taken for that one's. */
    covers({ middle, half }, own) {
      const [w, h] = half;
      const spots = [-w, -w / 2, 0, w / 2, w].flatMap((x) => [-h, 0, h].map((y) => middle.add([x, y])));
      if (!own && !spots.every((spot) => this.bounds.contains(spot))) return true;
      return spots.some((spot) => this.onOther(spot, own));
    }

    writeName(lines, { middle, half }, ink) {
      const text = svgElement("text", { class: "name", fill: ink }, this.svg);
      let y = middle.y - half[1] + 1;
      for (const { text: words, size, isFirst } of lines) {
        y += size * 1.3;
        const attributes = { x: middle.x, y: y - size * 0.3, "font-size": size, class: isFirst ? "first" : "rest" };
        svgElement("tspan", attributes, text).textContent = words;
      }
    }

    /** The shapes on the screen, by their number; a mere pan moves none. */
    project() {
      const view = `${this.map.getZoom()} ${this.map.getPixelOrigin()}`;
      if (view === this.projected) return;
      this.projected = view;
      this.shapes = this.data.shapes.map(({ rings }) => {
        const points = rings.map((ring) => ring.map((lonlat) => this.map.latLngToLayerPoint(lonlat)));
        return { rings: points, bounds: L.bounds(points.flat()) };
      });
    }

    /** The shapes near the view in cells of 64 pixels, so that a point is held against few of them. */
    sort() {
      this.cells = new Map();
      const { min, max } = view(this.map, 128);
      for (const shape of this.shapes) {
        const { bounds } = shape;
        for (let i = Math.max(min.x, bounds.min.x) >> 6; i <= Math.min(max.x, bounds.max.x) >> 6; i++) {
          for (let j = Math.max(min.y, bounds.min.y) >> 6; j <= Math.min(max.y, bounds.max.y) >> 6; j++) {
            const cell = `${i} ${j}`;
            if (!this.cells.has(cell)) this.cells.set(cell, []);
            this.cells.get(cell).push(shape);
          }
        }
      }
    }

    /** Whether a point lies on any shape but one. */
    onOther(point, own) {
      const near = this.cells.get(`${point.x >> 6} ${point.y >> 6}`) ?? [];
      return near.some((shape) => shape !== own && within(point, shape));
    }

    /** One line per name on a side of a shape, as points on the screen: the longest that is in view. */
    sides() {
      const longest = new Map();
      this.data.shapes.forEach(({ edges, style }, n) => {
        const { bounds } = this.shapes[n];
        if (!bounds.intersects(this.bounds) || bounds.getSize().x + bounds.getSize().y < 48) return;
        for (const { name, side, lonlats } of edges) {
          if (!name) continue;
          const points = lonlats.map((lonlat) => this.map.latLngToLayerPoint(lonlat));
          const found = { n, text: name, ink: style.color, ...visible(points, this.bounds) };
          const key = JSON.stringify([n, side, name]);
          if (found.length > (longest.get(key)?.length ?? 0)) longest.set(key, found);
        }
      });
      return [...longest.values()].sort((a, b) => b.length - a.length);
    }

    /** Whether the same name stands beside a line already, for the block across the road. */
    isBesideItsName(text, points) {
      const near = (middle) => points.some((point, i) => (
        i > 0 && L.LineUtil.pointToSegmentDistance(middle, points[i - 1], point) < ACROSS_A_ROAD * this.scale
      ));
      return (this.sidesWritten.get(text) ?? []).some(near);
    }

    /** A side's name along its edge where that is straight enough: inside its shape, or else outside all. */
    placeSide({ n, text, ink, points, length }) {
      const size = 12 * this.scale;
      const width = ems(text) * size + 6;
      if (length < width + 6 || this.isBesideItsName(text, points)) return;
      const slack = length - width;
      const away = size / 2 + 5;
      for (const inward of [1, -1]) {
        for (const share of [0.5, 0.35, 0.65, 0.2, 0.8, 0.08, 0.92]) {
          const part = stretch(points, slack * share, slack * share + width);
          const [first, last] = [part[0], part[part.length - 1]];
          const chord = last.subtract(first);
          const distance = first.distanceTo(last);
          if (distance < width * 0.9) continue;
          // Rings run counter-clockwise, so on a screen whose y grows downwards the inside is to the left.
          const inside = L.point(chord.y, -chord.x).divideBy(distance).multiplyBy(inward);
          const bulges = part.map((p) => (p.x - first.x) * inside.x + (p.y - first.y) * inside.y);
          const bulge = Math.max(...bulges);
          if (bulge - Math.min(...bulges) > size * 0.7) continue;
          const middle = first.add(last).divideBy(2).add(inside.multiplyBy(away + Math.max(bulge, 0)));
          const angle = Math.atan2(chord.y, chord.x);
          const tips = [-0.48, 0, 0.48].map((share) => middle.add(chord.multiplyBy((share * width) / distance)));
          const fits = inward === 1
            ? tips.every((tip) => within(tip, this.shapes[n]))
            : !tips.some((tip) => this.onOther(tip, null));
          if (!fits) continue;
          const place = box(middle, angle, width, size + 4);
          if (!this.free(place)) continue;
          this.placed.push(place);
          this.sidesWritten.set(text, [...(this.sidesWritten.get(text) ?? []), middle]);
          return this.writeSide(text, middle, angle, size, ink);
        }
      }
    }

    /** The lines between blocks, one per name that no side tells, as points on the screen. */
    lineNames(lines) {
      const longest = new Map();
      for (const { name, lonlats } of lines) {
        if (this.sidesWritten.has(name)) continue;
        const points = lonlats.map((lonlat) => this.map.latLngToLayerPoint(lonlat));
        const found = { text: name, ...visible(points, this.bounds) };
        if (found.length > (longest.get(name)?.length ?? 0)) longest.set(name, found);
      }
      return [...longest.values()].sort((a, b) => b.length - a.length);
    }

    /** The name of a line in its middle, on the line, where it touches no block unless it may. */
    placeLine({ text, points, length }, { ink = "#7a7058", overBlocks = false } = {}) {
      const size = 11 * this.scale;
      const width = ems(text) * size + 6;
      if (length < width + 6) return;
      for (const share of [0.5, 0.25, 0.75, 0.05, 0.95]) {
        const part = stretch(points, (length - width) * share, (length - width) * share + width);
        const [first, last] = [part[0], part[part.length - 1]];
        const chord = last.subtract(first);
        const [middle, angle] = [first.add(last).divideBy(2), Math.atan2(chord.y, chord.x)];
        const place = box(middle, angle, width, size + 4);
        const tips = [-0.5, -0.25, 0, 0.25, 0.5].map((along) => middle.add(chord.multiplyBy(along)));
        if (first.distanceTo(last) < width * 0.9 || !this.free(place)) continue;
        if (!overBlocks && tips.some((tip) => this.onOther(tip, null))) continue;
        this.placed.push(place);
        return this.writeSide(text, middle, angle, size, ink);
      }
    }

    /** Along a steep edge Chinese is written downwards with its characters upright, as on printed maps. */
    writeSide(text, middle, angle, size, ink) {
      let turn = (angle * 180) / Math.PI; // -180 to 180
      if (turn > 90) turn -= 180;
      if (turn <= -90) turn += 180;
      const steep = Math.abs(turn) > 45;
      if (steep) turn += turn > 0 ? -90 : 90;
      if (Math.abs(turn) < 1) turn = 0; // upright glyphs are sharper, and nobody sees one degree
      const attributes = {
        class: steep ? "side steep" : "side",
        fill: ink,
        "font-size": size,
        transform: `translate(${Math.round(middle.x)} ${Math.round(middle.y)}) rotate(${turn.toFixed(1)})`,
      };
      svgElement("text", attributes, this.svg).textContent = text;
    }
  }

  return { Labels, box, meet };
})();
