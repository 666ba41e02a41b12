/* Puts what the page shows into the groups of layers that folium made. */
"use strict";

ftzGeo.draw = (() => {
  const CANVAS_FROM = 1000; // shapes
  const EDGES_FROM = 40; // pixels from south to north, where thousands of shapes are drawn
  const EDGE_WEIGHT = 2.5; // pixels
  const { METRES_PER_DEGREE, element, span, metresPerPixel, places } = ftzGeo.core;
  const { t, either } = ftzGeo.words;

  /** A hatch for the canvas, which knows no SVG pattern. */
  function hatch(colour) {
    const tile = element("canvas", { width: 9, height: 9 });
    const ink = tile.getContext("2d");
    Object.assign(ink, { strokeStyle: colour, lineWidth: 1.6, globalAlpha: 0.5 });
    ink.stroke(new Path2D("M-1 10 10 -1M-1 1 1 -1M8 10 10 8"));
    return ink.createPattern(tile, "repeat");
  }

  /** Polygons and edges into their groups; each shape keeps its own, each edge its line. Gives the shape, and the
      edge, that a drawn thing is of. Thousands of shapes go onto one canvas, edges after all polygons, for a canvas
      above another would take its clicks. */
  function shapes(map, layers, data) {
    const owners = new Map();
    const many = data.shapes.length > CANVAS_FROM;
    const renderer = many ? L.canvas({ padding: 0.2 }) : undefined;
    const where = (pane) => (many ? { renderer } : { pane });
    if (many) {
      for (const style of data.styles) if (style.hatch) style.fillColor = hatch(style.hatch);
    }
    for (const shape of data.shapes.filter(({ placed }) => placed)) {
      const outline = many
        ? { weight: 1, smoothFactor: 1, renderer }
        : { stroke: shape.edges.length === 0, smoothFactor: 0 };
      shape.polygon = L.polygon(shape.parts, { ...shape.style, ...outline }).addTo(layers.blocks);
      owners.set(shape.polygon, { shape });
    }
    const drawEdges = (shape) => shape.edges.forEach((edge) => {
      const look = { color: shape.style.color, weight: EDGE_WEIGHT, dashArray: edge.method.dash, smoothFactor: 0 };
      edge.polyline = L.polyline(edge.lonlats, { ...look, ...where("edges") }).addTo(layers.edges);
      owners.set(edge.polyline, { shape, edge });
    });
    const placed = data.shapes.filter((shape) => shape.polygon);
    if (many) drawEdgesInView(map, layers.edges, placed, drawEdges);
    else if (layers.edges) placed.forEach(drawEdges);
    return owners;
  }

  /** Of thousands of shapes, the edges of those that are in view and large enough to be told apart. */
  function drawEdgesInView(map, group, shapes, drawEdges) {
    const update = () => {
      const near = map.getBounds().pad(0.1);
      const least = (EDGES_FROM * metresPerPixel(map)) / METRES_PER_DEGREE; // degrees of latitude
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

  /** A strip about a line that reaches so many metres on the ground to either side, at every zoom. */
  function strip(map, lonlats, metres, look) {
    const line = L.polyline(lonlats, { ...look, interactive: false, smoothFactor: 0, noClip: true });
    const { lat } = [lonlats].flat(2)[0];
    const fit = () => line.setStyle({ weight: (2 * metres) / metresPerPixel(map, lat) });
    line.on("add", () => {
      fit();
      map.on("zoomend", fit);
    });
    return line.on("remove", () => map.off("zoomend", fit));
  }

  /** The strip between the near and the far edge of what an edge runs along. */
  function bands(map, group, shapes) {
    for (const { edges, style } of shapes) {
      const look = { color: style.color, opacity: 0.16, lineCap: "butt", pane: "bands", className: "band" };
      for (const { lonlats, half_width_m: width } of edges) {
        if (width) strip(map, lonlats, width, look).addTo(group);
      }
    }
  }

  /** What shows its name under the pointer, and is named beside the map too: the tab key passes it. */
  function untabbed(path) {
    return path.on("add", () => path.getElement()?.setAttribute("tabindex", "-1"));
  }

  /** Roads and rivers of a sketch beyond its blocks: quiet, and as much a sketch as these. */
  function lines(group, found, dashArray) {
    for (const line of found) {
      const look = { color: "#8a8069", weight: 3.5, opacity: 0.45, dashArray, pane: "bands" };
      line.polyline = untabbed(L.polyline(line.lonlats, look))
        .bindTooltip(() => span(`${line.name}（${t("示意，位置不可用于定位")}）`), { sticky: true })
        .addTo(group);
    }
  }

  /** What the names of a block's sides may mean on the map, chosen and lost, each into its group. */
  function candidates(layers, found) {
    for (const { lines: runs, chosen, words: label } of found) {
      const style = chosen
        ? { color: "#1d5566", weight: 7, opacity: 0.3 }
        : { color: "#8c1d2c", weight: 3, opacity: 0.75, dashArray: "1 6" };
      untabbed(L.polyline(runs, { ...style, smoothFactor: 0 }))
        .bindTooltip(() => span(either(label)), { sticky: true })
        .addTo(chosen ? layers.chosen : layers.lost);
    }
  }

  /** Where the chosen shape may lie: bands about its edges, where these say how sure they are, else a circle. */
  function doubt(map, { centre, uncertainty_m: radius, style: { color }, edges }) {
    // The pane is translucent, not the bands: where two of them meet, they are one.
    const look = { color, opacity: 1, pane: "doubt", className: "doubt" };
    const sure = edges.filter((edge) => edge.uncertainty_m !== null);
    const ring = { radius, color, weight: 1.2, dashArray: "3 5", fill: false, interactive: false };
    return sure.length > 0
      ? L.layerGroup(sure.map((edge) => strip(map, edge.lonlats, edge.uncertainty_m, look)))
      : L.layerGroup(radius === null ? [] : [L.circle(centre, ring)]);
  }

  const HALO = ["#f8f3e6", "#f3ebd7", "#ede2c8"]; // from the rim inwards; the pane multiplies, so that paper shows through

  /** How far each shape may lie from where it is drawn, as a soft rim of that width about it: the outer steps of all
      shapes first, so that rims that meet become one. */
  function halos(map, group, shapes) {
    const many = shapes.length > CANVAS_FROM;
    const where = many ? { renderer: L.canvas({ pane: "halos", padding: 0.2 }) } : { pane: "halos" };
    // Thousands of rims are drawn anew after every move: each in one step, which is all that is seen of one so small.
    const steps = many ? [HALO[1]] : HALO;
    steps.forEach((color, step) => {
      const part = 1 - step / steps.length;
      const look = { color, opacity: 1, className: "halo", ...where };
      for (const { rings, uncertainty_m: radius, edges } of shapes) {
        const sure = edges.filter((edge) => edge.uncertainty_m !== null);
        if (sure.length > 0) {
          for (const edge of sure) strip(map, edge.lonlats, edge.uncertainty_m * part, look).addTo(group);
        } else if (radius !== null) {
          strip(map, rings.map((ring) => [...ring, ring[0]]), radius * part, { ...look, fill: true, fillOpacity: 1, fillColor: color }).addTo(group);
        }
      }
    });
  }

  /** Named points, each with its name under the pointer. */
  function points(group, { named, units_per_degree: units }) {
    const look = { radius: 2.5, color: "#5d3a78", weight: 1, fillColor: "#fff", fillOpacity: 1, pane: "points" };
    for (const { name, places: packed } of named) {
      for (const place of places(packed, units)) {
        untabbed(L.circleMarker(place, look)).bindTooltip(() => span(name)).addTo(group);
      }
    }
  }

  /** A mark in the middle of each block that a listed error or warning is about. */
  function findings(group, found, choose) {
    for (const item of document.querySelectorAll("li.error[data-cards], li.warning[data-cards]")) {
      const numbers = item.dataset.cards.split(" ").map(Number);
      const severity = item.className;
      for (const shape of found.filter((one) => one.placed && numbers.includes(one.card))) {
        const icon = L.divIcon({ className: `finding ${severity}`, html: "!", iconSize: [18, 18], iconAnchor: [9, 34] });
        const message = () => item.querySelector("[data-en]").textContent;
        L.marker(shape.centre, { icon, alt: message(), pane: "findings", keyboard: false })
          .bindTooltip(() => span(message()), { className: "wide" })
          .on("click", () => choose(shape))
          .addTo(group);
      }
    }
  }

  return { EDGE_WEIGHT, shapes, bands, lines, candidates, doubt, halos, points, findings };
})();
