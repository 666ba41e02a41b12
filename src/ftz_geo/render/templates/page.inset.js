/* Blocks of which nothing tells where they lie: drawn in a frame of their own, to scale and apart from the map, whose
   degrees would say something of them that nobody knows. */
"use strict";

ftzGeo.inset = (() => {
  const { METRES_PER_DEGREE, svgElement, element } = ftzGeo.core;
  const { t, onChange } = ftzGeo.words;

  const ROUND = [1, 2, 5];

  /** The largest round number of metres that is no longer than a length. */
  function roundBelow(metres) {
    const power = 10 ** Math.floor(Math.log10(metres));
    return Math.max(...ROUND.map((n) => n * power).filter((length) => length <= metres));
  }

  /** Outlines in metres from their middle, y to the south. */
  function flattened(shapes) {
    const bounds = L.latLngBounds(shapes.flatMap(({ rings }) => rings.flat()));
    const { lat, lng } = bounds.getCenter();
    const east = METRES_PER_DEGREE * Math.cos((lat * Math.PI) / 180);
    const flat = (place) => [(place.lng - lng) * east, (lat - place.lat) * METRES_PER_DEGREE];
    const [[left, bottom], [right, top]] = [bounds.getSouthWest(), bounds.getNorthEast()].map(flat);
    return { flat, box: [left, top, right - left, bottom - top] };
  }

  /** Draws the shapes into the frame; a click, or the enter key, shows one. */
  function start(shapes, { choose, point }) {
    const frame = document.getElementById("inset");
    if (!frame || shapes.length === 0) return;
    const { flat, box: [left, top, width, height] } = flattened(shapes);
    const span = Math.max(width, height);
    const margin = span * 0.06;
    const svg = svgElement("svg", {
      viewBox: [left - margin, top - margin, width + 2 * margin, height + 2 * margin].join(" "), role: "group",
    }, frame);
    const path = (rings) => rings.map((ring) => `M${ring.map((place) => flat(place).map(Math.round).join(" ")).join("L")}Z`).join("");
    for (const shape of shapes) {
      const { color, fillColor, dashArray } = shape.style;
      const block = svgElement("g", { tabindex: 0, role: "button", class: "apart" }, svg);
      svgElement("path", { d: path(shape.rings), stroke: color, fill: fillColor, "stroke-dasharray": dashArray ?? "none" }, block);
      const [x, y] = flat(shape.centre ? L.latLng(shape.centre) : L.latLngBounds(shape.rings.flat()).getCenter());
      const name = svgElement("text", { x, y, fill: color, "font-size": span / 14 }, block);
      name.textContent = shape.label.join(" ");
      block.setAttribute("aria-label", shape.called);
      block.addEventListener("click", () => choose(shape));
      block.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        choose(shape);
      });
      block.addEventListener("mouseenter", () => point([shape]));
      block.addEventListener("mouseleave", () => point([]));
      shape.apart = block;
    }
    const length = roundBelow(span / 3);
    const bar = element("p", { class: "bar" });
    bar.style.width = `${(100 * length) / (width + 2 * margin)}%`;
    frame.append(bar);
    const relabel = () => {
      bar.textContent = length < 1000 ? `${length} m` : `${length / 1000} km`;
      svg.setAttribute("aria-label", t("位置未知"));
    };
    onChange(relabel);
    relabel();
  }

  return { start };
})();
