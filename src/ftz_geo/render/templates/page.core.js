/* The page script of ftz_geo's maps, in several files that stand one after the other in the page: this one makes
   elements and unpacks the page's JSON; page.js, the last, puts all together.

   Words of the document come to the page as elements that were escaped when it was written, or as JSON that is
   set as text. Nothing here writes HTML. */
"use strict";

const ftzGeo = {};

ftzGeo.core = (() => {
  const SVG = "http://www.w3.org/2000/svg";
  const EARTH_M = 40075016.686; // the equator of Web Mercator's sphere
  const METRES_PER_DEGREE = EARTH_M / 360;
  /** Shown in a notebook's frame, whose sandbox lets a page neither print nor ask its reader anything. */
  const FRAMED = location.protocol === "about:";

  // A frame may get its size only after its page has run: what a map is to show is then fitted to it once more. Without
  // a glide: what runs next asks the map what it shows.
  const { fitBounds } = L.Map.prototype;
  L.Map.include({
    fitBounds(bounds, options) {
      const { x, y } = this.getSize();
      if (!x || !y) this.once("resize", () => fitBounds.call(this, bounds, { ...options, animate: false }));
      return fitBounds.call(this, bounds, { animate: false, ...options });
    },
  });

  function svgElement(name, attributes, parent) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return parent.appendChild(made);
  }

  /** An element with attributes, and children that are elements or text; null stands for none. */
  function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key === "onclick") made.addEventListener("click", value);
      else made.setAttribute(key, value);
    }
    made.append(...children.flat().filter((child) => child !== null));
    return made;
  }

  /** Words for Leaflet, which takes a mere string for HTML. */
  function span(words) {
    return element("span", {}, words);
  }

  /** An SVG in a pane of its own, in layer points, gone while the map zooms. */
  function canvas(map, pane) {
    return svgElement("svg", { class: `${pane} leaflet-zoom-hide`, width: 1, height: 1 }, map.getPane(pane));
  }

  function view(map, margin = 0) {
    const corner = map.containerPointToLayerPoint([0, 0]);
    return L.bounds(corner.subtract([margin, margin]), corner.add(map.getSize()).add([margin, margin]));
  }

  function metresPerPixel(map, latitude = map.getCenter().lat) {
    return (EARTH_M * Math.cos((latitude * Math.PI) / 180)) / 2 ** (map.getZoom() + 8);
  }

  const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  /** Whole numbers written as base64 VLQ; the first ones are too large for bit operators. */
  function unpack(text) {
    const found = [];
    let [value, weight] = [0, 1];
    for (const letter of text) {
      const digit = DIGITS.indexOf(letter);
      value += (digit & 31) * weight;
      weight *= 32;
      if (digit < 32) {
        found.push(value % 2 ? -(value - 1) / 2 : value / 2);
        [value, weight] = [0, 1];
      }
    }
    return found;
  }

  /** Places as [latitude, longitude], from their steps on a grid. */
  function places(packed, units) {
    const steps = unpack(packed);
    const found = [];
    let [x, y] = [0, 0];
    for (let i = 0; i < steps.length; i += 2) {
      x += steps[i];
      y += steps[i + 1];
      found.push([y / units, x / units]);
    }
    return found;
  }

  /** A reader of lines told as runs of vertices: first, how many, first, how many; backwards where negative.
      Lines of one reader share their places: a block's edges those of its rings, but no other block's. */
  function reader(vertices) {
    const places = new Map();
    const place = (number) => {
      if (!places.has(number)) places.set(number, L.latLng(vertices[number]));
      return places.get(number);
    };
    return (runs) => {
      const line = [];
      for (let i = 0; i < runs.length; i += 2) {
        const step = Math.sign(runs[i + 1]);
        for (let n = 0; n !== runs[i + 1]; n += step) line.push(place(runs[i] + n));
      }
      return line;
    };
  }

  /** The rows of a table told as columns; a column whose values are all the same is told once. */
  function rows(columns) {
    return columns.id.map((_, n) => (
      Object.fromEntries(Object.entries(columns).map(([key, values]) => [key, values[n % values.length]]))
    ));
  }

  /** The marks of a clause: each the side of a feature, null for none, and where its words stand. */
  function marks(packed, { directions }) {
    const numbers = unpack(packed);
    return Array.from({ length: numbers.length / 3 }, (_, n) => {
      const [side, start, length] = numbers.slice(3 * n, 3 * n + 3);
      return { side: directions[side] ?? null, start, length };
    });
  }

  /** An edge with what its numbers refer to. */
  function edge(packed, data, shape, line) {
    const [side, feature, method, half_width_dm, uncertainty_dm, mark, source_count, ...rest] = unpack(packed);
    return {
      side: data.directions[side],
      name: data.features[feature] ?? null,
      method: Object.values(data.methods)[method],
      of_points: Object.keys(data.methods)[method] === "points",
      half_width_m: half_width_dm / 10,
      uncertainty_m: uncertainty_dm < 0 ? null : uncertainty_dm / 10,
      mark: shape.marks[mark] ?? null,
      sources: rest.slice(0, source_count).map((number) => data.source_prefix + data.sources[number]),
      lonlats: line(rest.slice(source_count)),
    };
  }

  /** The page's JSON (its records are described in schema.py) with its shapes, edges and lines unpacked, and what
      they refer to in its place. */
  function read() {
    const data = JSON.parse(document.getElementById("ftz-data").textContent);
    const vertices = places(data.vertices, data.units_per_degree);
    data.shapes = rows(data.shapes);
    for (const shape of data.shapes) {
      const line = reader(vertices);
      shape.title = shape.label.join(" ");
      shape.called = [shape.title, shape.name].filter(Boolean).join(" ");
      shape.style = data.styles[shape.style];
      shape.centre &&= [...shape.centre]; // its own: the editor moves it
      shape.reasons = shape.reasons.map((number) => data.reasons[number]);
      shape.marks = marks(shape.marks, data);
      shape.parts = shape.parts.map((part) => part.map((ring) => line(unpack(ring))));
      shape.rings = shape.parts.flat();
      shape.edges = shape.edges.map((packed) => edge(packed, data, shape, line));
    }
    for (const line of data.lines) line.lonlats = reader(vertices)(unpack(line.runs));
    for (const candidate of data.candidates) {
      candidate.lines = candidate.lines.map((runs) => reader(vertices)(unpack(runs)));
    }
    return data;
  }

  /** Whether a place lies in a shape (even-odd, so holes and parts need no telling apart). */
  function contains({ polygon, rings }, { lat, lng }) {
    if (!polygon.getBounds().contains([lat, lng])) return false;
    let inside = false;
    for (const ring of rings) {
      ring.forEach((a, i) => {
        const b = ring[(i + 1) % ring.length];
        if (a.lat > lat !== b.lat > lat && lng < a.lng + ((lat - a.lat) * (b.lng - a.lng)) / (b.lat - a.lat)) inside = !inside;
      });
    }
    return inside;
  }

  return { METRES_PER_DEGREE, FRAMED, contains, svgElement, element, span, canvas, view, metresPerPixel, unpack, places, reader, read };
})();
