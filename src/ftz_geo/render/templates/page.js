/* Binds cards, table and search to what is drawn, and keeps what an editor needs in window.ftzGeoPage. */
"use strict";

ftzGeo.start = (() => {
  const KEYBOARD_MOST = 300; // shapes that the tab key may have to pass; the table reaches all
  const { span } = ftzGeo.core;
  const { t, onChange } = ftzGeo.words;
  const { draw, panel, cards, sheet } = ftzGeo;

  /* ---------- cards ---------- */

  /** Cards on a click, where the chosen shape may lie, and the table's row. */
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
      around = layers.uncertainty ? draw.doubt(map, shape).addTo(map) : null;
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
      : shape.called);
    for (const group of [layers.blocks, layers.edges].filter(Boolean)) {
      group.on("mouseover mousemove", ({ sourceTarget, latlng }) => {
        if (owners.has(sourceTarget)) tooltip.setContent(span(label(owners.get(sourceTarget)))).setLatLng(latlng).addTo(map);
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
      for (const shape of data.shapes) layers.uncertainty.addLayer(draw.doubt(map, shape));
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
      path.setAttribute("aria-label", shape.called);
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
    const owners = draw.shapes(map, layers, data);
    if (layers.bands) draw.bands(map, layers.bands, shapes);
    if (layers.lines) draw.lines(layers.lines, data.lines, data.methods.sketch.dash);
    if (layers.points) draw.points(layers.points, data.points);
    draw.candidates(layers, data.candidates);
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
      setTimeout(() => light(draw.EDGE_WEIGHT), 2500);
      if (found.shapes.length === 0) glow(found.edges);
      else if (found.edges.length === 1) open.openEdge(found.shapes[0], found.edges[0]);
      map.getContainer().scrollIntoView({ block: "nearest" });
    };
    open = bindCards(map, layers, data, owners, panel.startRows(shapes, select));
    reachByKeyboard(shapes, open.openBlock);
    if (layers.findings) draw.findings(layers.findings, shapes, select);
    panel.startTabs();
    const ranks = [...Object.keys(data.grades), ...data.verdicts];
    document.querySelectorAll("table.sortable").forEach((table) => panel.startSorting(table, ranks));
    panel.startSearch(shapes, background, select, showEdges);
    panel.startFindings(shapes, select);
    layerControl(map, sheet.baseMaps(map, data.tianditu_key), layers, data.layers);

    startLegend(map, layers);
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
      shapes,
      methods: data.methods,
      units_per_degree: data.units_per_degree, // of the grid that vertices are on
      onChange, // of the language
      redraw, // labels, after a shape changed
      select: (id) => select(shapes.filter((shape) => shape.id === id)),
      say: panel.say,
      background, // named lines of the base map
    });
  };
})();
