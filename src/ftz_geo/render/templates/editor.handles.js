/* The handles of the block that is being changed: at its corners, in the middle of its sides, and one for the whole.
   What a drag or a key does to outlines is the editor's to say; here is what they look like and what they listen to. */
"use strict";

ftzGeo.Handles = class {
  static #MOST = 400;
  static #MIDDLE_PIXELS = 28; // shorter sides get no handle in their middle
  static #SIZES = { vertex: 14, "vertex chosen": 14, middle: 10, whole: 18 };

  #layer = L.layerGroup();
  #map;
  #editor;

  /** Told what the editor can do: latLng, onGrid, metres, grabCorner, grabSide, grabWhole, show, commit, chooseVertex,
      removeVertex, step. */
  constructor(map, editor) {
    this.#map = map;
    this.#editor = editor;
  }

  get layer() {
    return this.#layer;
  }

  #add(vertex, kind, word) {
    const size = ftzGeo.Handles.#SIZES[kind];
    // The handle of the whole stands below the block's name.
    const iconAnchor = [size / 2, kind === "whole" ? -size : size / 2];
    const icon = L.divIcon({ className: `handle ${kind}`, iconSize: [size, size], iconAnchor });
    // No pan on focus: the handles are drawn anew after a pan, and the one in use gets the focus again.
    const how = { icon, draggable: true, keyboard: true, riseOnHover: true, autoPanOnFocus: false };
    const marker = L.marker(this.#editor.latLng(vertex), how);
    marker.on("add", () => marker.getElement().setAttribute("aria-label", word)).addTo(this.#layer);
    return marker;
  }

  /** Draws the handles of some rings as far as they are in view, in the order of the rings; gives whether there was
      room for all. */
  draw(rings, isCorner, { middle, chosen, focused }) {
    this.#layer.clearLayers();
    const seen = this.#map.getBounds().pad(0.05);
    const sees = (vertex) => seen.contains(this.#editor.latLng(vertex));
    const sides = rings.flatMap((ring) => ftzSides.sides(ring, isCorner));
    if (sides.filter(([vertex]) => sees(vertex)).length > ftzGeo.Handles.#MOST) return false;
    sides.forEach((side, i) => {
      const name = `${ftzGeo.words.t("界点")} ${i + 1}`;
      if (sees(side[0])) this.#corner(side[0], name, String(side[0]) === String(chosen), focused);
      this.#side(side, sees);
    });
    this.#whole(middle);
    return true;
  }

  clear() {
    this.#layer.clearLayers();
  }

  /** Lets a marker's drag make an edit: what it would do is drawn on the way, and done where it ends. */
  #dragged(marker, grab) {
    let grabbed = null;
    const place = () => {
      const { lng, lat } = marker.getLatLng();
      return this.#editor.onGrid([lng, lat]);
    };
    marker.on("dragstart", () => {
      grabbed = grab();
      this.#map.closePopup();
    });
    marker.on("drag", () => this.#editor.show(grabbed(place(), false)));
    marker.on("dragend", () => this.#editor.commit(grabbed(place(), true)));
  }

  #corner(vertex, name, isChosen, focused) {
    const marker = this.#add(vertex, isChosen ? "vertex chosen" : "vertex", name);
    this.#dragged(marker, () => this.#editor.grabCorner(vertex));
    marker.on("contextmenu", () => this.#editor.removeVertex(vertex));
    const part = marker.getElement();
    part.addEventListener("focus", () => this.#editor.chooseVertex(vertex));
    part.addEventListener("keydown", (event) => this.#keyOnCorner(event, vertex));
    if (isChosen && focused) part.focus({ preventScroll: true });
  }

  #keyOnCorner(event, vertex) {
    const delta = this.#editor.arrow(event, vertex);
    if (delta) {
      this.#editor.commit(this.#editor.stepCorner(vertex, delta));
    } else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      this.#editor.removeVertex(vertex);
    }
  }

  #side(side, sees) {
    const [start, end] = [side[0], side.at(-1)].map((vertex) => this.#map.latLngToLayerPoint(this.#editor.latLng(vertex)));
    const { place } = ftzSides.halfWay(side, this.#editor.metres);
    if (start.distanceTo(end) <= ftzGeo.Handles.#MIDDLE_PIXELS || !sees(place)) return;
    const marker = this.#add(place, "middle", ftzGeo.words.t("边中点"));
    this.#dragged(marker, () => this.#editor.grabSide(side));
    const take = () => this.#editor.commit(this.#editor.splitSide(side));
    marker.on("click", take);
    marker.getElement().addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      take();
    });
  }

  #whole(middle) {
    const marker = this.#add(middle, "whole", ftzGeo.words.t("整块移动"));
    this.#dragged(marker, () => this.#editor.grabWhole(middle));
    marker.getElement().addEventListener("keydown", (event) => {
      const delta = this.#editor.arrow(event, middle);
      if (delta) this.#editor.commit(this.#editor.stepWhole(delta), { focus: "whole" });
    });
  }

  /** Marks the handle of a vertex, and no other. */
  mark(vertex) {
    this.#layer.eachLayer((marker) => {
      const { lng, lat } = marker.getLatLng();
      marker.getElement()?.classList.toggle("chosen", String(this.#editor.onGrid([lng, lat])) === String(vertex));
    });
  }

  focusWhole() {
    this.#layer.getLayers().at(-1)?.getElement().focus({ preventScroll: true });
  }
};
