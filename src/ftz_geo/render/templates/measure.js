/* The measuring tool of a map page: distances and areas on the CGCS2000 ellipsoid, of places that are clicked or, with
   the keyboard, of the middle of the map. */
"use strict";

(() => {
  const { map, say, onChange } = window.ftzGeoPage;
  const { element } = ftzGeo.core;
  const { t } = ftzGeo.words;
  const { units } = ftzGeo;

  const HELP = "点击地图逐点量测；键盘：方向键移图，回车取图心，退格去末点。";

  const state = { kind: null, places: [], pointer: null };
  const line = L.polyline([], { color: "#8c1d2c", weight: 2.5, dashArray: "6 4", interactive: false });
  const face = L.polygon([], { stroke: false, fillColor: "#8c1d2c", fillOpacity: 0.12, interactive: false });
  const drawing = L.layerGroup([face, line]);

  const buttons = ["测距", "测面"].map((word) => {
    const made = element("button", { type: "button", "aria-pressed": "false", onclick: () => choose(word) });
    return [word, made];
  });
  const told = element("output", { hidden: "" });
  const panel = element("div", { class: "measure leaflet-bar", role: "group" }, ...buttons.map(([, made]) => made), told);

  const grouped = (value, digits) => value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const thousands = (figure) => figure.replace(/^\d+/, (whole) => whole.replace(/\B(?=(?:\d{3})+$)/g, ","));
  const metres = (value) => (value < 1000 ? `${grouped(value, 1)} m` : `${grouped(value / 1000, 4)} km`);
  const lonlat = ({ lng, lat }) => [lng, lat];

  /** An area in the unit of the page, and in square metres. */
  function areas(square) {
    const all = `${grouped(square, 1)} m²`;
    return units.sign() === "m²" ? [all] : [`${thousands(units.drawn(square / 1e6, 4))} ${units.sign()}`, all];
  }

  /** What was measured, in words; null before there is anything to measure. */
  function result(places) {
    const ring = places.map(lonlat);
    if (state.kind === "测距") return ring.length < 2 ? null : `${t("长度")} ${metres(ftzGeodesy.length(ring))}`;
    if (ring.length < 3) return null;
    const square = ftzGeodesy.area([[ring]]);
    const around = ftzGeodesy.length([...ring, ring[0]]);
    return `${t("面积")} ${areas(square).join("\n= ")}\n${t("周长")} ${metres(around)}`;
  }

  function draw() {
    const places = [...state.places, ...(state.pointer && state.places.length > 0 ? [state.pointer] : [])];
    const isFace = state.kind === "测面" && places.length > 2;
    line.setLatLngs(isFace ? [...places, places[0]] : places);
    face.setLatLngs(isFace ? places : []);
    told.textContent = result(places) ?? t(HELP);
  }

  function add(place) {
    const last = state.places.at(-1);
    if (last?.equals(place, 0)) return; // the second click of a double click
    state.places.push(place);
    state.pointer = null;
    draw();
    say(result(state.places) ?? "");
  }

  /** Starts one way of measuring, or ends it where it was on. */
  function choose(word) {
    const kind = state.kind === word ? null : word;
    Object.assign(state, { kind, places: [], pointer: null });
    buttons.forEach(([name, made]) => made.setAttribute("aria-pressed", String(name === kind)));
    told.hidden = kind === null;
    map.getContainer().classList.toggle("measuring", kind !== null);
    if (kind === null) {
      drawing.remove();
      map.doubleClickZoom.enable();
      return;
    }
    drawing.addTo(map);
    map.closePopup();
    map.doubleClickZoom.disable();
    map.getContainer().focus({ preventScroll: true });
    draw();
  }

  function relabel() {
    panel.setAttribute("aria-label", t("量测"));
    buttons.forEach(([word, made]) => { made.textContent = t(word); });
    if (state.kind !== null) draw();
  }

  map.on("click", ({ latlng }) => { if (state.kind !== null) add(latlng); });
  map.on("mousemove", ({ latlng }) => {
    if (state.kind === null || state.places.length === 0) return;
    state.pointer = latlng;
    draw();
  });
  map.getContainer().addEventListener("keydown", (event) => {
    if (state.kind === null || event.target !== map.getContainer()) return;
    if (event.key === "Enter") add(map.getCenter());
    else if (event.key === "Escape") choose(state.kind);
    else if (event.key === "Backspace") {
      state.places.pop();
      draw();
    } else return;
    event.preventDefault();
  });

  L.DomEvent.disableClickPropagation(panel);
  const control = new L.Control({ position: "topleft" });
  control.onAdd = () => panel;
  control.addTo(map);
  onChange(relabel);
  units.onChange(relabel);
  relabel();
})();
