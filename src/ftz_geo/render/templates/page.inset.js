/* Blocks of which nothing tells where they lie: drawn in a frame of their own, to scale and apart from the map, whose
   degrees would say something of them that nobody knows. */
"use strict";

ftzGeo.inset = (() => {
  const { METRES_PER_DEGREE, svgElement, element } = ftzGeo.core;
  const { t, onChange } = ftzGeo.words;
  const { units } = ftzGeo;

  const ROUND = [1, 2, 5];
  const MARGIN = 16; // pixels

  /** The largest round number of metres that is no longer than a length. */
  function roundBelow(metres) {
    const power = 10 ** Math.floor(Math.log10(metres));
    return Math.max(...ROUND.map((n) => n * power).filter((length) => length <= metres));
  }

  /** Outlines in metres from the north-western corner of all, y to the south. */
  function flattened(shapes) {
    const bounds = L.latLngBounds(shapes.flatMap(({ rings }) => rings.flat()));
    const { lat, lng } = bounds.getNorthWest();
    const east = METRES_PER_DEGREE * Math.cos((bounds.getCenter().lat * Math.PI) / 180);
    const flat = (place) => [(place.lng - lng) * east, (lat - place.lat) * METRES_PER_DEGREE];
    return { flat, size: flat(bounds.getSouthEast()) };
  }

  /** A block as a way to its card, lit under the pointer as on the map. */
  function blockOf(svg, shape, { choose, point }) {
    const block = svgElement("g", { tabindex: 0, role: "button", class: "apart", "aria-label": shape.called }, svg);
    block.addEventListener("click", () => choose(shape));
    block.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      choose(shape);
    });
    block.addEventListener("mouseenter", () => point([shape]));
    block.addEventListener("mouseleave", () => point([]));
    return block;
  }

  /** Draws the shapes into the frame, anew when its size changes: the hatch and the letters keep theirs. */
  function start(map, shapes, choice) {
    const frame = document.getElementById("inset");
    if (!frame || shapes.length === 0) return;
    const { flat, size: [width, height] } = flattened(shapes);
    const svg = svgElement("svg", { role: "group" }, frame);
    const bar = frame.appendChild(element("p", { class: "bar" }));
    for (const shape of shapes) shape.apart = blockOf(svg, shape, choice);
    const draw = () => {
      const room = document.body.classList.contains("all-apart") ? svg.clientHeight : frame.clientWidth * 0.8;
      const scale = Math.min((frame.clientWidth - 2 * MARGIN) / width, (room - MARGIN) / height);
      if (!(scale > 0)) return;
      svg.setAttribute("height", height * scale + MARGIN);
      const left = (frame.clientWidth - MARGIN - width * scale) / 2;
      const spot = (place) => flat(place).map((metres, axis) => Math.round(metres * scale + [left, MARGIN / 2][axis]));
      for (const shape of shapes) {
        const { color, fillColor, dashArray } = shape.style;
        const rings = shape.rings.map((ring) => `M${ring.map((place) => spot(place).join(" ")).join("L")}Z`);
        const middle = shape.centre ? L.latLng(shape.centre) : L.latLngBounds(shape.rings.flat()).getCenter();
        const [x, y] = spot(middle);
        shape.apart.replaceChildren();
        svgElement("path", { d: rings.join(""), stroke: color, fill: fillColor, "stroke-dasharray": dashArray ?? "none" }, shape.apart);
        svgElement("text", { x, y, fill: color }, shape.apart).textContent = shape.label.join(" ");
        const area = shape.declared_km2 !== null && !shape.of_block ? units.stated(shape.declared_km2) : units.drawn(shape.measured_km2, 2);
        const figure = { x, y: y + 18, fill: color, class: "area" };
        svgElement("text", figure, shape.apart).textContent = `${area} ${units.sign()}`;
      }
      const length = roundBelow(width / 3);
      bar.style.width = `${length * scale}px`;
      bar.textContent = length < 1000 ? `${length} m` : `${length / 1000} km`;
    };
    map.on("resize", draw);
    units.onChange(draw);
    onChange(() => svg.setAttribute("aria-label", t("位置未知")));
    draw();
  }

  return { start };
})();
