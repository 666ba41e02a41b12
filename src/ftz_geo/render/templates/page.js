/* The page script of ftz_geo's maps. folium made the map and empty groups of layers; this fills them from the
   page's JSON, and adds what Leaflet has none for: labels that keep clear of each other, a graticule, cards,
   and the way from the table to the map.

   Words of the document come to the page as elements that were escaped when it was written
   (<template id="card-…">), or as JSON that is set as text. Nothing here writes HTML. */
"use strict";

const ftzGeo = (() => {
  const SVG = "http://www.w3.org/2000/svg";
  const EARTH_M = 40075016.686; // the equator of Web Mercator's sphere

  let tiandituAnswer = null;

  /** The reader's own Tianditu key: asked for when the layer is first switched on, kept nowhere. */
  function tiandituKey() {
    if (tiandituAnswer === null) tiandituAnswer = window.prompt("请输入天地图密钥（tk）") || "";
    return encodeURIComponent(tiandituAnswer);
  }

  function svgElement(name, attributes, parent) {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return parent.appendChild(element);
  }

  /** An SVG in a pane of its own, in layer points, gone while the map zooms. */
  function canvas(map, pane) {
    return svgElement("svg", { class: `${pane} leaflet-zoom-hide`, width: 1, height: 1 }, map.getPane(pane));
  }

  function view(map, margin = 0) {
    const corner = map.containerPointToLayerPoint([0, 0]);
    return L.bounds(corner.subtract([margin, margin]), corner.add(map.getSize()).add([margin, margin]));
  }

  /* ---------- shapes ---------- */

  /** Vertices written flat as steps on the page's grid, as latitudes and longitudes. */
  function vertices(steps, unitsPerDegree) {
    const found = [];
    let [x, y] = [0, 0];
    for (let i = 0; i < steps.length; i += 2) {
      x += steps[i];
      y += steps[i + 1];
      found.push(L.latLng(y / unitsPerDegree, x / unitsPerDegree));
    }
    return found;
  }

  /** The stretch of a ring that an edge runs along. */
  function along(ring, start, count) {
    return Array.from({ length: count }, (_, i) => ring[(start + i) % ring.length]);
  }

  /** Polygons and edges into their groups; each shape keeps its own, each edge its line. */
  function draw(layers, { shapes, styles, methods, units_per_degree: units }) {
    for (const shape of shapes) {
      shape.style = styles[shape.style];
      const parts = shape.parts.map((part) => part.map((steps) => vertices(steps, units)));
      shape.rings = parts.flat();
      const outline = { stroke: shape.edges.length === 0, smoothFactor: 0 };
      shape.polygon = L.polygon(parts, { ...shape.style, ...outline }).addTo(layers.blocks);
      for (const edge of shape.edges) {
        const [ring, start, count] = edge.place ?? [];
        edge.lonlats = edge.line ? vertices(edge.line, units) : along(shape.rings[ring], start, count);
        edge.method = methods[edge.method];
        const style = { color: shape.style.color, weight: 2.5, dashArray: edge.method.dash, pane: "edges" };
        edge.polyline = L.polyline(edge.lonlats, { ...style, smoothFactor: 0 }).addTo(layers.edges);
      }
    }
  }

  /** What the names of a block's sides may mean on the map, chosen and lost, each into its group. */
  function drawCandidates(layers, { candidates = [], units_per_degree: units }) {
    for (const { lines, chosen, words: label } of candidates) {
      const style = chosen
        ? { color: "#1d5566", weight: 7, opacity: 0.3 }
        : { color: "#8c1d2c", weight: 3, opacity: 0.75, dashArray: "1 6" };
      const drawn = lines.map((steps) => vertices(steps, units));
      L.polyline(drawn, { ...style, smoothFactor: 0 })
        .bindTooltip(() => words(label), { sticky: true })
        .addTo(chosen ? layers.chosen : layers.lost);
    }
  }

  /* ---------- labels ---------- */

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

  class Labels {
    constructor(map, layers, data) {
      Object.assign(this, { map, layers, data, svg: canvas(map, "labels") });
      this.names = [...data.names].sort((a, b) => b.radius_m - a.radius_m);
    }

    draw() {
      this.svg.replaceChildren();
      this.bounds = view(this.map);
      this.placed = this.controls();
      this.project();
      this.sort();
      if (this.map.hasLayer(this.layers.names)) this.names.forEach((name) => this.placeName(name));
      const { sideNames } = this.layers;
      if (sideNames && this.map.hasLayer(sideNames)) this.sides().forEach((side) => this.placeSide(side));
    }

    /** What stands on the map's glass, as places already taken. */
    controls() {
      const glass = this.map.getContainer().parentElement;
      const { left, top } = this.map.getContainer().getBoundingClientRect();
      return [...glass.querySelectorAll(".leaflet-control, .stamp, .legend, .north")].map((element) => {
        const { x, y, width, height } = element.getBoundingClientRect();
        const middle = L.point(x - left + width / 2, y - top + height / 2);
        return box(this.map.containerPointToLayerPoint(middle), 0, width + 4, height + 4);
      });
    }

    free(place) {
      return !this.placed.some((other) => meet(place, other));
    }

    /** A name in the middle of its block with as many lines as fit, or around it; a zone's always around it.
        Its first lines, as many as `least` says, are what tells it from the others. */
    placeName({ lines, least, centre, radius_m, shape, ink }) {
      const middle = this.map.latLngToLayerPoint(centre);
      if (!this.bounds.contains(middle)) return;
      const scale = (EARTH_M * Math.cos((centre[0] * Math.PI) / 180)) / 2 ** (this.map.getZoom() + 8);
      const radius = radius_m / scale;
      const wanted = lines.map((text, i) => ({ text, size: i < least ? 14 : 12 }));
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
      for (const line of lines) {
        y += line.size * 1.3;
        const attributes = { x: middle.x, y: y - line.size * 0.3, "font-size": line.size };
        svgElement("tspan", attributes, text).textContent = line.text;
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

    /** A side's name along its edge where that is straight enough: inside its shape, or else outside all. */
    placeSide({ n, text, ink, points, length }) {
      const size = 12;
      const width = ems(text) * size + 6;
      if (length < width + 6) return;
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
          return this.writeSide(text, middle, angle, size, ink);
        }
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

  /* ---------- graticule ---------- */

  const CONTROLS = [56, 90]; // the corner that the zoom buttons cover
  const MINUTES = [0.25, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600];

  function degrees(minutes) {
    const whole = Math.floor(minutes / 60);
    const rest = minutes - whole * 60;
    const seconds = Math.round((rest % 1) * 60);
    return `${whole}°${String(Math.floor(rest)).padStart(2, "0")}′${seconds ? `${String(seconds).padStart(2, "0")}″` : ""}`;
  }

  /** Meridians and parallels over the view, with their degrees along its upper and left rim. */
  function drawGraticule(map, svg, on) {
    svg.replaceChildren();
    if (!on) return;
    const bounds = view(map, 200);
    const rim = view(map);
    const [nw, se] = [map.layerPointToLatLng(bounds.min), map.layerPointToLatLng(bounds.max)];
    const perPixel = ((se.lng - nw.lng) * 60) / (bounds.max.x - bounds.min.x);
    const step = MINUTES.find((m) => m / perPixel >= 110) ?? MINUTES[MINUTES.length - 1];
    for (let m = Math.ceil((nw.lng * 60) / step) * step; m <= se.lng * 60; m += step) {
      const { x } = map.latLngToLayerPoint([nw.lat, m / 60]);
      svgElement("path", { d: `M${x} ${bounds.min.y}V${bounds.max.y}` }, svg);
      if (x < rim.min.x + CONTROLS[0]) continue;
      svgElement("text", { x: x + 4, y: rim.min.y + 14 }, svg).textContent = degrees(m);
    }
    for (let m = Math.ceil((se.lat * 60) / step) * step; m <= nw.lat * 60; m += step) {
      const { y } = map.latLngToLayerPoint([m / 60, nw.lng]);
      svgElement("path", { d: `M${bounds.min.x} ${y}H${bounds.max.x}` }, svg);
      if (y < rim.min.y + CONTROLS[1]) continue;
      svgElement("text", { x: rim.min.x + 5, y: y - 4 }, svg).textContent = degrees(m);
    }
  }

  /* ---------- cards ---------- */

  function card(number) {
    return document.getElementById(`card-${number}`).content.firstElementChild.cloneNode(true);
  }

  function words(text) {
    const element = document.createElement("span");
    element.textContent = text;
    return element;
  }

  function circle({ centre, uncertainty_m, style }) {
    return L.circle(centre, {
      radius: uncertainty_m, color: style.color, weight: 1.2, dashArray: "3 5", fill: false, interactive: false,
    });
  }

  /** Cards on a click, and the circle within which the chosen shape may lie. */
  function bindCards(map, layers, shapes) {
    for (const shape of shapes) {
      const { polygon, edges, uncertainty_m } = shape;
      polygon.bindPopup(() => card(shape.card), { autoPanPaddingTopLeft: [12, 66] });
      polygon.bindTooltip(() => words(shape.title), { sticky: true });
      if (layers.uncertainty && uncertainty_m) {
        const chosen = circle(shape);
        polygon.on("popupopen", () => chosen.addTo(map)).on("popupclose", () => chosen.remove());
        layers.uncertainty.addLayer(circle(shape));
      }
      for (const { polyline, side, name, method } of edges) {
        polyline.bindTooltip(() => words(`${side}至 ${name ?? "（无名）"} · ${method.label}`), { sticky: true });
        polyline.on("click", (event) => polygon.openPopup(event.latlng));
      }
    }
    const fit = () => {
      const { x, y } = map.getSize();
      const size = { minWidth: Math.min(240, x - 60), maxWidth: Math.min(340, x - 60), maxHeight: y - 140 };
      shapes.forEach(({ polygon }) => L.setOptions(polygon.getPopup(), size));
    };
    map.on("resize", fit);
    fit();
    map.on("popupopen", ({ popup }) => {
      popup.getElement().querySelector(".leaflet-popup-close-button")?.setAttribute("aria-label", "关闭");
    });
  }

  /** Brings shapes into the middle of the map; of one alone, the card opens. */
  function select(map, shapes) {
    const found = shapes.map((shape) => shape.polygon);
    if (found.length === 0) return;
    map.fitBounds(L.featureGroup(found).getBounds(), { padding: [60, 60], maxZoom: 16, animate: false });
    if (found.length === 1) found[0].openPopup();
    map.getContainer().scrollIntoView({ block: "nearest" });
  }

  /** Tells a screen reader what happened. */
  function say(text) {
    document.getElementById("said").textContent = text;
  }

  /** A row of the table shows its shapes on the map, or the card of what could not be drawn. */
  function linkTable(map, shapes) {
    for (const button of document.querySelectorAll("button[data-cards]")) {
      button.addEventListener("click", () => {
        const numbers = button.dataset.cards.split(" ").map(Number);
        const found = shapes.filter((shape) => numbers.includes(shape.card));
        if (found.length > 0) select(map, found);
        else document.getElementById(`undrawn-${numbers[0]}`).scrollIntoView({ block: "center" });
      });
    }
  }

  /** On paper the map has another size: lay it out before printing so that it shows what the screen shows. */
  function layOutForPrint(map, blocks) {
    let screen = null;
    window.addEventListener("beforeprint", () => {
      screen = { centre: map.getCenter(), zoom: map.getZoom(), bounds: map.getBounds() };
      document.body.classList.add("printing");
      map.invalidateSize({ animate: false });
      const all = blocks.getBounds();
      const whole = all.isValid() && screen.bounds.contains(all);
      map.fitBounds(whole ? all : screen.bounds, { padding: [40, 40], animate: false });
    });
    window.addEventListener("afterprint", () => {
      document.body.classList.remove("printing");
      map.invalidateSize({ animate: false });
      if (screen) map.setView(screen.centre, screen.zoom, { animate: false });
    });
  }

  function start(map, layers) {
    const data = JSON.parse(document.getElementById("ftz-data").textContent);
    map.setMaxZoom(19);
    map.setMinZoom(4);
    map.attributionControl.setPrefix("Leaflet");
    L.control.zoom({ zoomInTitle: "放大", zoomOutTitle: "缩小" }).addTo(map);
    L.control.scale({ imperial: false, maxWidth: 140 }).addTo(map);
    const toggle = map.getContainer().querySelector(".leaflet-control-layers-toggle");
    toggle.title = "图层";
    toggle.setAttribute("aria-label", "图层");

    draw(layers, data);
    drawCandidates(layers, data);
    bindCards(map, layers, data.shapes);
    linkTable(map, data.shapes);
    const labels = new Labels(map, layers, data);
    const graticule = canvas(map, "graticule");
    const redraw = () => {
      drawGraticule(map, graticule, map.hasLayer(layers.graticule));
      labels.draw();
    };
    map.on("moveend overlayadd overlayremove resize", redraw);
    redraw();
    layOutForPrint(map, layers.blocks);
    if (map.getSize().x < 600) document.querySelector("details.legend").open = false;
    window.ftzGeoPage = Object.freeze({
      map,
      layers,
      shapes: data.shapes, // each with id, block, rings, polygon, edges, declared_km2, measured_km2, grade
      redraw, // labels and graticule, after a shape changed
      select: (id) => select(map, data.shapes.filter((shape) => shape.id === id)),
      say,
    });
  }

  return { start, tiandituKey };
})();
