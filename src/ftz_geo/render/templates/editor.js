/* The editor of a map page: corners and whole blocks are moved with the mouse or the keyboard, areas follow on the
   ellipsoid, and what changed is downloaded as a patch for `ftz-geo apply`. It draws through window.ftzGeoPage; what an
   edit does to outlines is in edits*.js. Words are set as text: nothing here writes HTML. */
"use strict";

(() => {
  const { map, layers, methods, background, units_per_degree: units, say, redraw, onChange } = window.ftzGeoPage;
  const shapes = window.ftzGeoPage.shapes.filter(({ polygon }) => polygon); // those that have a place
  if (shapes.length === 0) return;
  const { element } = ftzGeo.core;
  const { t } = ftzGeo.words;
  const { Panel, ask } = ftzGeo.editorPanel;
  const grid = ftzEdits.grid(units);
  const { onGrid, degrees } = grid;

  const source = JSON.parse(document.getElementById("ftz-editor").textContent);
  const shapeOf = new Map(shapes.map((shape) => [shape.id, shape]));
  const history = new ftzEdits.History(new Map(shapes.map(({ id, polygon }) => [id, parts(polygon.getLatLngs())])));
  const looks = new Map(shapes.map(({ id, polygon, centre }) => [id, { ...polygon.options, centre: centre?.slice() }]));
  const state = { active: false, id: null, vertex: null, preview: null, moved: null, along: null, who: "", saved: null };
  const dropped = new Map(); // edges of the blocks that are changed
  const metres = grid.metres(history.outlines.get(shapes[0].id)[0][0][0]); // alike in all of a zone
  const corners = new ftzGeo.Corners(shapes, onGrid, metres);
  const snapping = new ftzGeo.Snapping(map, { shapes, history, background, grid, latLng });
  const taken = new ftzGeo.Taken(shapes, onGrid, metres);
  const watch = new ftzGeo.Watch(map, shapes, history, { latLng, metres });

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

  const align = new ftzGeo.align.Align(map, {
    snap: (place, isOnBlock) => degrees(snapping.aligned(onGrid(place), isOnBlock)),
    latLng: ([lng, lat]) => L.latLng(lat, lng),
    preview: (move) => {
      preview(move && moves.movedZone(move));
      return [history.outlines, state.preview ?? history.outlines].map(totalArea);
    },
    apply: ({ move, scale }) => {
      commit(moves.movedZone(move), { scale });
      openAlign(false);
    },
    close: () => openAlign(false),
  });

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
    showAll: () => refresh(),
    align: () => openAlign(true),
  }, align.part);

  const moves = ftzGeo.moves({ history, state, panel, corners, snapping, grid, metres });

  /** Room around a block that is brought into view: beside the panel, where the map is wide enough for both. */
  function margins() {
    const beside = map.getSize().x > 560 ? panel.whole.offsetWidth + 30 : 40;
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
    const broken = changed.filter((id) => ftzEdits.crosses(history.outlines.get(id)));
    const names = broken.map((id) => shapeOf.get(id).title).join("、");
    panel.showButtons({ history, hasCorner: state.vertex !== null, changed: changed.length, isSound: names === "" });
    panel.warn([names && `${names}：${t("图形自相交，改正后才能下载。")}`, note, ...watch.tell(changed, outline)].filter(Boolean));
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

  /** Handles of the chosen block, as far as it is in view. */
  function drawHandles(focused = false) {
    if (!state.active || state.id === null) return handles.clear();
    const middle = parts([[[shapeOf.get(state.id).polygon.getCenter()]]])[0][0][0];
    const hasRoom = handles.draw(outline(state.id).flat(), moves.cornersNow(), { middle, chosen: state.vertex, focused });
    return hasRoom || showButtons(t("放大地图后显示界点。"));
  }

  function refresh(focused = false) {
    showFigures();
    showCorner();
    showButtons();
    drawHandles(focused);
  }

  /* ---------- edits ---------- */

  function totalArea(outlines) {
    return [...outlines.values()].reduce((sum, one) => sum + area(one), 0);
  }

  function openAlign(on) {
    panel.align(on);
    if (on) select(null);
    align.open(on);
    if (!on) state.moved = null;
  }

  /** Draws an edit that is still being made. */
  function preview(changes) {
    const before = state.preview ? [...state.preview.keys()] : [];
    state.preview = changes;
    draw(new Set([...before, ...(changes?.keys() ?? [])]));
  }

  /** Draws it, and tells what it does. */
  function show(changes) {
    preview(changes);
    showFigures();
    const along = state.along ? [`${t("整边沿用底图")}：${state.along.name}`] : [];
    panel.warn([...along, ...watch.tellMoving([...(changes?.keys() ?? [])], outline)]);
  }

  function commit(changes, { focus = "vertex", scale = 1 } = {}) {
    const shown = state.preview ? [...state.preview.keys()] : [];
    state.preview = null;
    if (changes !== null) {
      if (state.moved) corners.keep(state.moved.moves, state.moved.ids);
      if (state.vertex) corners.add(state.vertex);
      if (state.along) keepAlong(state.along);
    }
    [state.moved, state.along] = [null, null];
    draw(new Set([...shown, ...(changes === null ? [] : history.commit(changes, scale))]));
    refresh(focus === "vertex");
    if (focus === "whole") handles.focusWhole();
    if (changes === null) showButtons(t("删去后不成图形。"));
    redraw();
    told();
  }

  /** A side's new course has corners at its ends, and its name goes into the patch. */
  function keepAlong({ changes, middle, name, course }) {
    [course[0], course.at(-1)].forEach((vertex) => corners.add(vertex));
    taken.add(changes.keys(), middle, name, course);
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
    const changes = moves.removed(vertex);
    if (changes !== null) state.vertex = null;
    commit(changes);
  }

  function chooseVertex(vertex) {
    state.vertex = vertex;
    handles.mark(vertex);
    showCorner();
    showButtons();
  }

  /** The step that an arrow key means: a metre, ten with Shift, a tenth with Alt. */
  function arrow(event, vertex) {
    const way = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    if (!way) return null;
    event.preventDefault();
    event.stopPropagation();
    const far = event.shiftKey ? 10 : event.altKey ? 0.1 : 1;
    const local = grid.metres(vertex);
    return way.map((sign, axis) => Math.round((sign * far) / local[axis]));
  }

  /* ---------- choosing ---------- */

  function select(id) {
    const before = state.id;
    Object.assign(state, { id, vertex: null });
    if (id !== null) watch.prepare(moves.linkedIds(history.outlines.get(id).flat(2)), outline);
    panel.chooser.value = id ?? "";
    draw([before, id].filter((one) => one !== null));
    refresh();
  }

  /** The smallest block under the pointer is the one meant. */
  function clicked({ latlng }) {
    if (!state.active || map.getContainer().classList.contains("measuring")) return;
    if (align.isOpen) return align.click([latlng.lng, latlng.lat]);
    const place = onGrid([latlng.lng, latlng.lat]);
    const found = shapes.filter(({ id }) => ftzEdits.within(place, history.outlines.get(id)));
    found.sort((a, b) => area(history.outlines.get(a.id)) - area(history.outlines.get(b.id)));
    return select(found[0]?.id ?? null);
  }

  function activate(on) {
    if (align.isOpen) openAlign(false);
    state.active = on;
    state.vertex = null;
    panel.open(on);
    map.getContainer().classList.toggle("editing", on);
    if (on) {
      map.closePopup();
      map.doubleClickZoom.disable();
      handles.layer.addTo(map);
    } else {
      map.doubleClickZoom.enable();
      handles.layer.remove();
    }
    select(null);
  }

  /* ---------- handing back ---------- */

  function download({ who, grade }) {
    const patch = ftzEdits.patch(history, grid, taken, source, { who, grade }, new Date());
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

  const handles = new ftzGeo.Handles(map, {
    ...moves, latLng, onGrid, metres, arrow, show, commit, chooseVertex, removeVertex,
  });
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
