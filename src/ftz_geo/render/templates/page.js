/* Draws the page's shapes into the groups that folium made, binds cards, table and search to them, and keeps
   what an editor needs in window.ftzGeoPage. */
"use strict";

ftzGeo.start = (() => {
  const KEYBOARD_MOST = 300; // shapes that the tab key may have to pass; the table reaches all
  const CANVAS_FROM = 1000; // shapes
  const EDGES_FROM = 40; // pixels from south to north, where thousands of shapes are drawn
  const { element, metresPerPixel } = ftzGeo.core;
  const { t, onChange } = ftzGeo.words;
  const { panel, cards, sheet } = ftzGeo;

  /* ---------- drawing ---------- */

  /** A hatch for the canvas, which knows no SVG pattern. */
  function hatch(colour) {
    const tile = element("canvas", { width: 9, height: 9 });
    const ink = tile.getContext("2d");
    Object.assign(ink, { strokeStyle: colour, lineWidth: 1.6, globalAlpha: 0.5 });
    ink.stroke(new Path2D("M-1 10 10 -1M-1 1 1 -1M8 10 10 8"));
    return ink.createPattern(tile, "repeat");
  }

  /** Polygons and edges into their groups; each shape keeps its own, each edge its line. Thousands of shapes go
      onto one canvas, edges after all polygons, for a canvas above another would take its clicks. */
  function draw(map, layers, data, owners) {
    const many = data.shapes.length > CANVAS_FROM;
    const renderer = many ? L.canvas({ padding: 0.2 }) : undefined;
    const where = (pane) => (many ? { renderer } : { pane });
    if (many) {
      for (const style of Object.values(data.styles)) if (style.hatch) style.fillColor = hatch(style.hatch);
    }
    for (const shape of data.shapes) {
      const outline = many
        ? { weight: 1, smoothFactor: 1, renderer }
        : { stroke: shape.edges.length === 0, smoothFactor: 0 };
      shape.polygon = L.polygon(shape.parts, { ...shape.style, ...outline }).addTo(layers.blocks);
      owners.set(shape.polygon, { shape });
    }
    const drawEdges = (shape) => shape.edges.forEach((edge) => {
      const look = { color: shape.style.color, weight: 2.5, dashArray: edge.method.dash, smoothFactor: 0 };
      edge.polyline = L.polyline(edge.lonlats, { ...look, ...where("edges") }).addTo(layers.edges);
      owners.set(edge.polyline, { shape, edge });
    });
    if (many) drawEdgesInView(map, layers.edges, data.shapes, drawEdges);
    else if (layers.edges) data.shapes.forEach(drawEdges);
  }

  /** Of thousands of shapes, the edges of those that are in view and large enough to be told apart. */
  function drawEdgesInView(map, group, shapes, drawEdges) {
    const update = () => {
      const near = map.getBounds().pad(0.1);
      const least = (EDGES_FROM * metresPerPixel(map)) / 111000; // degrees of latitude
      for (const shape of shapes) {
        if (shape.edges.length === 0) continue;
        const bounds = shape.polygon.getBounds();
        const shown = bounds.getNorth() - bounds.getSouth() > least && near.intersects(bounds);
        if (shown === Boolean(shape.edges[0].polyline)) continue;
        if (shown) drawEdges(shape);
        else {
          for (const edge of shape.edges) {
            group.removeLayer(edge.polyline);
            edge.polyline = null;
          }
        }
      }
    };
    map.on("moveend", update);
    update();
  }

  /** The strip between the near and the far edge of what an edge runs along, as wide as it is on the ground. */
  function drawBands(map, group, shapes) {
    const bands = [];
    for (const { edges, style } of shapes) {
      for (const { lonlats, half_width_m: width } of edges) {
        if (!width) continue;
        const look = { color: style.color, opacity: 0.16, lineCap: "butt", interactive: false, pane: "bands" };
        const line = L.polyline(lonlats, { ...look, smoothFactor: 0, className: "band" }).addTo(group);
        bands.push({ line, width, latitude: lonlats[0].lat });
      }
    }
    const fit = () => bands.forEach(({ line, width, latitude }) => {
      line.setStyle({ weight: (2 * width) / metresPerPixel(map, latitude) });
    });
    map.on("zoomend", fit);
    fit();
  }

  /** Roads and rivers of a sketch beyond its blocks: quiet, and as much a sketch as these. */
  function drawLines(group, lines) {
    for (const line of lines) {
      const look = { color: "#8a8069", weight: 3.5, opacity: 0.45, dashArray: "9 4 2 4", pane: "bands" };
      line.polyline = L.polyline(line.lonlats, look)
        .bindTooltip(() => words(`${line.name}（${t("示意，位置不可用于定位")}）`), { sticky: true })
        .addTo(group);
    }
  }

  /** What the names of a block's sides may mean on the map, chosen and lost, each into its group. */
  function drawCandidates(layers, candidates) {
    for (const { lines, chosen, words: label } of candidates) {
      const style = chosen
        ? { color: "#1d5566", weight: 7, opacity: 0.3 }
        : { color: "#8c1d2c", weight: 3, opacity: 0.75, dashArray: "1 6" };
      L.polyline(lines, { ...style, smoothFactor: 0 })
        .bindTooltip(() => words(label), { sticky: true })
        .addTo(chosen ? layers.chosen : layers.lost);
    }
  }

  function circle({ centre, uncertainty_m, style }) {
    return L.circle(centre, {
      radius: uncertainty_m, color: style.color, weight: 1.2, dashArray: "3 5", fill: false, interactive: false,
    });
  }

  /** A mark in the middle of each block that a listed error or warning is about. */
  function drawFindings(group, shapes, select) {
    for (const item of document.querySelectorAll("li.error[data-cards], li.warning[data-cards]")) {
      const numbers = item.dataset.cards.split(" ").map(Number);
      const severity = item.className;
      for (const shape of shapes.filter((one) => numbers.includes(one.card))) {
        const icon = L.divIcon({ className: `finding ${severity}`, html: "!", iconSize: [18, 18], iconAnchor: [9, 34] });
        const message = () => item.querySelector("[data-en]").textContent;
        L.marker(shape.centre, { icon, alt: message(), pane: "findings", keyboard: false })
          .bindTooltip(() => words(message()), { className: "wide" })
          .on("click", () => select([shape]))
          .addTo(group);
      }
    }
  }

  function titleOf(shape) {
    return [shape.title, shape.name].filter(Boolean).join(" ");
  }

  function words(text) {
    return element("span", {}, text);
  }

  /* ---------- cards ---------- */

  /** Cards on a click, the circle within which the chosen shape may lie, and the table's row. */
  function bindCards(map, layers, data, owners, chosenRow) {
    const popup = L.popup();
    const tooltip = L.tooltip({ direction: "auto", offset: [14, 0] });
    let [show, around, origin] = [null, null, null];

    const open = (place, shape, content) => {
      const from = document.activeElement;
      const byKey = from?.matches(":focus-visible");
      if (byKey && !popup.getElement()?.contains(from)) origin = from;
      show = () => popup.setContent(content());
      show();
      const { x, y } = map.getSize();
      const width = { minWidth: Math.min(240, x - 60), maxWidth: Math.min(340, x - 60) };
      // Right of the tools where there is room for both; a narrow map hides them behind a card.
      L.setOptions(popup, { ...width, maxHeight: y - 140, autoPanPaddingTopLeft: [x > 600 ? 120 : 12, 66] });
      around?.remove();
      around = layers.uncertainty && shape.uncertainty_m ? circle(shape).addTo(map) : null;
      popup.setLatLng(place).openOn(map);
      chosenRow(shape);
      tooltip.remove();
      if (byKey) {
        const made = popup.getElement().querySelector("article");
        made.tabIndex = -1;
        made.focus({ preventScroll: true });
      }
      popup.getElement().querySelector(".leaflet-popup-close-button")?.setAttribute("aria-label", t("关闭"));
    };
    const ofTemplate = (shape) => document.getElementById(`card-${shape.card}`)?.content.firstElementChild;
    const openBlock = (shape, place = null) => {
      const made = ofTemplate(shape);
      const content = made
        ? () => ftzGeo.words.translate(made.cloneNode(true))
        : () => cards.ofBlock(shape, data, openEdge);
      open(place ?? L.latLng(shape.centre ?? shape.polygon.getBounds().getCenter()), shape, content);
    };
    function openEdge(shape, edge, place = null) {
      const middle = edge.lonlats[Math.floor(edge.lonlats.length / 2)];
      const start = edge.lonlats[Math.floor((edge.lonlats.length - 1) / 2)];
      const at = place ?? L.latLng((start.lat + middle.lat) / 2, (start.lng + middle.lng) / 2);
      open(at, shape, () => cards.ofEdge(shape, edge, () => openBlock(shape)));
    }

    const label = ({ shape, edge }) => (edge
      ? `${t(edge.side)}${t("至")} ${edge.name ?? t("（无名）")} · ${t(edge.method.label)}`
      : titleOf(shape));
    for (const group of [layers.blocks, layers.edges].filter(Boolean)) {
      group.on("mouseover mousemove", ({ sourceTarget, latlng }) => {
        if (owners.has(sourceTarget)) tooltip.setContent(words(label(owners.get(sourceTarget)))).setLatLng(latlng).addTo(map);
      });
      group.on("mouseout", () => tooltip.remove());
      group.on("click", (event) => {
        const { shape, edge } = owners.get(event.sourceTarget) ?? {};
        if (!shape) return;
        L.DomEvent.stopPropagation(event);
        if (edge) openEdge(shape, edge, event.latlng);
        else openBlock(shape, event.latlng);
      });
    }
    if (layers.uncertainty) {
      for (const shape of data.shapes) if (shape.uncertainty_m) layers.uncertainty.addLayer(circle(shape));
    }
    popup.on("remove", () => {
      around?.remove();
      if (origin?.isConnected) origin.focus({ preventScroll: true });
      [show, around, origin] = [null, null, null];
      chosenRow(null);
    });
    // Wherever the focus is: the table that opened a card has no key of its own to close it.
    document.addEventListener("keydown", ({ key }) => {
      if (key === "Escape") map.closePopup(popup);
    });
    onChange(() => show?.());
    return { openBlock, openEdge };
  }

  /** Shapes that the keyboard reaches, in the order of the table; enter opens the card. */
  function reachByKeyboard(shapes, openBlock) {
    if (shapes.length > KEYBOARD_MOST) return;
    for (const shape of shapes) {
      const path = shape.polygon.getElement();
      if (!path) continue;
      path.setAttribute("tabindex", "0");
      path.setAttribute("role", "button");
      path.setAttribute("aria-label", titleOf(shape));
      path.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        openBlock(shape);
      });
    }
  }

  /* ---------- start ---------- */

  /** The names that stand on the map: of the page's own making, or each shape's. */
  function names({ names: given, shapes }) {
    if (given.length > 0) return given;
    return shapes.filter((shape) => shape.centre).map((shape, n) => {
      const area = shape.declared_km2 !== null && !shape.of_block
        ? `${shape.declared_km2} km²`
        : shape.measured_km2 === null ? null : `${t("图上")} ${shape.measured_km2.toFixed(2)} km²`;
      return {
        lines: [...shape.label, ...[shape.name, area].filter(Boolean)],
        least: shape.label.length,
        shape: shapes.indexOf(shape, n),
        ink: shape.style.color,
        centre: shape.centre,
        radius_m: shape.radius_m,
      };
    });
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
    ftzGeo.words.start(data.words);
    map.setMaxZoom(19);
    map.setMinZoom(4);
    map.attributionControl.setPrefix("Leaflet");
    const zoom = L.control.zoom().addTo(map);
    onChange(() => [["in", "放大"], ["out", "缩小"]].forEach(([way, word]) => {
      const button = zoom.getContainer().querySelector(`.leaflet-control-zoom-${way}`);
      button.title = t(word);
      button.setAttribute("aria-label", t(word));
    }));
    L.control.scale({ imperial: false, maxWidth: 140 }).addTo(map);
    sheet.startReadout(map);

    const { shapes } = data;
    const owners = new Map(); // of what is drawn
    draw(map, layers, data, owners);
    if (layers.bands) drawBands(map, layers.bands, shapes);
    if (layers.lines) drawLines(layers.lines, data.lines);
    drawCandidates(layers, data.candidates);
    const background = layers.basemap ? ftzGeo.basemap.start(map, layers.basemap, data.basemap) : [];

    let open = null;
    /** Brings shapes into the middle of the map; of one alone, the card opens. */
    const select = (chosen) => {
      if (chosen.length === 0) return;
      const polygons = chosen.map((shape) => shape.polygon);
      map.fitBounds(L.featureGroup(polygons).getBounds(), { padding: [60, 60], maxZoom: 16, animate: false });
      if (chosen.length === 1) open.openBlock(chosen[0]);
      map.getContainer().scrollIntoView({ block: "nearest" });
    };
    /** A line of the background has no card: it is lit for a while. */
    const glow = (lines) => {
      const look = { color: "#d8a21b", weight: 9, opacity: 0.5, interactive: false };
      const lit = L.polyline(lines.map(({ lonlats }) => lonlats), look).addTo(map);
      setTimeout(() => lit.remove(), 2500);
    };
    /** Brings edges into view, lit for a while; of one alone, the card opens. */
    const showEdges = (found) => {
      const bounds = L.latLngBounds(found.edges.flatMap((edge) => edge.lonlats));
      map.fitBounds(bounds, { padding: [80, 80], maxZoom: 16, animate: false });
      const light = (weight) => found.edges.forEach(({ polyline }) => polyline?.setStyle({ weight }));
      light(7);
      setTimeout(() => light(2.5), 2500);
      if (found.shapes.length === 0) glow(found.edges);
      else if (found.edges.length === 1) open.openEdge(found.shapes[0], found.edges[0]);
      map.getContainer().scrollIntoView({ block: "nearest" });
    };
    open = bindCards(map, layers, data, owners, panel.startRows(shapes, select));
    reachByKeyboard(shapes, open.openBlock);
    if (layers.findings) drawFindings(layers.findings, shapes, select);
    panel.startTabs();
    document.querySelectorAll("table.sortable").forEach(panel.startSorting);
    panel.startSearch(shapes, background, select, showEdges);
    panel.startFindings(shapes, select);
    layerControl(map, sheet.baseMaps(map, data.tianditu_key), layers, data.layers);

    sheet.startGraticule(map, layers.graticule);
    const labels = new ftzGeo.labels.Labels(map, layers, { shapes, lines: data.lines, background, names: names(data) });
    const redraw = () => labels.draw();
    map.on("moveend overlayadd overlayremove resize", redraw);
    onChange(() => {
      labels.rename(names(data));
      redraw();
    });
    sheet.startPrint(map, layers.blocks);
    if (map.getSize().x < 600) document.querySelector("details.legend").open = false;
    ftzGeo.words.apply();
    window.ftzGeoPage = Object.freeze({
      map,
      layers,
      shapes, // each with id, block, rings, polygon, edges, declared_km2, measured_km2, grade
      t, // a fixed word of the page in the reader's language
      onChange, // of the language
      redraw, // labels, after a shape changed
      select: (id) => select(shapes.filter((shape) => shape.id === id)),
      say: panel.say,
    });
  };
})();
