/* The editor of a map page: corners and whole blocks are moved with the mouse or the keyboard, areas follow on the
   ellipsoid, and what changed is downloaded as a patch for `ftz-geo apply`. It draws through window.ftzGeoPage; what an
   edit does to outlines is in edits.js. Words are set as text: nothing here writes HTML. */
"use strict";

(() => {
  const { map, layers, methods, units_per_degree: units, say, redraw, onChange } = window.ftzGeoPage;
  const shapes = window.ftzGeoPage.shapes.filter(({ polygon }) => polygon); // those that have a place
  const { element } = ftzGeo.core;
  const { t } = ftzGeo.words;
  const { Panel, ask } = ftzGeo.editorPanel;
  const { same } = ftzEdits;
  const grid = ftzEdits.grid(units);
  const { onGrid, degrees } = grid;

  const SNAP_PIXELS = 10;
  const HANDLES_MOST = 400;
  const MIDDLE_PIXELS = 28; // shorter edges get no handle in their middle

  const source = JSON.parse(document.getElementById("ftz-editor").textContent);
  const shapeOf = new Map(shapes.map((shape) => [shape.id, shape]));
  const history = new ftzEdits.History(new Map(shapes.map(({ id, polygon }) => [id, parts(polygon.getLatLngs())])));
  const looks = new Map(shapes.map(({ id, polygon, centre }) => [id, { ...polygon.options, centre: centre?.slice() }]));
  const state = { active: false, id: null, vertex: null, preview: null, who: "", saved: null };
  const handles = L.layerGroup();
  const dropped = new Map(); // edges of the blocks that are changed

  /** Leaflet's nested places as parts, rings and vertices on the grid. */
  function parts(latlngs) {
    const nested = Array.isArray(latlngs[0][0]) ? latlngs : [latlngs];
    return nested.map((part) => part.map((ring) => ring.map(({ lng, lat }) => onGrid([lng, lat]))));
  }

  function latLng(vertex) {
    const [lng, lat] = degrees(vertex);
    return L.latLng(lat, lng);
  }

  /** The outlines as they are drawn: with the edit that is being made, if there is one. */
  function outline(id) {
    return state.preview?.get(id) ?? history.outlines.get(id);
  }

  function area(outlines) {
    return ftzGeodesy.area(outlines.map((part) => part.map((ring) => ring.map(degrees)))) / 1e6;
  }

  /* ---------- the panel ---------- */

  const panel = new Panel(shapes, {
    activate: () => activate(!state.active),
    select: (id) => {
      select(id);
      if (id !== null) map.fitBounds(shapeOf.get(id).polygon.getBounds(), { ...margins(), animate: false });
    },
    undo: () => step("undo"),
    redo: () => step("redo"),
    removeCorner: () => removeVertex(state.vertex),
    handBack: () => ask(state.who, download),
  });

  /** Room around a block that is brought into view: beside the panel, where the map is wide enough for both. */
  function margins() {
    const beside = map.getSize().x > 700 ? panel.whole.offsetWidth + 30 : 40;
    return { paddingTopLeft: [beside, 50], paddingBottomRight: [40, 50] };
  }

  function showFigures() {
    if (state.id === null) return panel.showFigures(null);
    return panel.showFigures(shapeOf.get(state.id), area(history.original.get(state.id)), area(outline(state.id)));
  }

  function showCorner() {
    panel.showCorner(state.vertex === null ? null : degrees(state.vertex));
  }

  function showButtons(note = "") {
    const changed = history.changed();
    const broken = changed.filter((id) => ftzEdits.crosses(history.outlines.get(id))).map((id) => shapeOf.get(id));
    panel.showButtons({ history, hasCorner: state.vertex !== null, changed: changed.length, broken, note });
  }

  /* ---------- drawing ---------- */

  /** Takes a block's name along with it; the page writes it where the block's centre is. */
  function moveName(id) {
    const { centre } = shapeOf.get(id);
    const [before, now] = [history.original.get(id), history.outlines.get(id)].map(ftzEdits.middleOf);
    const step = now.map((value, axis) => (value - before[axis]) / units);
    centre?.splice(0, 2, looks.get(id).centre[0] + step[1], looks.get(id).centre[1] + step[0]);
  }

  /** Takes the edges of a changed block off the page, which draws and names what shapes have; else gives them back. */
  function dropEdges(id, changed) {
    const shape = shapeOf.get(id);
    if (changed === dropped.has(id)) return;
    if (changed) dropped.set(id, shape.edges);
    const edges = dropped.get(id);
    shape.edges = changed ? [] : edges;
    if (!changed) dropped.delete(id);
    for (const { polyline } of edges) {
      if (!polyline) continue; // a page of thousands of blocks draws those in view
      if (changed) layers.edges.removeLayer(polyline);
      else layers.edges.addLayer(polyline);
    }
  }

  /** Draws blocks as they now are; a changed one loses the edges that told how it had been drawn. */
  function draw(ids) {
    for (const id of ids) {
      const { polygon } = shapeOf.get(id);
      const changed = state.preview?.has(id) || history.isChanged(id);
      const look = looks.get(id);
      polygon.setLatLngs(outline(id).map((part) => part.map((ring) => ring.map(latLng))));
      polygon.setStyle({
        stroke: look.stroke || changed || id === state.id,
        weight: id === state.id ? 3.5 : look.weight,
        dashArray: changed ? methods.edited.dash : look.dashArray,
      });
      if (state.preview === null) moveName(id);
      dropEdges(id, changed);
    }
  }

  function handle(vertex, kind, word) {
    const size = { vertex: 14, "vertex chosen": 14, middle: 10, whole: 18 }[kind];
    // The handle of the whole stands below the block's name.
    const iconAnchor = [size / 2, kind === "whole" ? -size : size / 2];
    const icon = L.divIcon({ className: `handle ${kind}`, iconSize: [size, size], iconAnchor });
    // No pan on focus: the handles are drawn anew after a pan, and the one in use gets the focus again.
    const how = { icon, draggable: true, keyboard: true, riseOnHover: true, autoPanOnFocus: false };
    const marker = L.marker(latLng(vertex), how);
    marker.on("add", () => marker.getElement().setAttribute("aria-label", word)).addTo(handles);
    return marker;
  }

  /** Handles of the chosen block as far as it is in view, in the order of its rings. */
  function drawHandles(focused = false) {
    handles.clearLayers();
    if (!state.active || state.id === null) return;
    const seen = map.getBounds().pad(0.05);
    const rings = outline(state.id).flat();
    const visible = rings.flat().filter((vertex) => seen.contains(latLng(vertex)));
    if (visible.length > HANDLES_MOST) {
      showButtons(t("放大地图后显示界点。"));
      return;
    }
    const number = new Map();
    rings.flat().forEach((vertex, i) => number.set(String(vertex), i + 1));
    for (const ring of rings) {
      ring.forEach((vertex, i) => {
        const next = ring[(i + 1) % ring.length];
        const name = `${t("界点")} ${number.get(String(vertex))}`;
        if (seen.contains(latLng(vertex))) cornerHandle(vertex, name, focused);
        const middle = [0, 1].map((axis) => Math.round((vertex[axis] + next[axis]) / 2));
        const apart = map.latLngToLayerPoint(latLng(vertex)).distanceTo(map.latLngToLayerPoint(latLng(next)));
        if (apart > MIDDLE_PIXELS && seen.contains(latLng(middle))) middleHandle([vertex, next], middle);
      });
    }
    wholeHandle();
  }

  function cornerHandle(vertex, name, focused) {
    const chosen = state.vertex !== null && same(vertex, state.vertex);
    const marker = handle(vertex, chosen ? "vertex chosen" : "vertex", name);
    dragged(marker, () => linkedIds([vertex]), ({ place, edge }, ids) => ftzEdits.together(
      history.outlines,
      (now) => putInto(now, edge, place),
      (now) => ftzEdits.move(now, ids, vertex, place),
    ));
    marker.on("contextmenu", () => removeVertex(vertex));
    const part = marker.getElement();
    part.addEventListener("focus", () => chooseVertex(vertex));
    part.addEventListener("keydown", (event) => keyOnVertex(event, vertex));
    if (chosen && focused) part.focus({ preventScroll: true });
  }

  function middleHandle(edge, middle) {
    const marker = handle(middle, "middle", t("边中点"));
    const both = () => linkedIds([edge[0]]).filter((id) => linkedIds([edge[1]]).includes(id));
    dragged(marker, both, ({ place, edge: other }, ids) => ftzEdits.together(
      history.outlines,
      (now) => putInto(now, other, place),
      (now) => ftzEdits.insert(now, ids, edge, place),
    ));
    const take = () => {
      state.vertex = middle;
      commit(ftzEdits.insert(history.outlines, both(), edge, middle));
    };
    marker.on("click", take);
    marker.getElement().addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      take();
    });
  }

  function wholeHandle() {
    const middle = parts([[[shapeOf.get(state.id).polygon.getCenter()]]])[0][0][0];
    const marker = handle(middle, "whole", t("整块移动"));
    const ids = () => linkedIds(history.outlines.get(state.id).flat(2));
    const by = (delta) => ftzEdits.shift(history.outlines, ids(), state.id, delta);
    const stepTo = ({ lng, lat }) => onGrid([lng, lat]).map((value, axis) => value - middle[axis]);
    marker.on("dragstart", () => map.closePopup());
    marker.on("drag", () => show(by(stepTo(marker.getLatLng()))));
    marker.on("dragend", () => commit(by(snappedStep(stepTo(marker.getLatLng()), ids()))));
    marker.getElement().addEventListener("keydown", (event) => {
      const delta = arrow(event, middle);
      if (delta) commit(by(delta), "whole");
    });
  }

  function refresh(focused = false) {
    showFigures();
    showCorner();
    showButtons();
    drawHandles(focused);
  }

  /* ---------- edits ---------- */

  function linkedIds(vertices) {
    return panel.isLinked ? ftzEdits.sharing(history.outlines, vertices) : [state.id];
  }

  /** How far a few pixels reach on the grid, around a place. */
  function reach(vertex) {
    const point = map.latLngToLayerPoint(latLng(vertex));
    const { lng, lat } = map.layerPointToLatLng(point.add([SNAP_PIXELS, -SNAP_PIXELS]));
    return onGrid([lng, lat]).map((value, axis) => Math.max(1, Math.abs(value - vertex[axis])));
  }

  /** Where a corner goes that is let go at a place: there, or to a corner or an edge of another block close by. */
  function snapped(vertex, moving) {
    if (!panel.isSnapping) return { place: vertex, edge: null };
    const [x, y] = reach(vertex);
    const around = L.latLngBounds([[-1, -1], [1, 1]].map(([i, j]) => latLng([vertex[0] + i * x, vertex[1] + j * y])));
    const others = shapes.filter(({ id, polygon }) => !moving.includes(id) && polygon.getBounds().intersects(around));
    const found = ftzEdits.nearest(history.outlines, others.map(({ id }) => id), vertex, [x, y]);
    return found ?? { place: vertex, edge: null };
  }

  /** The step of a whole block that brings one of its corners onto another block's, if one comes close. */
  function snappedStep(delta, ids) {
    const [vertex] = history.outlines.get(state.id).flat(2)
      .map((own) => own.map((value, axis) => value + delta[axis]))
      .map((there) => ({ there, ...snapped(there, ids) }))
      .filter(({ there, place }) => !same(there, place))
      .sort((a, b) => a.away - b.away);
    return vertex ? delta.map((value, axis) => value + vertex.place[axis] - vertex.there[axis]) : delta;
  }

  /** The edit that makes a place a corner of the blocks that have an edge it lies on; none without an edge. */
  function putInto(now, edge, place) {
    return edge ? ftzEdits.insert(now, now.keys(), edge, place) : new Map();
  }

  /** Lets a handle's drag make an edit: what it would do is drawn on the way, and done where it ends. */
  function dragged(marker, moving, edit) {
    let ids = [];
    const target = () => {
      const { lng, lat } = marker.getLatLng();
      return snapped(onGrid([lng, lat]), ids);
    };
    marker.on("dragstart", () => {
      ids = moving();
      map.closePopup();
    });
    marker.on("drag", () => show(edit(target(), ids)));
    marker.on("dragend", () => {
      const to = target();
      state.vertex = to.place;
      commit(edit(to, ids));
    });
  }

  /** Draws an edit that is still being made. */
  function show(changes) {
    const before = state.preview ? [...state.preview.keys()] : [];
    state.preview = changes;
    draw(new Set([...before, ...(changes?.keys() ?? [])]));
    showFigures();
  }

  function commit(changes, focus = "vertex") {
    const shown = state.preview ? [...state.preview.keys()] : [];
    state.preview = null;
    draw(new Set([...shown, ...(changes === null ? [] : history.commit(changes))]));
    refresh(focus === "vertex");
    if (focus === "whole") handles.getLayers().at(-1)?.getElement().focus({ preventScroll: true });
    if (changes === null) showButtons(t("删去后不成图形。"));
    redraw();
    told();
  }

  function told() {
    if (state.id !== null) say(`${t("现图 km²")} ${area(outline(state.id)).toFixed(4)}`);
  }

  function step(way) {
    draw(history[way]());
    state.vertex = null;
    refresh();
    redraw();
    told();
  }

  function removeVertex(vertex) {
    if (vertex === null) return;
    const changes = ftzEdits.remove(history.outlines, linkedIds([vertex]), vertex);
    if (changes !== null) state.vertex = null;
    commit(changes);
  }

  function chooseVertex(vertex) {
    state.vertex = vertex;
    handles.eachLayer((marker) => {
      const { lng, lat } = marker.getLatLng();
      marker.getElement()?.classList.toggle("chosen", same(onGrid([lng, lat]), vertex));
    });
    showCorner();
    showButtons();
  }

  /** The step that an arrow key means: a metre, ten with Shift, a tenth with Alt. */
  function arrow(event, vertex) {
    const way = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    if (!way) return null;
    event.preventDefault();
    event.stopPropagation();
    const metres = event.shiftKey ? 10 : event.altKey ? 0.1 : 1;
    const [lon, lat] = degrees(vertex);
    const minutes = [[lon + 1 / 60, lat], [lon, lat + 1 / 60]].map((other) => ftzGeodesy.distance([lon, lat], other));
    return way.map((sign, axis) => Math.round((sign * metres * units) / 60 / minutes[axis]));
  }

  function keyOnVertex(event, vertex) {
    const delta = arrow(event, vertex);
    if (delta) {
      state.vertex = vertex.map((value, axis) => value + delta[axis]);
      commit(ftzEdits.move(history.outlines, linkedIds([vertex]), vertex, state.vertex));
    } else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      removeVertex(vertex);
    }
  }

  /* ---------- choosing ---------- */

  function select(id) {
    const before = state.id;
    Object.assign(state, { id, vertex: null });
    panel.chooser.value = id ?? "";
    draw([before, id].filter((one) => one !== null));
    refresh();
  }

  /** The smallest block under the pointer is the one meant. */
  function clicked({ latlng }) {
    if (!state.active || map.getContainer().classList.contains("measuring")) return;
    const place = onGrid([latlng.lng, latlng.lat]);
    const found = shapes.filter(({ id }) => ftzEdits.within(place, history.outlines.get(id)));
    found.sort((a, b) => area(history.outlines.get(a.id)) - area(history.outlines.get(b.id)));
    select(found[0]?.id ?? null);
  }

  function activate(on) {
    state.active = on;
    state.vertex = null;
    panel.open(on);
    map.getContainer().classList.toggle("editing", on);
    if (on) {
      map.closePopup();
      map.doubleClickZoom.disable();
      handles.addTo(map);
    } else {
      map.doubleClickZoom.enable();
      handles.remove();
    }
    select(null);
  }

  /* ---------- handing back ---------- */

  function download({ who, grade }) {
    const patch = ftzEdits.patch(history, grid, source, { who, grade }, new Date());
    const content = new Blob([`${JSON.stringify(patch, null, 1)}\n`], { type: "application/geo+json" });
    const page = decodeURIComponent(location.pathname.split("/").at(-1)).replace(/\.html?$/, "") || "map";
    const link = element("a", { href: URL.createObjectURL(content), download: `${page}.patch.geojson` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    Object.assign(state, { who, saved: history.done.at(-1) });
  }

  document.addEventListener("keydown", (event) => {
    if (!state.active || !(event.ctrlKey || event.metaKey) || event.target.matches("input[type=text], dialog *")) return;
    const key = event.key.toLowerCase();
    const way = key === "y" || (key === "z" && event.shiftKey) ? "redo" : key === "z" ? "undo" : null;
    if (way === null) return;
    event.preventDefault();
    step(way);
  });
  window.addEventListener("beforeunload", (event) => {
    if (history.changed().length > 0 && state.saved !== history.done.at(-1)) event.preventDefault();
  });

  if (shapes.length === 0) return;
  L.DomEvent.disableClickPropagation(panel.whole);
  L.DomEvent.disableScrollPropagation(panel.whole);
  const control = new L.Control({ position: "topleft" });
  control.onAdd = () => panel.whole;
  control.addTo(map);
  map.on("click", clicked);
  map.on("moveend", () => { if (state.preview === null) drawHandles(true); });
  const relabel = () => {
    panel.relabel();
    refresh();
  };
  onChange(relabel);
  relabel();
})();
