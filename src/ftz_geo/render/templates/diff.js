/* Two versions of a set of blocks on one map, in the frame of the map pages: side by side under a divider that moves,
   one faded into the other, or one upon the other. Each version has a pane of its own, which is clipped or faded. */
"use strict";

ftzGeo.start = (() => {
  const STEPS = { ArrowLeft: -2, ArrowDown: -2, ArrowRight: 2, ArrowUp: 2, PageDown: -10, PageUp: 10, Home: -100, End: 100 }; // percent
  const STATES = { added: "新增", gone: "不再列入", changed: "有改动", same: "未变" };
  const VERSIONS = { old: "旧版", new: "新版" };
  const FILLS = { same: 0.07, added: 0.18, gone: 0.18, changed: 0.18 };
  const { element, places, reader, unpack } = ftzGeo.core;
  const { t, either, onChange } = ftzGeo.words;
  const { sheet } = ftzGeo;

  const paper = getComputedStyle(document.documentElement);
  const ink = (state) => paper.getPropertyValue(`--${state}`).trim();
  /** How a polygon looks: upon each other, the old version is the line that it was, and what did not change is shown
      in the new one alone. */
  function looks({ state, version, sketched }, way) {
    const dashArray = sketched ? "9 4 2 4" : null;
    const plain = { stroke: true, color: ink(state), weight: 2, dashArray, fill: true, fillOpacity: FILLS[state] };
    if (way !== "overlay" || version === "new" || state === "gone") return plain;
    if (state === "same") return { ...plain, stroke: false, fill: false };
    return { ...plain, color: ink("gone"), weight: 1.5, dashArray: "5 4", fill: false };
  }

  function card(shape, changes) {
    const state = `${t(VERSIONS[shape.version])} · ${t(STATES[shape.state])}${shape.sketched ? ` · ${t("示意")}` : ""}`;
    return element("article", { class: "card" },
      element("h3", { "aria-level": 2 }, shape.title), // right below the page's own
      element("p", { class: "kind" }, state),
      shape.changes.map((number) => element("p", {}, either(changes[number]))));
  }

  /** The polygons of both versions, each in the pane of its own; a click tells what became of one. */
  function draw(map, data) {
    const popup = L.popup({ maxWidth: Math.min(320, map.getSize().x - 60), autoPanPaddingTopLeft: [12, 66] });
    const open = (shape, place) => {
      popup.setContent(() => card(shape, data.changes)).setLatLng(place).openOn(map);
      popup.getElement().querySelector(".leaflet-popup-close-button").setAttribute("aria-label", t("关闭"));
    };
    onChange(() => popup.isOpen() && popup.update());
    for (const shape of data.shapes) {
      shape.polygon = L.polygon(shape.parts, { ...looks(shape, null), pane: shape.version, smoothFactor: 0 }).addTo(map);
      const path = shape.polygon.getElement();
      path.setAttribute("role", "button");
      path.setAttribute("aria-label", `${t(VERSIONS[shape.version])} ${shape.title}`);
      shape.polygon.on("click", (event) => {
        L.DomEvent.stopPropagation(event);
        open(shape, event.latlng);
      });
    }
    return open;
  }

  /** The ground that one version alone covers. */
  function strips(data) {
    return L.layerGroup(data.strips.map((strip) => L.polygon(strip.parts, {
      pane: "new", interactive: false, stroke: false, fillColor: ink(strip.kind), fillOpacity: 0.5, smoothFactor: 0,
    })));
  }

  /** Names on the map: of each version in its own pane, and of both where they lie upon each other. */
  function labels(map, shapes) {
    const layers = { names: L.layerGroup().addTo(map) };
    const of = (pane, own) => {
      const names = own.map(({ label, state, centre, radius_m }, shape) => (
        { lines: [label], least: 1, shape, ink: ink(state), centre, radius_m }
      ));
      const made = new ftzGeo.labels.Labels(map, layers, { shapes: own, lines: [], background: [], names });
      map.getPane(pane).append(made.svg);
      return made;
    };
    const both = shapes.filter(({ version, state }) => version === "new" || state === "gone");
    return {
      old: of("old", shapes.filter(({ version }) => version === "old")),
      new: of("new", shapes.filter(({ version }) => version === "new")),
      both: of("labels", both),
    };
  }

  /** The divider between the versions: dragged, or moved by the keys of a slider. */
  function makeDivider(map, move) {
    const handle = element("div", { class: "handle", role: "slider", tabindex: 0, "aria-valuemin": 0, "aria-valuemax": 100 });
    const [before, after] = Object.values(VERSIONS).map((word) => element("b", { "data-t": "" }, word));
    const divider = element("div", { class: "divider" }, before, after, handle);
    L.DomEvent.disableClickPropagation(divider);
    const percent = ({ clientX }) => {
      const { left, width } = map.getContainer().getBoundingClientRect();
      return ((clientX - left) / width) * 100;
    };
    handle.addEventListener("pointerdown", (event) => handle.setPointerCapture(event.pointerId));
    handle.addEventListener("pointermove", (event) => {
      if (handle.hasPointerCapture(event.pointerId)) move(() => percent(event));
    });
    handle.addEventListener("keydown", (event) => {
      const step = STEPS[event.key];
      if (step === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      move((at) => at + step);
    });
    const label = () => {
      handle.setAttribute("aria-label", t("旧版与新版的分界"));
      handle.title = t("拖动，或用方向键移动");
    };
    onChange(label);
    label();
    map.createPane("divider").append(divider);
    return { divider, handle };
  }

  /** Puts the versions beside each other, into or upon each other, and keeps them so while the map moves. */
  function startWays(map, shapes, only, names) {
    const panes = { old: map.getPane("old"), new: map.getPane("new") };
    const range = document.querySelector("#fade input");
    const state = { way: "swipe", at: 50 };
    const { divider, handle } = makeDivider(map, (next) => {
      state.at = Math.min(100, Math.max(0, next(state.at)));
      clip();
    });
    function clip() {
      const { x: width, y: height } = map.getSize();
      const { x, y } = map.containerPointToLayerPoint([0, 0]);
      const middle = Math.round(x + (width * state.at) / 100);
      const between = (left, right) => (state.way === "swipe"
        ? `polygon(${left}px ${y}px, ${right}px ${y}px, ${right}px ${y + height}px, ${left}px ${y + height}px)`
        : "none");
      panes.old.style.clipPath = between(x, middle);
      panes.new.style.clipPath = between(middle, x + width);
      divider.style.height = `${height}px`;
      L.DomUtil.setPosition(divider, L.point(middle, y));
      handle.setAttribute("aria-valuenow", Math.round(state.at));
      handle.setAttribute("aria-valuetext", `${t("旧版")} ${Math.round(state.at)}%`);
    }
    const fade = () => {
      const share = state.way === "fade" ? range.value / 100 : null;
      panes.old.style.opacity = share === null ? 1 : 1 - share;
      panes.new.style.opacity = share ?? 1;
    };
    const write = () => {
      for (const made of Object.values(names)) made.svg.replaceChildren();
      for (const key of state.way === "overlay" ? ["both"] : ["old", "new"]) names[key].draw();
    };
    const show = (way) => {
      state.way = way;
      divider.hidden = way !== "swipe";
      document.getElementById("fade").hidden = way !== "fade";
      for (const item of document.querySelectorAll(".legend [data-way]")) item.hidden = item.dataset.way !== way;
      for (const shape of shapes) shape.polygon.setStyle(looks(shape, way));
      if (way === "overlay") only.addTo(map);
      else only.remove();
      clip();
      fade();
      write();
    };
    const chosen = () => document.querySelector("#ways input:checked").value;
    for (const choice of document.querySelectorAll("#ways [type=radio]")) choice.addEventListener("change", () => show(chosen()));
    range.addEventListener("input", fade);
    map.on("move zoomend resize", clip);
    map.on("moveend resize", write);
    onChange(clip);
    // On paper no half of a version may be missing.
    ftzGeo.paper.before(() => show("overlay"));
    window.addEventListener("afterprint", () => show(chosen()));
    document.getElementById("ways").hidden = false;
    show(chosen());
  }

  /** A change in the list leads to what it is about: the newest of it tells what became of it. */
  function startList(map, shapes, open) {
    for (const button of document.querySelectorAll("button[data-change]")) {
      const own = shapes.filter((shape) => shape.changes.includes(Number(button.dataset.change)));
      button.addEventListener("click", () => {
        const bounds = L.featureGroup(own.map(({ polygon }) => polygon)).getBounds();
        map.fitBounds(bounds, { padding: [80, 80], maxZoom: 16, animate: false });
        const newest = own.at(-1);
        open(newest, newest.centre);
        map.getContainer().scrollIntoView({ block: "nearest" });
      });
    }
  }

  /** The page's JSON, with its lines unpacked. */
  function read() {
    const data = JSON.parse(document.getElementById("ftz-data").textContent);
    const line = reader(places(data.vertices, data.units_per_degree));
    for (const shape of [...data.shapes, ...data.strips]) {
      shape.parts = shape.parts.map((part) => part.map((ring) => line(unpack(ring))));
      shape.rings = shape.parts.flat();
    }
    return data;
  }

  return (map, layers) => {
    const data = read();
    document.body.classList.toggle("all-apart", !data.is_placed);
    ftzGeo.words.start(data.words);
    sheet.startMap(map);
    sheet.startGraticule(map, layers.graticule);
    for (const version of Object.keys(VERSIONS)) map.createPane(version);
    const open = draw(map, data);
    const { shapes } = data;
    startWays(map, shapes, strips(data), labels(map, shapes));
    startList(map, shapes, open);
    ftzGeo.paper.start(map, data, () => null);
    if (map.getSize().x < 600) document.querySelector("details.legend").open = false;
    ftzGeo.words.apply();
    window.ftzGeoPage = Object.freeze({ map, shapes, strips: data.strips });
  };
})();
