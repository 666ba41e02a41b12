/* The sheets of paper: before the browser prints, the map is set to the view of each sheet, and what is drawn is copied
   onto it; the screen's own map and panel give way until it has printed. */
"use strict";

ftzGeo.paper = (() => {
  const { element } = ftzGeo.core;
  const { frame, cards } = ftzGeo;
  const { t, translate, onChange } = ftzGeo.words;

  const PAPER = { A4: [297, 210], A3: [420, 297] };
  const MARGIN_MM = 10;
  const SMALLEST = 0.7; // of the letters beside the map: what has no room at that size is too much for the paper

  const PATIENCE = 100; // tenths of a second for each sheet

  const field = (name) => document.getElementById(`print-${name}`);
  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
  const ratio = (scale) => `1:${String(scale).replace(/\B(?=(\d{3})+$)/g, " ")}`;

  /** What the dialog asks; printed without it, one sheet at a scale that fits. */
  function settings(dialog) {
    const [paper, way] = document.getElementById("paper").value.split(" ");
    return {
      paper,
      way,
      scale: dialog.open ? Number(field("scale").value) || null : null,
      extent: dialog.open ? field("extent").value : null,
      maker: field("maker").value.trim(),
      date: field("date").value.trim(),
      hasTables: !dialog.open || field("tables").checked,
      hasCards: dialog.open && field("cards").checked,
    };
  }

  /** The sheet's size into the page, for the browser's print. */
  function sizing() {
    const rule = document.head.appendChild(document.createElement("style"));
    return ({ paper, way }) => {
      const [long, short] = PAPER[paper];
      const [width, height] = (way === "landscape" ? [long, short] : [short, long]).map((side) => side - 2 * MARGIN_MM);
      rule.textContent = `@page { size: ${paper} ${way}; margin: ${MARGIN_MM}mm; }
        :root { --sheet-width: ${width}mm; --sheet-height: ${height}mm; }`;
    };
  }

  /* ---------- one sheet ---------- */

  const put = (sheet, selector, words) => {
    for (const found of sheet.querySelectorAll(selector)) found.textContent = words;
  };

  /** What the online maps that are shown ask to be said. */
  function credits(map) {
    const found = [];
    map.eachLayer((layer) => { if (layer instanceof L.TileLayer) found.push(layer.getAttribution()); });
    return [...new Set(found)].join(" · ");
  }

  /** Waits for the images of the online maps that are shown, if there are any, but not for ever. */
  async function loaded(map) {
    const isLoading = () => {
      let found = false;
      map.eachLayer((layer) => { found ||= layer instanceof L.TileLayer && layer.isLoading(); });
      return found;
    };
    for (let tries = 0; tries < PATIENCE && isLoading(); tries++) await new Promise((go) => { setTimeout(go, 100); });
  }

  /** Whether anything on the page has a place, so that a scale of the map means something. */
  const isPlaced = () => !document.body.classList.contains("all-apart");

  /** A copy without what only one element of a page may have, or what a key reaches. */
  function bare(copy) {
    for (const one of [copy, ...copy.querySelectorAll("[id], [tabindex]")]) {
      one.removeAttribute("id");
      one.removeAttribute("tabindex");
    }
    return copy;
  }

  /** A sheet with everything but its map, in the reader's language. */
  function blank(map, { paper, way, maker, date }) {
    const sheet = document.getElementById("sheet").content.firstElementChild.cloneNode(true);
    sheet.classList.add(paper, way);
    translate(sheet);
    const title = document.querySelector("body > header");
    const [name, ...kinds] = [title.querySelector("h1"), ...title.querySelectorAll(".kind")].map((words) => words.textContent.trim());
    sheet.querySelector("h1").append(name, element("small", {}, kinds.join(" ")));
    put(sheet, ".name", [name, ...kinds].join(" "));
    put(sheet, ".maker", maker);
    put(sheet, ".date", date);
    const inset = document.getElementById("inset");
    if (inset && isPlaced()) sheet.querySelector(".measures").append(bare(inset.cloneNode(true)));
    sheet.querySelector(".signs").append(...[...document.querySelectorAll(".legend ul")].map((list) => list.cloneNode(true)));
    return sheet;
  }

  /** Letters beside the map as large as there is room for. */
  function shrink(sheet) {
    const margin = sheet.querySelector(".margin");
    for (let size = 1; size > SMALLEST && margin.scrollHeight > margin.clientHeight + 1; size -= 0.05) {
      margin.style.fontSize = `${size}em`;
    }
  }

  /** What is drawn on the map and stands on its glass, as it is now. */
  function picture(map) {
    const glass = map.getContainer().parentElement;
    const shown = [map.getPane("mapPane"), ...glass.querySelectorAll(isPlaced() ? ".north" : ".north, .inset")];
    const copy = element("div", { class: "picture leaflet-container" }, shown.map((one) => bare(one.cloneNode(true))));
    const drawn = glass.querySelectorAll("canvas");
    copy.querySelectorAll("canvas").forEach((canvas, n) => {
      if (drawn[n].width > 0) canvas.getContext("2d").drawImage(drawn[n], 0, 0);
    });
    copy.querySelectorAll("img.leaflet-tile").forEach((tile) => { tile.style.opacity = 1; }); // it may be fading in
    return copy;
  }

  /** Degrees in the map that its rim or its north arrow would cut are left out; the corners of the frame tell them. */
  function clear(place) {
    const box = (one) => one.getBoundingClientRect();
    const [rim, north] = [".picture", ".north"].map((name) => box(place.querySelector(name)));
    for (const text of place.querySelectorAll(".graticule text")) {
      const { left, right, top, bottom } = box(text);
      const isCut = left < rim.left || right > rim.right || top < rim.top || bottom > rim.bottom;
      const isCovered = right > north.left && left < north.right && bottom > north.top && top < north.bottom;
      if (isCut || isCovered) text.remove();
    }
  }

  /** The map as it is set up now, its frame, and what the sheet says of both. */
  function fill(sheet, map, { scale, sheets }, current, size) {
    const place = sheet.querySelector(".field");
    place.append(picture(map));
    const online = sheet.querySelector(".online");
    online.textContent = place.querySelector("img.leaflet-tile-loaded") ? credits(map) : "";
    online.hidden = online.textContent === "";
    Object.assign(place.lastChild.style, { width: `${size.x}px`, height: `${size.y}px` });
    clear(place);
    const zone = frame.draw(place, map, size, scale);
    const uneven = frame.isUneven(map.getBounds()) ? t("（图幅中央）") : "";
    put(sheet, ".ratio", isPlaced() ? `${ratio(scale)}${uneven}` : t("见图内比例尺"));
    put(sheet, ".scale figcaption", isPlaced() ? `${ratio(scale)}${uneven}` : "");
    if (isPlaced()) frame.bar(sheet.querySelector(".scale"), scale);
    put(sheet, ".system", zone === null
      ? (isPlaced() ? "CGCS2000" : t("无（位置未知）"))
      : filled(t("CGCS2000，3°带第 {zone} 带，中央经线 {meridian}°E；图廓注记为公里，横坐标前冠带号"), { zone, meridian: 3 * zone }));
    put(sheet, ".number", filled(t("第 {n} 张 共 {all} 张"), { n: sheets.indexOf(current) + 1, all: sheets.length }));
    if (sheets.length > 1) frame.key(sheet.querySelector(".key"), sheets, current, size);
    sheet.querySelector(".key").hidden = sheets.length === 1;
  }

  /* ---------- all sheets ---------- */

  /** What lies on paper beside the sheets: the card of the chosen block, or of all. */
  function annex(data, chosen, { hasTables, hasCards }) {
    const shown = hasCards ? data.shapes : hasTables && chosen ? [chosen] : [];
    const card = (shape) => {
      const zone = document.getElementById(`card-${shape.card}`)?.content.firstElementChild;
      return zone ? translate(zone.cloneNode(true)) : cards.ofBlock(shape, data, () => {});
    };
    const once = shown.filter((shape, n) => shown.findIndex(({ card: number }) => number === shape.card) === n);
    return element("section", { id: "annex", "aria-label": t("所选区块"), class: once.length > 1 ? "several" : "one" }, once.map(card));
  }

  const listeners = [];

  /** Calls back before the map is copied onto paper. */
  function before(listener) {
    listeners.push(listener);
  }

  function start(map, data, chosen) {
    const dialog = document.getElementById("print-dialog");
    const setSize = sizing();
    const sheets = element("div", { id: "sheets" });
    document.body.prepend(sheets);

    /** The part of the map that is asked for; of a screen that shows all blocks, these. */
    function extent({ extent: asked }) {
      const placed = data.shapes.filter(({ polygon }) => polygon);
      const all = L.featureGroup(placed.map(({ polygon }) => polygon)).getBounds();
      const seen = map.getBounds();
      if (asked === "chosen" && chosen()?.polygon) return { bounds: chosen().polygon.getBounds(), of: [chosen()] };
      const isWhole = all.isValid() && (asked === "all" || (asked !== "seen" && seen.contains(all)));
      return isWhole ? { bounds: all, of: placed } : { bounds: seen, of: null };
    }

    /** The size of the map on paper in pixels, less its frame. */
    function room(asked) {
      setSize(asked);
      const sheet = blank(map, asked);
      sheets.replaceChildren(sheet);
      put(sheet, ".system", t("CGCS2000，3°带第 {zone} 带，中央经线 {meridian}°E；图廓注记为公里，横坐标前冠带号"));
      put(sheet, ".ratio, .number", "—");
      frame.bar(sheet.querySelector(".scale"), frame.SCALES[0]);
      shrink(sheet);
      const { width, height } = sheet.querySelector(".field").getBoundingClientRect();
      sheets.replaceChildren();
      return L.point(width, height).subtract([2 * frame.BAND, 2 * frame.BAND]).floor();
    }

    /** The sheets that are asked for; of blocks without a place one, which has no scale of a map. */
    function plan(asked, size) {
      if (!isPlaced()) return { scale: null, zoom: map.getZoom(), sheets: [{ centre: map.getCenter() }] };
      const { bounds, of } = extent(asked);
      const wanted = of ? (part) => of.some(({ polygon }) => part.intersects(polygon.getBounds())) : undefined;
      if (!asked.scale) return frame.fit(map, bounds, size, 1);
      const fitted = frame.fit(map, bounds, size, frame.MOST_SHEETS, wanted);
      const found = frame.layOut(map, bounds, size, asked.scale, wanted);
      return { ...found, fitted, isTooMany: !found.sheets || found.sheets.length > frame.MOST_SHEETS };
    }

    let screen = null;

    /** The map at the size of the paper, finer than on a screen, and bare of what stands on its glass. */
    function prepare(size) {
      const { minZoom, maxZoom, zoomSnap } = map.options;
      const rims = ["top", "bottom", "left", "right"].map((side) => element("i", { class: `rim ${side}` }));
      screen = { centre: map.getCenter(), zoom: map.getZoom(), options: { minZoom, maxZoom, zoomSnap }, retina: L.Browser.retina, rims };
      sheets.setAttribute("role", "main"); // in place of the screen's
      document.body.classList.add("printing", "composing");
      document.documentElement.style.setProperty("--map-width", `${size.x}px`);
      document.documentElement.style.setProperty("--map-height", `${size.y}px`);
      Object.assign(map.options, { minZoom: 0, maxZoom: 24, zoomSnap: 0 });
      L.Browser.retina = true; // canvases have twice the pixels
      map.latLngToLayerPoint = (place) => map.project(L.latLng(place)).subtract(map.getPixelOrigin()); // not whole ones
      map.getContainer().parentElement.append(...rims); // names keep clear of what is beyond the frame
      map.invalidateSize({ animate: false });
    }

    /** Sets the map up for each sheet in turn, and copies it there at the next step. */
    function* compose() {
      listeners.forEach((listener) => listener());
      const asked = settings(dialog);
      const size = room(asked);
      const found = plan(asked, size);
      const shown = found.isTooMany ? found.fitted : found;
      prepare(size);
      for (const current of shown.sheets) {
        const sheet = blank(map, asked);
        sheets.append(sheet);
        map.setView(current.centre, shown.zoom, { animate: false, reset: true });
        yield;
        fill(sheet, map, shown, current, size);
        shrink(sheet);
      }
      L.Browser.retina = screen.retina;
      delete map.latLngToLayerPoint;
      screen.rims.forEach((rim) => rim.remove());
      document.body.classList.remove("composing");
      document.body.classList.toggle("without-tables", !asked.hasTables);
      document.querySelector("body > main").before(annex(data, chosen(), asked));
    }

    /** Puts the map back on the screen. */
    function restore() {
      if (!screen) return;
      document.getElementById("annex").remove();
      sheets.replaceChildren();
      sheets.removeAttribute("role");
      document.body.classList.remove("printing", "without-tables");
      Object.assign(map.options, screen.options);
      map.invalidateSize({ animate: false });
      map.setView(screen.centre, screen.zoom, { animate: false, reset: true });
      screen = null;
    }

    /** Prints once the images of an online map are there, which a browser that prints by itself does not wait for. */
    async function print() {
      field("go").disabled = true;
      const steps = compose();
      while (!steps.next().done) await loaded(map);
      window.print();
    }

    /** What will be printed, in one sentence; or why not, and which scale would do. */
    function tell() {
      const asked = settings(dialog);
      const { scale, sheets: found, fitted, isTooMany } = plan(asked, room(asked));
      field("go").disabled = Boolean(isTooMany);
      field("told").textContent = isTooMany
        ? filled(t("{scale} 超过 {most} 张；{fit} 可以放下，共 {all} 张。"), {
          scale: ratio(scale), most: frame.MOST_SHEETS, fit: ratio(fitted.scale), all: fitted.sheets.length,
        })
        : filled(t("{scale}，共 {all} 张。"), { scale: scale ? ratio(scale) : t("见图内比例尺"), all: found.length });
    }

    function open() {
      field("extent").querySelector("[value=chosen]").disabled = !chosen()?.polygon;
      if (field("extent").selectedOptions[0].disabled) field("extent").value = "all";
      dialog.showModal();
      tell();
    }

    field("scale").append(...frame.SCALES.map((scale) => element("option", { value: scale }, ratio(scale))));
    field("extent").value = "all";
    field("cards").closest("p").hidden = !cards; // a page of two versions has none
    document.getElementById("print").addEventListener("click", open);
    field("cancel").addEventListener("click", () => dialog.close());
    field("go").addEventListener("click", print);
    field("today").addEventListener("click", () => {
      const isChinese = document.documentElement.lang.startsWith("zh");
      field("date").value = new Date().toLocaleDateString(isChinese ? "zh-CN" : "en-GB", { dateStyle: "long" });
    });
    dialog.addEventListener("change", tell);
    dialog.addEventListener("keydown", (event) => event.stopPropagation()); // escape closes the dialog, and no card
    onChange(() => { if (dialog.open) tell(); });
    setSize(settings(dialog));
    window.addEventListener("beforeprint", () => {
      if (!screen) Array.from(compose());
    });
    window.addEventListener("afterprint", () => {
      restore();
      dialog.close();
    });
  }

  return { start, before };
})();
