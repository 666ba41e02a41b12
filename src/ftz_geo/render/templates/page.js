/* Binds table, search and tools to what is drawn, and keeps what the other scripts need in window.ftzGeoPage. */
"use strict";

ftzGeo.start = (() => {
  // Pixels that the stamps above a chosen block and the readout below it need.
  const CLEAR = { paddingTopLeft: [50, 76], paddingBottomRight: [50, 84] };
  const NARROW = 500; // pixels: on a narrower map the tools stand beside the blocks, not above empty ground
  const LOW = 420; // pixels: a lower map has no room for its legend
  const HIGH = 640; // a higher one has room for it below the blocks
  const KEYBOARD_MOST = 300; // shapes that the tab key may have to pass; the table reaches all
  const { t, onChange } = ftzGeo.words;
  const { address, draw, panel, sheet, units } = ftzGeo;

  /** Shapes that the keyboard reaches, in the order of the table; enter opens the card. */
  function reachByKeyboard(shapes, { choose, point }) {
    if (shapes.length > KEYBOARD_MOST) return;
    for (const shape of shapes) {
      const path = shape.polygon?.getElement();
      if (!path) continue;
      path.setAttribute("tabindex", "0");
      path.setAttribute("role", "button");
      path.setAttribute("aria-label", shape.called);
      path.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        choose(shape);
      });
      path.addEventListener("focus", () => point([shape]));
      path.addEventListener("blur", () => point([]));
    }
  }

  /** Shows all blocks clear of what stands on the map: the stamps, the readout, the frame of what has no place; or
      something else where there is none. */
  function showAll(map, shapes, otherwise) {
    const polygons = shapes.map(({ polygon }) => polygon).filter(Boolean);
    if (polygons.length === 0) return map.fitBounds(otherwise, { animate: false });
    const { x, y } = map.getSize();
    if (x === 0) return map.once("resize", () => showAll(map, shapes, otherwise)); // a frame that is laid out later
    const inset = document.getElementById("inset")?.offsetWidth ?? 0;
    const [[left, top], [right, foot]] = [CLEAR.paddingTopLeft, CLEAR.paddingBottomRight];
    const legend = document.querySelector("details.legend");
    const above = legend.open && y > HIGH ? y - legend.offsetTop + 10 : 0;
    const bottom = y < LOW ? foot / 2 : Math.max(foot, above);
    return map.fitBounds(L.featureGroup(polygons).getBounds(), {
      paddingTopLeft: [inset > 0 && x > 2 * inset ? inset + 30 : x < NARROW ? 2 * left : left, top],
      paddingBottomRight: [right, bottom],
      maxZoom: 16,
      animate: false,
    });
  }

  /** The map alone, in large letters and over the whole screen, until escape or the button ends it. */
  function startProjector(map, redraw) {
    const button = document.getElementById("projector");
    const turn = (on) => {
      if (on === document.body.classList.contains("projecting")) return; // leaving the full screen tells it once more
      const seen = map.getBounds();
      document.body.classList.toggle("projecting", on);
      if (on) document.querySelector("details.legend").open = false; // it would cover blocks, in its large letters
      button.setAttribute("aria-pressed", String(on));
      map.invalidateSize({ animate: false });
      map.fitBounds(seen, { animate: false });
      redraw();
    };
    button.addEventListener("click", () => {
      const on = !document.body.classList.contains("projecting");
      turn(on);
      // A frame or an old browser may have no full screen: the large letters do without it.
      if (on) document.documentElement.requestFullscreen?.().catch(() => {});
      else if (document.fullscreenElement) document.exitFullscreen();
    });
    document.addEventListener("keydown", ({ key }) => {
      if (key === "Escape" && !document.fullscreenElement) turn(false);
    });
    document.addEventListener("fullscreenchange", () => {
      if (!document.fullscreenElement) turn(false);
      else map.invalidateSize({ animate: false });
    });
  }

  /** The part of the map that is in view, in the address once the reader has moved it. */
  function keepView(map) {
    const view = () => {
      const { lat, lng } = map.getCenter();
      return [lat.toFixed(5), lng.toFixed(5), map.getZoom()].join(",");
    };
    const asked = () => {
      const told = address.get("view") ?? "";
      const [lat, lng, zoom] = told.split(",").map(Number);
      const isView = /^[-\d.]+,[-\d.]+,[\d.]+$/.test(told) && Math.abs(lat) <= 90 && Math.abs(lng) <= 180;
      if (isView && told !== view()) map.setView([lat, lng], zoom, { animate: false });
    };
    const first = view(); // which the plain page shows
    asked();
    address.onGo(asked);
    map.on("moveend", () => {
      const isShown = !["printing", "all-apart"].some((state) => document.body.classList.contains(state));
      if (isShown) address.put({ view: view() === first ? null : view() });
    });
  }

  /* ---------- start ---------- */

  /** The names that stand on the map: of the page's own making, or each shape's. */
  function names({ names: given, shapes }) {
    const inUnit = (line) => line.replace(/^([\d.]+) km²$/, (_, figure) => `${units.stated(figure)} ${units.sign()}`);
    if (given.length > 0) return given.map((name) => ({ ...name, lines: name.lines.map(inUnit) }));
    return shapes.filter((shape) => shape.centre && shape.placed).map((shape) => {
      const area = shape.declared_km2 !== null && !shape.of_block
        ? `${units.stated(shape.declared_km2)} ${units.sign()}`
        : shape.measured_km2 === null ? null : `${t(shape.shared ? "均分" : "图上")} ${units.drawn(shape.measured_km2, 2)} ${units.sign()}`;
      return {
        lines: [...shape.label, ...[shape.name, area].filter(Boolean)],
        least: shape.label.length,
        shape: shapes.indexOf(shape),
        ink: shape.style.color,
        centre: shape.centre,
        radius_m: shape.radius_m,
      };
    });
  }

  /** Signs of layers that are off at first stand in the legend while these are on. */
  function startLegend(map, layers) {
    const update = () => document.querySelectorAll(".legend [data-layer]").forEach((item) => {
      item.hidden = !map.hasLayer(layers[item.dataset.layer]);
    });
    map.on("overlayadd overlayremove", update);
    update();
  }

  /** The control of layers, made anew in each language. */
  function layerControl(map, bases, layers, titles) {
    let control = null;
    const make = () => {
      control?.remove();
      const named = (group) => Object.fromEntries(group.map(([word, layer]) => [t(word), layer]));
      const overlays = Object.entries(layers).map(([key, layer]) => [titles[key], layer]);
      control = L.control.layers(named(Object.entries(bases)), named(overlays)).addTo(map);
      const toggle = control.getContainer().querySelector(".leaflet-control-layers-toggle");
      toggle.title = t("图层");
      toggle.setAttribute("aria-label", t("图层"));
    };
    make();
    onChange(make);
  }

  return (map, layers) => {
    const data = ftzGeo.core.read();
    document.documentElement.classList.toggle("framed", ftzGeo.core.FRAMED);
    ftzGeo.words.start(data.words);
    sheet.startMap(map);

    const { shapes } = data;
    const first = map.getBounds();
    const owners = draw.shapes(map, layers, data);
    if (layers.bands) draw.bands(map, layers.bands, shapes.filter(({ placed }) => placed));
    if (layers.lines) draw.lines(layers.lines, data.lines, data.methods.sketch.dash);
    if (layers.points) draw.points(layers.points, data.points);
    draw.candidates(layers, data.candidates);
    const background = layers.basemap ? ftzGeo.basemap.start(map, layers.basemap, data.basemap) : [];

    const rows = panel.startRows(shapes, { show: (chosen) => select(chosen), point: (chosen) => choice.point(chosen) });
    const choice = ftzGeo.choice.start(map, layers, data, owners, rows);
    /** Brings shapes into the middle of the map, and the card of the first beside it. */
    const select = (chosen) => {
      const drawn = chosen.filter(({ polygon }) => polygon);
      if (chosen.length > 0) choice.choose(chosen[0]);
      if (drawn.length > 0) {
        const bounds = L.featureGroup(drawn.map(({ polygon }) => polygon)).getBounds();
        map.fitBounds(bounds, { ...CLEAR, maxZoom: 16, animate: false });
      } else chosen[0]?.apart?.scrollIntoView({ block: "nearest" });
    };
    /** Lines are lit for a while. */
    const glow = (lines) => {
      const look = { color: "#d8a21b", weight: 9, opacity: 0.5, interactive: false };
      const lit = L.polyline(lines.map(({ lonlats }) => lonlats), look).addTo(map);
      setTimeout(() => lit.remove(), 2500);
    };
    /** Brings edges into view, lit for a while; of one alone, the card opens. */
    const showEdges = (found) => {
      const bounds = L.latLngBounds(found.edges.flatMap((edge) => edge.lonlats));
      if (found.edges.length === 1 && found.shapes.length === 1) choice.choose(found.shapes[0], { edge: found.edges[0] });
      map.fitBounds(bounds, { padding: [80, 80], maxZoom: 16, animate: false });
      glow(found.edges);
      map.getContainer().scrollIntoView({ block: "nearest" });
    };
    reachByKeyboard(shapes, choice);
    ftzGeo.focus.start(map, shapes);
    document.body.classList.toggle("all-apart", shapes.length > 0 && shapes.every(({ placed }) => !placed));
    ftzGeo.inset.start(map, shapes.filter(({ placed }) => !placed), choice);
    showAll(map, shapes, first);
    ftzGeo.views.start(map, () => showAll(map, shapes, first));
    if (layers.uncertainty) draw.halos(map, layers.uncertainty, shapes.filter(({ placed }) => placed));
    if (layers.findings) draw.findings(layers.findings, shapes, choice.choose);
    panel.startTabs();
    const ranks = [...Object.keys(data.grades), ...data.verdicts];
    document.querySelectorAll("table.sortable").forEach((table) => panel.startSorting(table, ranks));
    ftzGeo.find.start(map, { shapes, background, readings: data.readings }, { select, showEdges });
    panel.startFindings(shapes, select);
    layerControl(map, sheet.baseMaps(map, data.tianditu_key), layers, data.layers);

    startLegend(map, layers);
    sheet.startGraticule(map, layers.graticule);
    keepView(map);
    choice.follow();
    const labels = new ftzGeo.labels.Labels(map, layers, { shapes, lines: data.lines, background, names: names(data) });
    const redraw = () => labels.draw();
    map.on("moveend overlayadd overlayremove resize", redraw);
    units.onChange(() => {
      labels.rename(names(data));
      redraw();
    });
    ftzGeo.paper.start(map, data, choice.chosen);
    startProjector(map, redraw);
    const foldLegend = () => {
      const { x, y } = map.getSize();
      if (x < 600 || y < LOW || document.body.classList.contains("all-apart")) document.querySelector("details.legend").open = false;
    };
    if (map.getSize().x > 0) foldLegend();
    else map.once("resize", foldLegend);
    ftzGeo.words.apply();
    units.start();
    window.ftzGeoPage = Object.freeze({
      map,
      layers,
      shapes,
      methods: data.methods,
      units_per_degree: data.units_per_degree, // of the grid that vertices are on
      onChange, // of the language
      onChoose: choice.onChoose, // of another shape, or of none: null
      chosen: choice.chosen,
      data,
      redraw, // labels, after a shape changed
      select: (id) => select(shapes.filter((shape) => shape.id === id)),
      say: panel.say,
      background, // named lines of the base map
    });
  };
})();
