/* The views that the reader had: back through them, and out to the whole map. */
"use strict";

ftzGeo.views = (() => {
  const { element, svgElement } = ftzGeo.core;
  const { t, onChange } = ftzGeo.words;

  const GESTURE_MS = 400; // moves that follow each other faster, as by the notches of a wheel, are one

  const ICONS = {
    "上一视图": "M7 3 3 7l4 4M3 7h6.5a3.5 3.5 0 0 1 0 7H7",
    "全图": "M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4M6 6h4v4H6z",
  };

  function button(word, onclick) {
    const made = element("button", { type: "button", onclick });
    const icon = svgElement("svg", { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" }, made);
    svgElement("path", { d: ICONS[word], fill: "none", stroke: "currentColor", "stroke-width": 1.6 }, icon);
    const relabel = () => {
      made.title = t(word);
      made.setAttribute("aria-label", t(word));
    };
    onChange(relabel);
    relabel();
    return made;
  }

  /** The views before the one that is shown; told when there is a first one, and when there is none any more. */
  class History {
    constructor(map, changed) {
      Object.assign(this, { map, changed, before: [], moved: -Infinity, now: this.#shown(map) });
      map.on("moveend", () => this.#note());
    }

    #shown(map = this.map) {
      return { centre: map.getCenter(), zoom: map.getZoom() };
    }

    /** Whether two views are the same, but for the rounding of a map that changes its size. */
    #isSame(one, other) {
      const [a, b] = [one, other].map(({ centre }) => this.map.project(centre, one.zoom));
      return one.zoom === other.zoom && a.distanceTo(b) < 2;
    }

    #note() {
      if (document.body.classList.contains("printing")) return;
      const shown = this.#shown();
      if (this.#isSame(shown, this.now)) return;
      if (performance.now() - this.moved > GESTURE_MS) this.before.push(this.now);
      [this.now, this.moved] = [shown, performance.now()];
      if (this.before.length > 0 && this.#isSame(shown, this.before.at(-1))) {
        this.before.pop();
        this.moved = -Infinity;
      }
      this.changed(this.before.length > 0);
    }

    back() {
      const view = this.before.pop();
      if (!view) return;
      this.now = view;
      this.map.setView(view.centre, view.zoom, { animate: false });
      this.moved = -Infinity;
      this.changed(this.before.length > 0);
    }
  }

  /** The control below the zoom buttons; the whole map is what it shows at first. */
  function start(map, showAll) {
    const whole = button("全图", showAll);
    const back = button("上一视图", () => history.back());
    back.disabled = true;
    const history = new History(map, (hasEarlier) => {
      if (!hasEarlier && document.activeElement === back) whole.focus();
      back.disabled = !hasEarlier;
    });
    const control = new L.Control({ position: "topleft" });
    control.onAdd = () => element("div", { class: "views leaflet-bar" }, back, whole);
    control.addTo(map);
    L.DomEvent.disableClickPropagation(control.getContainer());
  }

  return { start };
})();
