/* The search: blocks, what their sides name, lines of the background, tasks and measures, coordinates. */
"use strict";

ftzGeo.find = (() => {
  const { element, contains } = ftzGeo.core;
  const { t, onChange } = ftzGeo.words;
  const { distance } = ftzGeo.cards;
  const { spelling, coordinates } = ftzGeo;

  const MOST = 30; // results that are listed
  const MOST_SIDES = 3; // that a result names in its one line
  const NEAR_ZOOM = 14; // a place is shown at this zoom at least: some kilometres of map
  const LIT_MS = 2500;

  /* ---------- what can be found ---------- */

  function grouped(items, nameOf) {
    const found = new Map();
    for (const item of items) found.set(nameOf(item), [...(found.get(nameOf(item)) ?? []), item]);
    return [...found];
  }

  /** Which sides of which blocks, the first of them. */
  function sidesOf(found) {
    const told = found.slice(0, MOST_SIDES).map(({ shape, edge }) => `${shape.title} ${t(edge.side)}`).join("、");
    return found.length > MOST_SIDES ? `${told} +${found.length - MOST_SIDES}` : told;
  }

  /** The shapes that have a place: only these can be shown on the map, or be near anything. */
  const onTheGround = (shapes) => shapes.filter(({ placed }) => placed);

  /** Blocks by their names, everything that a side names, and the lines of the background. */
  function onMap({ shapes, background }, { select, showEdges }) {
    const blocks = shapes.map((shape) => (
      { text: shape.called, key: `${shape.called} ${shape.id}`, note: () => t("区块"), go: () => select([shape]) }
    ));
    const edges = onTheGround(shapes).flatMap((shape) => shape.edges.map((edge) => ({ shape, edge })));
    const sides = grouped(edges.filter(({ edge }) => edge.name !== null), ({ edge }) => edge.name);
    const named = new Set(sides.map(([name]) => name));
    const lines = grouped(background.filter(({ name }) => !named.has(name)), ({ name }) => name);
    return [
      ...blocks,
      ...sides.map(([text, found]) => ({
        text,
        note: () => `${t("四至")} · ${sidesOf(found)}`,
        go: () => showEdges({ shapes: [...new Set(found.map(({ shape }) => shape))], edges: found.map(({ edge }) => edge) }),
      })),
      ...lines.map(([text, found]) => (
        { text, note: () => t("底图线条"), go: () => showEdges({ shapes: [], edges: found }) }
      )),
    ];
  }

  /** Brings a part of the panel into view, its tab and itself unfolded, lit for a while. */
  function show(part) {
    document.getElementById(`tab-${part.closest("[data-tab]")?.id}`)?.click();
    if (part.matches("details")) part.open = true;
    part.scrollIntoView({ block: "center" });
    part.classList.add("lit");
    setTimeout(() => part.classList.remove("lit"), LIT_MS);
    const goal = part.querySelector("summary") ?? part;
    if (goal === part) goal.tabIndex = -1;
    goal.focus({ preventScroll: true });
  }

  /** What stands beside the map only: blocks that were not drawn, tasks, and measures, each found by its number, its
      name and its departments. */
  function beside() {
    const kinds = [
      ["[id^=undrawn-]", "h3", "区块"], ["#tasks .tasks li", null, "任务"], ["#tasks .measure", "summary", "措施"],
    ];
    return kinds.flatMap(([selector, head, word]) => [...document.querySelectorAll(selector)].map((part) => {
      const text = (head ? part.querySelector(head) : part.firstChild).textContent.trim();
      const under = part.querySelector(":scope > small")?.textContent;
      const kind = () => (word === "区块" ? `${t(word)} · ${t("未能绘出")}` : t(word));
      return {
        text,
        key: [word, text, under].join(""), // as one says 措施12
        isBeside: true,
        note: () => [kind(), under].filter(Boolean).join(" · "),
        go: () => show(part),
      };
    }));
  }

  /* ---------- places ---------- */

  /** The place of a line that is nearest to another, as a plane takes degrees about it. */
  function nearestOn(start, end, { lat, lng }) {
    const narrow = Math.cos((lat * Math.PI) / 180);
    const [dx, dy] = [(end.lng - start.lng) * narrow, end.lat - start.lat];
    const [px, py] = [(lng - start.lng) * narrow, lat - start.lat];
    const part = Math.max(0, Math.min(1, (px * dx + py * dy) / (dx * dx + dy * dy || 1)));
    return {
      lat: start.lat + part * dy,
      lng: start.lng + part * (end.lng - start.lng),
      far: (px - part * dx) ** 2 + (py - part * dy) ** 2,
    };
  }

  const pairs = (ring) => ring.map((start, i) => [start, ring[(i + 1) % ring.length]]);

  /** Where a place lies among the blocks as they are drawn: in which, or how far from the nearest. */
  function whereabouts(shapes, place) {
    const around = shapes.find((shape) => contains(shape, place));
    if (around) return `${t("图上位于")} ${around.title}`;
    let nearest = { far: Infinity };
    for (const shape of shapes) {
      for (const [start, end] of shape.rings.flatMap(pairs)) {
        const found = nearestOn(start, end, place);
        if (found.far < nearest.far) nearest = { ...found, shape };
      }
    }
    if (!nearest.shape) return null;
    const metres = ftzGeodesy.distance([place.lng, place.lat], [nearest.lng, nearest.lat]);
    return `${t("图上距")} ${nearest.shape.title} ${distance(metres)}`;
  }

  const degrees = (value, [plus, minus]) => `${Math.abs(value).toFixed(6)}°${value < 0 ? minus : plus}`;

  /** A place that coordinates tell, and what was taken of them. */
  function placeEntry(place, shapes, go) {
    const { lat, lng, zone } = place;
    const system = zone && `${t(zone.width === 6 ? "6°带" : "3°带")} ${zone.number}`;
    const assumed = zone?.assumed ? `${t("未写带号，按本图")} ${system}` : system;
    const text = `${degrees(lng, "EW")} ${degrees(lat, "NS")}`;
    const about = [assumed, whereabouts(shapes, place)].filter(Boolean);
    return { text, note: () => [t("坐标"), ...about].join(" · "), go: () => go(place, [text, ...about]) };
  }

  /** A cross on the map with the coordinates of its place and what is said about it; gives what sets it, and what takes it away. */
  function crossOn(map) {
    let cross = null;
    const clear = () => cross?.remove();
    const set = (place, [text, ...about]) => {
      clear();
      const told = element("div", {}, text, about.map((words) => element("small", {}, words)));
      const icon = L.divIcon({ className: "cross", iconSize: [19, 19] });
      cross = L.marker(place, { icon, interactive: false, keyboard: false })
        .bindTooltip(told, { permanent: true, direction: "right", offset: [8, 0] })
        .addTo(map);
      map.setView(place, Math.max(map.getZoom(), NEAR_ZOOM), { animate: false });
      map.getContainer().scrollIntoView({ block: "nearest" });
    };
    return { set, clear };
  }

  /** The 3-degree zone that the blocks lie in, or the map where there are none. */
  function zoneOf(map, [first]) {
    const { lng, lat } = first?.rings[0][0] ?? map.getCenter();
    return ftzGeodesy.gaussKrueger([lng, lat]).zone;
  }

  /* ---------- the search itself ---------- */

  /** Names that meet all words: the nearest first, what is on the map before what is not, the short before the long. */
  function named(entries, query) {
    const words = spelling.words(query);
    const found = words.length === 0 ? [] : entries.map((entry) => ({
      entry, far: words.reduce((sum, word) => sum + spelling.distance(entry, word), 0),
    }));
    return found.filter(({ far }) => far < Infinity)
      .sort((a, b) => a.far - b.far || a.entry.isBeside - b.entry.isBeside || a.entry.key.length - b.entry.key.length)
      .map(({ entry }) => entry);
  }

  /** The arrow keys lead from the input through the results and back; escape clears, and only then closes a card. */
  function bindKeys(form, input, list, clear) {
    form.addEventListener("keydown", (event) => {
      if (event.isComposing) return; // the input method's own keys
      if (event.key === "Escape" && input.value !== "") {
        event.stopPropagation();
        event.preventDefault();
        clear();
      }
      if (event.key === "ArrowDown") list.hidden = list.childElementCount === 0;
      const stops = [input, ...(list.hidden ? [] : list.querySelectorAll("button"))];
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const next = step && stops[stops.indexOf(document.activeElement) + step];
      if (!next) return;
      event.preventDefault();
      next.focus();
    });
  }

  /** Shows results and tells how many there are, or that there is none. */
  function list(found, box, choose) {
    const items = found.slice(0, MOST).map((entry) => {
      const button = element("button", { type: "button", onclick: () => choose(entry) }, entry.text);
      button.append(element("small", {}, entry.note()));
      return element("li", {}, button);
    });
    const rest = found.length - items.length;
    if (rest > 0) items.push(element("li", {}, `${t("其余未列")} ${rest}`));
    if (found.length === 0) items.push(element("li", {}, t("没有找到")));
    box.replaceChildren(...items);
    ftzGeo.panel.say(found.length > 0 ? `${t("找到")} ${found.length}` : t("没有找到"));
  }

  /** Binds the search to the page: `content` is what the map shows and how its words are read, `actions` lead there. */
  function start(map, content, actions) {
    const input = document.getElementById("search");
    if (!input) return;
    const [form, box] = [input.closest("form"), document.getElementById("found")];
    const speller = spelling.speller(content.readings);
    const placed = onTheGround(content.shapes);
    const own = zoneOf(map, placed);
    const cross = crossOn(map);
    let entries = null; // made when they are first asked for
    const ready = (entry) => ({ isBeside: false, ...entry, ...speller(entry.key ?? entry.text) });
    const choose = (entry) => {
      input.focus({ preventScroll: true }); // where the focus comes back to
      box.hidden = true;
      entry.go();
    };
    const search = () => {
      entries ??= [...onMap(content, actions), ...beside()].map(ready);
      const query = input.value.trim();
      box.hidden = query === "";
      if (query === "") {
        cross.clear();
        return box.replaceChildren();
      }
      const places = coordinates.read(query, own).map((place) => placeEntry(place, placed, cross.set));
      return list([...places, ...named(entries, query)], box, choose);
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      box.querySelector("button")?.click();
    });
    input.addEventListener("input", search);
    input.addEventListener("focus", () => { box.hidden = box.childElementCount === 0; });
    bindKeys(form, input, box, () => {
      input.value = "";
      search();
      input.focus();
    });
    for (const way of ["pointerdown", "focusin"]) {
      document.addEventListener(way, ({ target }) => { if (!form.contains(target)) box.hidden = true; });
    }
    onChange(() => {
      const isHidden = box.hidden;
      search();
      box.hidden ||= isHidden;
    });
    form.hidden = false;
  }

  return { start };
})();
