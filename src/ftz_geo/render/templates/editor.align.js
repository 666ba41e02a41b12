/* A whole zone brought to where it lies: two places on its blocks, the two places where these truly are, and the
   shift, turn and scale that take the ones to the others, done to every block as one edit. */
"use strict";

ftzGeo.align = (() => {
  const { element } = ftzGeo.core;
  const { t } = ftzGeo.words;

  const SLOTS = ["图上第一处", "图上第二处", "真实第一处", "真实第二处"];
  const HELP = "在图上依次点两处，再点这两处的真实位置；也可填经纬度（度）或带带号的 CGCS2000 坐标 X Y。";
  const LEAST_M = 1; // two places nearer than this tell no direction
  const SCALES = [0.5, 2]; // beyond, a place was likely mistaken: nothing but a sketch is this far off

  const inside = (value, [least, most]) => value >= least && value <= most;
  const LONS = [73, 136];
  const LATS = [3, 54];
  const NORTHINGS = [300000, 6000000];
  const EASTINGS = [13000000, 46000000]; // with the zone's number before the metres: 13 to 23 are 6° wide, 24 to 45, 3°

  /** The place that a text tells, as [longitude, latitude]: degrees in either order, or X and Y in either order; null
      for a text that tells none. */
  function read(text) {
    const numbers = (text.replace(/CGCS\s*2000/gi, "").match(/-?\d+(?:\.\d+)?/g) ?? []).map(Number);
    if (numbers.length !== 2) return null;
    const [[lon, lat] = []] = [numbers, [...numbers].reverse()].filter(([a, b]) => inside(a, LONS) && inside(b, LATS));
    if (lon !== undefined) return [lon, lat];
    const [[x, y] = []] = [numbers, [...numbers].reverse()].filter(([a, b]) => inside(a, NORTHINGS) && inside(b, EASTINGS));
    if (x === undefined) return null;
    return ftzGeodesy.place({ zone: Math.floor(y / 1e6), x, y: y % 1e6 });
  }

  /** What takes two places to two others, all in degrees: computed on the survey plane of the first true place. */
  function similarity(from, to, keepsScale) {
    const { zone } = ftzGeodesy.gaussKrueger(to[0]);
    const plane = (place) => {
      const { x, y } = ftzGeodesy.gaussKrueger(place, zone);
      return [y, x];
    };
    const [p, q, toP, toQ] = [...from, ...to].map(plane);
    const [x, y, u, v] = [q[0] - p[0], q[1] - p[1], toQ[0] - toP[0], toQ[1] - toP[1]];
    const [length, toLength] = [Math.hypot(x, y), Math.hypot(u, v)];
    if (Math.min(length, toLength) < LEAST_M) return null;
    const scale = keepsScale ? 1 : toLength / length;
    const turn = Math.atan2(v, u) - Math.atan2(y, x);
    const [cos, sin] = [scale * Math.cos(turn), scale * Math.sin(turn)];
    // With the scale kept, the middle of the two places is where both are off by the same.
    const middle = (a, b) => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
    const [origin, target] = [middle(p, q), middle(toP, toQ)];
    const move = (place) => {
      const [east, north] = plane(place).map((value, axis) => value - origin[axis]);
      return ftzGeodesy.place({
        zone, y: target[0] + cos * east - sin * north, x: target[1] + sin * east + cos * north,
      });
    };
    const degrees = ((turn * 180) / Math.PI + 540) % 360 - 180;
    return { scale, degrees, shift: Math.hypot(target[0] - origin[0], target[1] - origin[1]), move };
  }

  class Align {
    #slots;
    #keeps;
    #result = element("p", { class: "result", role: "status" });
    #apply;
    #tools;
    #marks = L.layerGroup();
    #found = null;
    isOpen = false;

    /** Told what the editor can do: snap (a place of the map for a slot), latLng of a place, areas, preview, apply, close. */
    constructor(map, tools) {
      this.#tools = tools;
      this.#marks.addTo(map);
      const button = (word, action) => element("button", { type: "button", "data-word": word, onclick: action }, t(word));
      const worded = (tag, word, more = {}) => element(tag, { ...more, "data-word": word }, t(word));
      this.#slots = SLOTS.map((word) => {
        const input = element("input", { type: "text", autocomplete: "off", spellcheck: "false" });
        input.addEventListener("input", () => this.#update());
        return { input, label: element("label", {}, worded("span", word), input) };
      });
      this.#keeps = element("input", { type: "checkbox" });
      this.#keeps.addEventListener("change", () => this.#update());
      this.#apply = button("应用", () => this.#tools.apply(this.#found));
      this.part = element(
        "div", { class: "align", hidden: "" }, worded("p", HELP, { class: "help" }), this.#slots.map(({ label }) => label),
        element("label", {}, this.#keeps, " ", worded("span", "不缩放（面积不变）")), this.#result,
        element("p", { class: "row" }, this.#apply, button("清空", () => this.clear()), button("取消", () => this.#tools.close())),
      );
    }

    open(on) {
      this.isOpen = on;
      this.part.hidden = !on;
      this.clear();
    }

    clear() {
      this.#slots.forEach(({ input }) => { input.value = ""; });
      this.#update();
    }

    /** A click on the map fills the first empty field. */
    click(place) {
      const number = this.#slots.findIndex(({ input }) => input.value.trim() === "");
      if (number < 0) return;
      const [lon, lat] = this.#tools.snap(place, number < 2);
      this.#slots[number].input.value = `${lon.toFixed(9)}, ${lat.toFixed(9)}`;
      this.#update();
    }

    /** Reads the fields, and shows what follows from them. */
    #update() {
      const places = this.#slots.map(({ input }) => read(input.value));
      this.#slots.forEach(({ input }, i) => {
        input.setAttribute("aria-invalid", String(input.value.trim() !== "" && places[i] === null));
      });
      this.#mark(places);
      const all = places.every((place) => place !== null);
      this.#found = all ? similarity(places.slice(0, 2), places.slice(2), this.#keeps.checked) : null;
      this.#apply.disabled = this.#found === null;
      const areas = this.#tools.preview(this.#found?.move ?? null);
      this.#result.textContent = this.#found ? this.#told(areas) : all ? t("两处重合，无法对位。") : "";
    }

    #told([before, now]) {
      const { scale, degrees, shift } = this.#found;
      const sign = degrees < 0 ? "−" : "";
      return [
        `${t("缩放")} ${scale.toFixed(4)}${inside(scale, SCALES) ? "" : `（${t("请核对所取位置")}）`}`,
        `${t("旋转（逆时针为正）")} ${sign}${Math.abs(degrees).toFixed(2)}°`,
        `${t("平移")} ${shift < 1000 ? `${shift.toFixed(1)} m` : `${(shift / 1000).toFixed(3)} km`}`,
        `${t("面积")} ${before.toFixed(4)} → ${now.toFixed(4)} km²（×${(now / before).toFixed(4)}）`,
      ].join("\n");
    }

    #mark(places) {
      this.#marks.clearLayers();
      places.forEach((place, i) => {
        if (place === null) return;
        const icon = L.divIcon({ className: `align-mark ${i < 2 ? "" : "true"}`, iconSize: [20, 20], html: element("b", {}, `${1 + i % 2}${i < 2 ? "" : "′"}`) });
        this.#marks.addLayer(L.marker(this.#tools.latLng(place), { icon, interactive: false, keyboard: false }));
      });
    }
  }

  return { Align, read, similarity };
})();
