/* Taking along: blocks as files, the map as a picture, a card or a place as text. Nothing is sent anywhere: a file is
   made in the browser and saved. Geometry is that which the page was made with; what an editor changed it hands back. */
"use strict";

(() => {
  const { map, shapes, data, chosen, onChoose, say } = window.ftzGeoPage;
  const { element } = ftzGeo.core;
  const { t } = ftzGeo.words;
  const { formats, units, sheet } = ftzGeo;

  const FORMATS = {
    geojson: { title: "GeoJSON", note: "QGIS、ArcGIS 可直接打开", type: "application/geo+json", make: formats.geojson },
    csv: { title: "CSV", note: "表格，图形为 WKT", type: "text/csv", make: formats.csv },
    kml: { title: "KML", note: "三维地球软件可打开", type: "application/vnd.google-earth.kml+xml", make: formats.kml, placed: true },
    txt: { title: "TXT", note: "界址点坐标，CGCS2000 3° 带，米", type: "text/plain", make: formats.txt, placed: true },
    png: { title: "PNG", note: "图片：地图现状，两倍大小" },
  };
  const RANGES = { chosen: "所选区块", seen: "图上可见", all: "全部区块" };
  const TOLD_MS = 4000; // long enough to read a line

  const lonlat = ({ lng, lat }) => [lng, lat];
  const blocks = shapes.map((shape) => ({ ...shape, parts: shape.parts.map((part) => part.map((ring) => ring.map(lonlat))) }));
  const toast = element("p", { class: "toast", hidden: "" });
  map.getContainer().closest(".glass").append(toast);
  let hiding = 0;

  /** Tells what happened, to eyes and ears. */
  function tell(words) {
    say(words);
    toast.textContent = words;
    toast.hidden = false;
    clearTimeout(hiding);
    hiding = setTimeout(() => { toast.hidden = true; }, TOLD_MS);
  }

  /* ---------- files ---------- */

  function save(blob, name) {
    const link = element("a", { href: URL.createObjectURL(blob), download: name.replace(/[^\p{L}\p{N}._-]/gu, "_") });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    tell(`${t("已保存到下载文件夹：")}${link.download}`);
  }

  function pageName() {
    return decodeURIComponent(location.pathname.split("/").at(-1)).replace(/\.html?$/, "") || "map";
  }

  const ofChosen = () => blocks.filter((_, n) => shapes[n] === chosen());
  const within = {
    chosen: ofChosen,
    seen: () => blocks.filter((_, n) => shapes[n].polygon && map.getBounds().intersects(shapes[n].polygon.getBounds())),
    all: () => blocks,
  };

  const hasTiles = () => map.getPane("tilePane").querySelector("img") !== null;

  async function savePicture() {
    const source = data.about?.source;
    const lines = [source && `${t("来源：")}${source}`, ...(data.about?.credits ?? [])].filter(Boolean);
    try {
      save(await ftzGeo.picture.png(map, lines), `${ftzGeo.address.get("block") ?? data.about?.zone_id ?? pageName()}.png`);
    } catch {
      tell(t("此浏览器不能把地图存成图片，可改用打印或截屏。"));
    }
  }

  /** Whether an editor has moved a block on the map. */
  function isEdited({ polygon, parts }) {
    const [now, before] = [polygon?.getLatLngs().flat(2) ?? [], parts.flat(2)];
    return Boolean(polygon) && (now.length !== before.length || now.some((place, i) => !place.equals(before[i], 1e-9)));
  }

  /** What is said of what would be written, before it is; and whether it may be. */
  function outlook(format, found) {
    const { placed = false } = FORMATS[format];
    if (format === "png") return { written: [1], notes: hasTiles() ? [t("联网底图不能写入图片，图中略去。")] : [] };
    const unplaced = found.filter((shape) => !shape.placed).length;
    const written = placed ? found.filter((shape) => shape.placed) : found;
    const rough = written.filter(({ grade }) => grade === "sketched" || grade === "approximate").length;
    return {
      written,
      notes: [
        `${t("区块")} ${written.length}`,
        rough > 0 && `${t("其中示意或概略图形")} ${rough}${t("：文件内逐条注明评级、理由和误差。")}`,
        document.getElementById("ftz-editor") && shapes.some(isEdited) && t("地图上未交回的修改不在文件内，请用“下载修改”交回。"),
        unplaced > 0 && `${t("位置未知")} ${unplaced}${t(placed ? "：没有坐标可写，不在文件内。" : "：只写属性，不写坐标。")}`,
      ].filter(Boolean),
      unsurveyed: format === "txt" && written.some(({ grade }) => grade !== "surveyed"),
    };
  }

  /* ---------- the menu ---------- */

  let last = data.about ? "geojson" : "png";

  function radios(name, pairs, checked) {
    return pairs.map(([value, title, note, disabled]) => {
      const input = element("input", { type: "radio", name, value, ...(value === checked ? { checked: "" } : {}), ...(disabled ? { disabled: "" } : {}) });
      return element("label", {}, input, element("span", {}, title, note && element("small", {}, note)));
    });
  }

  function open() {
    const keys = Object.keys(FORMATS).filter((key) => data.about || key === "png");
    const counts = Object.fromEntries(Object.keys(RANGES).map((key) => [key, within[key]().length]));
    const range = counts.chosen > 0 ? "chosen" : "all";
    const knows = element("input", { type: "checkbox", name: "knows" });
    const ask = element("label", { class: "ask" }, knows, element("span", {}, t("所选图形不是实测界址点，不能当作勘测成果。仍要写成坐标文件，并在文件内逐块注明“非实测”。")));
    const notes = element("div", { class: "notes", role: "status" });
    const go = element("button", { type: "submit" }, t("下载"));
    const ranges = element("fieldset", {}, element("legend", {}, t("范围")),
      radios("range", Object.entries(RANGES).map(([key, word]) => [key, t(word), String(counts[key]), counts[key] === 0]), range));
    const form = element("form", { method: "dialog" },
      element("h2", {}, t("带走")),
      data.about && ranges,
      element("fieldset", {}, element("legend", {}, t("格式")),
        radios("format", keys.map((key) => [key, FORMATS[key].title, t(FORMATS[key].note)]), last)),
      notes, ask,
      element("p", { class: "row" }, go, element("button", { type: "button", onclick: () => dialog.close() }, t("取消"))));
    const dialog = element("dialog", { class: "take", "aria-label": t("带走") }, form);
    const answer = () => Object.fromEntries(new FormData(form));
    const found = () => within[answer().range ?? "all"]();
    const update = () => {
      const { format } = answer();
      const { written, notes: lines, unsurveyed = false } = outlook(format, found());
      notes.replaceChildren(...lines.map((line) => element("p", {}, line)));
      ask.hidden = !unsurveyed || written.length === 0;
      go.disabled = written.length === 0 || (unsurveyed && !knows.checked);
      ranges.disabled = format === "png";
    };
    form.addEventListener("change", update);
    form.addEventListener("submit", () => {
      const { format, range: asked } = answer();
      last = format;
      if (format === "png") return void savePicture();
      const { make, type } = FORMATS[format];
      const { written } = outlook(format, found());
      const name = asked === "chosen" ? written[0].id : data.about.zone_id;
      return save(new Blob([make(written, data)], { type: `${type};charset=utf-8` }), `${name}.${format}`);
    });
    dialog.addEventListener("keydown", (event) => event.stopPropagation()); // escape closes the menu, and no card
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    update();
    dialog.showModal();
  }

  /* ---------- text ---------- */

  /** The clipboard of old, for pages that have no other: what is marked in a field is copied. */
  function copyMarked(text) {
    const from = document.activeElement;
    const field = element("textarea", { class: "marked", readonly: "" });
    field.value = text;
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    from?.focus({ preventScroll: true });
    return done;
  }

  async function copy(text, what) {
    const done = await navigator.clipboard?.writeText(text).then(() => true, () => copyMarked(text)) ?? copyMarked(text);
    tell(done ? `${t("已复制：")}${what}` : t("此浏览器不许复制，请手工选取。"));
  }

  function addToCard() {
    const card = document.querySelector("#card article.card");
    if (!card || !data.about || card.querySelector(".taking")) return;
    const [shape] = ofChosen();
    const text = (words) => words.join("\n");
    const button = (word, onclick) => element("button", { type: "button", onclick }, t(word));
    card.append(element("p", { class: "taking row" },
      button("带走", open),
      button("复制卡片", () => copy(text([...formats.words(shape, data), "", ...formats.corners(shape, data)]), shape.called)),
      button("复制坐标", () => copy(text(formats.corners(shape, data)), `${shape.called} ${t("界点")}`))));
  }

  /** A place of the map: with the key C what the readout shows, with the right button what lies under it. */
  function startPlaces() {
    let over = false;
    map.on("mouseover mousemove", () => { over = true; });
    map.on("mouseout", () => { over = false; });
    document.addEventListener("keydown", (event) => {
      const typing = event.target.closest?.("input, select, textarea, dialog");
      const here = over || event.target === map.getContainer();
      if (event.key.toLowerCase() !== "c" || event.ctrlKey || event.metaKey || event.altKey || typing || !here) return;
      const place = map.getContainer().querySelector(".readout").textContent;
      copy(place, place);
    });
    map.on("contextmenu", ({ latlng }) => {
      const place = sheet.placeText(latlng.wrap());
      const button = element("button", { type: "button", class: "link", onclick: () => copy(place, place).then(() => map.closePopup()) }, t("复制此处坐标"));
      L.popup({ maxWidth: 260 }).setLatLng(latlng).setContent(element("div", {}, element("p", {}, place), element("p", {}, button))).openOn(map);
    });
  }

  document.getElementById("take").addEventListener("click", open);
  onChoose(addToCard);
  units.onChange(addToCard);
  startPlaces();
  addToCard();
})();
