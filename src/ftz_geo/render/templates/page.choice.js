/* The chosen block: its card beside the map, its light on the map and in the table, its name in the address. */
"use strict";

ftzGeo.choice = (() => {
  const { span, element, contains } = ftzGeo.core;
  const { t } = ftzGeo.words;
  const { draw, cards, address } = ftzGeo;

  const LEGEND_FROM = 520; // pixels of height that a map has room for it in

  /** A glow about shapes, or about edges of theirs, under their lines. */
  function glow(map, color) {
    const group = L.layerGroup().addTo(map);
    const look = { color, weight: 9, opacity: 0.6, fill: false, interactive: false, pane: "glow", smoothFactor: 0 };
    return (lines) => {
      group.clearLayers();
      for (const lonlats of lines) group.addLayer(L.polyline(lonlats, look));
    };
  }

  const outline = (shape) => shape.rings.map((ring) => [...ring, ring[0]]);

  /** The panel that a card stands in: beside the map where there is room, else below it. */
  function panel(map, close) {
    const box = document.getElementById("card");
    const content = box.querySelector(".content");
    let origin = null;
    box.querySelector(".close").addEventListener("click", close);
    const legend = document.querySelector("details.legend");
    let [wasOpen, beforeY] = [legend.open, 0];
    /** The map at its new size; where that is low, the legend leaves it to the block. */
    const resize = () => {
      map.invalidateSize({ pan: false, animate: false });
      const { y } = map.getSize();
      if (!box.hidden && y < LEGEND_FROM && beforeY >= LEGEND_FROM) [wasOpen, legend.open] = [legend.open, false];
      if (box.hidden && beforeY < LEGEND_FROM && y >= LEGEND_FROM) legend.open = wasOpen;
      beforeY = y;
    };
    return {
      show(made) {
        const from = document.activeElement;
        const byKey = from?.matches(":focus-visible");
        if (byKey && !box.contains(from)) origin = from;
        content.replaceChildren(...made);
        box.scrollTop = 0;
        if (box.hidden) {
          box.hidden = false;
          beforeY = map.getSize().y;
          document.body.classList.add("with-card");
          resize();
          // On a phone the card covers the foot of the screen: the map goes to its head.
          if (getComputedStyle(box).position === "fixed") document.querySelector("main").scrollIntoView({ block: "start" });
        }
        if (byKey) box.focus({ preventScroll: true });
      },
      hide() {
        if (box.hidden) return;
        box.hidden = true;
        document.body.classList.remove("with-card");
        content.replaceChildren();
        resize();
        if (origin?.isConnected) origin.focus({ preventScroll: true });
        origin = null;
      },
    };
  }

  /** Moves the map so that a shape is seen whole, if it can be at this scale, or else at least in part. */
  function bringIntoView(map, { polygon }) {
    if (!polygon) return;
    const [seen, bounds] = [map.getBounds(), polygon.getBounds()];
    const fits = map.getBoundsZoom(bounds) >= map.getZoom();
    if (fits ? !seen.contains(bounds) : !seen.intersects(bounds)) map.panTo(bounds.getCenter(), { animate: false });
  }

  /** Binds clicks and pointing to cards, light, rows and the address. Gives `choose`, which takes a shape, an edge of
      it and what else lies there; `point`, which lights shapes up; `chosen`; and `onChoose`, for who wants to know. */
  function start(map, layers, data, owners, rows) {
    const lit = glow(map, "#7fb3bd");
    const marked = glow(map, "#e0a800");
    const tooltip = L.tooltip({ direction: "auto", offset: [14, 0] });
    const listeners = [];
    const none = { shape: null, edge: null, others: [] };
    let [state, around] = [none, null];
    const box = panel(map, () => close());

    function card({ shape, edge }) {
      const zone = document.getElementById(`card-${shape.card}`)?.content.firstElementChild;
      if (zone) return ftzGeo.units.apply(ftzGeo.words.translate(zone.cloneNode(true)));
      if (edge) return cards.ofEdge(shape, edge, () => choose(shape));
      return cards.ofBlock(shape, data, (of, one) => choose(of, { edge: one }));
    }

    /** Blocks that lie on each other are all offered. */
    function offer({ shape, others }) {
      if (others.length < 2) return [];
      const buttons = others.map((other) => element("button", {
        type: "button", "aria-pressed": String(other === shape), onclick: () => choose(other, { others }),
      }, other.called));
      return [element("p", { class: "overlap" }, `${t("此处重叠：")} `, ...buttons)];
    }

    const render = () => { if (state.shape) box.show([...offer(state), card(state)]); };

    /** The light of the chosen shape, or of an edge of it, on the map or apart from it, and in the table. */
    function mark(shape, edge = null) {
      marked(!shape?.placed ? [] : edge ? [edge.lonlats] : outline(shape));
      for (const other of data.shapes) other.apart?.classList.toggle("chosen", other === shape);
      rows.mark(shape);
    }

    function choose(shape, { edge = null, others = [], step = true } = {}) {
      state = { shape, edge, others };
      tooltip.remove();
      around?.remove();
      render();
      around = layers.uncertainty && shape.placed ? draw.doubt(map, shape).addTo(map) : null;
      mark(shape, edge);
      bringIntoView(map, shape);
      address.put({ block: shape.id, edge: edge ? String(shape.edges.indexOf(edge) + 1) : null }, { step });
      listeners.forEach((listener) => listener(shape));
    }

    function close() {
      if (state.shape === null) return;
      around?.remove();
      [state, around] = [none, null];
      mark(null);
      box.hide();
      address.put({ block: null, edge: null });
      listeners.forEach((listener) => listener(null));
    }

    /** Lights shapes up on the map and in the table. */
    function point(shapes) {
      lit(shapes.filter((shape) => shape.placed).flatMap(outline));
      for (const shape of data.shapes) shape.apart?.classList.toggle("lit", shapes.includes(shape));
      rows.light(shapes);
    }

    const label = ({ shape, edge }) => (edge
      ? `${t(edge.side)}${t("至")} ${edge.name ?? t("（无名）")} · ${t(edge.method.label)}`
      : shape.called);
    /** Every block under a place, the smallest first, one for each card. */
    const under = (place) => {
      const found = data.shapes.filter((shape) => shape.placed && contains(shape, place));
      found.sort((a, b) => (a.measured_km2 ?? 0) - (b.measured_km2 ?? 0));
      return found.filter((shape, n) => found.findIndex(({ card: other }) => other === shape.card) === n);
    };
    for (const group of [layers.blocks, layers.edges].filter(Boolean)) {
      group.on("mouseover mousemove", ({ type, sourceTarget, latlng }) => {
        const owner = owners.get(sourceTarget);
        if (!owner) return;
        tooltip.setContent(span(label(owner))).setLatLng(latlng).addTo(map);
        if (type === "mouseover") point(data.shapes.filter(({ card: number }) => number === owner.shape.card));
      });
      group.on("mouseout", () => {
        tooltip.remove();
        point([]);
      });
      group.on("click", (event) => {
        const { shape, edge } = owners.get(event.sourceTarget) ?? {};
        if (!shape) return;
        L.DomEvent.stopPropagation(event);
        const others = edge ? [] : under(event.latlng);
        choose(others[0] ?? shape, { edge, others });
      });
    }
    map.on("click", () => close());
    // Wherever the focus is: the table that opened a card has no key of its own to close it.
    document.addEventListener("keydown", ({ key, defaultPrevented }) => { if (key === "Escape" && !defaultPrevented) close(); });
    ftzGeo.units.onChange(render); // and of the language
    const follow = () => {
      const shape = data.shapes.find(({ id }) => id === address.get("block"));
      if (!shape) close();
      const edge = shape?.edges[Number(address.get("edge")) - 1] ?? null;
      if (shape && (shape !== state.shape || edge !== state.edge)) choose(shape, { edge, step: false });
    };
    address.onGo(follow);
    return { choose, close, point, follow, chosen: () => state.shape, onChoose: (listener) => listeners.push(listener) };
  }

  return { start };
})();
