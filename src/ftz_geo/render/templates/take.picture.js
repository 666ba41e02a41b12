/* The map as it is seen, as a PNG of twice its size: what stands on the glass is copied into one SVG that needs nothing
   from outside, and drawn. Tiles of other hosts stay out, for a canvas that has drawn them gives nothing back. */
"use strict";

ftzGeo.picture = (() => {
  // Characters that XML has no place for, such as Word's soft line break.
  const NO_XML = /(?![\t\n\r])[\p{Cc}\ufffe\uffff]/gu;
  const { svgElement, element } = ftzGeo.core;
  const { t } = ftzGeo.words;

  const SCALE = 2; // print quality at about half the size of the screen
  const LEFT_OUT = ".leaflet-tile-pane, .leaflet-tooltip-pane, .leaflet-popup-pane, .toast, .imprint, "
    + ".leaflet-control:not(.leaflet-control-scale):not(.leaflet-control-attribution)";

  /** A copy of what stands on the glass; what a canvas shows becomes an image. */
  function copied(glass) {
    const copy = glass.cloneNode(true);
    const drawn = glass.querySelectorAll("canvas");
    copy.querySelectorAll("canvas").forEach((canvas, n) => {
      const image = element("img", { class: canvas.className, style: canvas.style.cssText, src: drawn[n].toDataURL() });
      canvas.replaceWith(image);
    });
    copy.querySelectorAll(LEFT_OUT).forEach((found) => found.remove());
    const { width, height } = glass.getBoundingClientRect();
    Object.assign(copy.style, { width: `${width}px`, height: `${height}px` });
    return copy;
  }

  /** Title, map, and below it what every picture says: that it is no legal boundary, and where it is from. */
  function sheet(map, lines) {
    const title = document.querySelector("h1").textContent.trim();
    const kind = document.querySelector(".kind").textContent.trim();
    const note = document.querySelector(".stamp.sketched")?.textContent.trim();
    const foot = [[`${t("参考图")} · ${t("不作法定界线依据")}`, note].filter(Boolean).join(" · "), ...lines];
    return element("div", { class: `picture ${document.body.className}` },
      document.querySelector("svg.defs").cloneNode(true),
      element("header", {}, element("h1", {}, title), element("p", { class: "kind" }, kind)),
      copied(map.getContainer().closest(".glass")),
      element("footer", {}, foot.map((words) => element("p", {}, words))));
  }

  /** Width and height of an element of the page's style, in pixels. */
  function measured(made) {
    document.body.append(made);
    const { width, height } = made.getBoundingClientRect();
    made.remove();
    return [Math.ceil(width), Math.ceil(height)];
  }

  function standalone(made, [width, height]) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const box = { width: SCALE * width, height: SCALE * height, viewBox: `0 0 ${width} ${height}` };
    Object.entries(box).forEach(([key, value]) => svg.setAttribute(key, value));
    svg.lang = document.documentElement.lang;
    svgElement("style", {}, svg).textContent = [...document.querySelectorAll("style")].map((style) => style.textContent).join("\n");
    svgElement("foreignObject", { width, height }, svg).append(made);
    const written = new XMLSerializer().serializeToString(svg).replace(NO_XML, "");
    return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(written)}`;
  }

  /** The PNG; `lines` stand below the map. */
  async function png(map, lines) {
    const made = sheet(map, lines);
    const [width, height] = measured(made);
    const image = new Image();
    image.src = standalone(made, [width, height]);
    await image.decode();
    const canvas = element("canvas", { width: SCALE * width, height: SCALE * height });
    canvas.getContext("2d").drawImage(image, 0, 0);
    return new Promise((resolve, reject) => {
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png");
    });
  }

  return { png };
})();
