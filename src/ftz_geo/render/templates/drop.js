/* The reader's own files over the map, each a layer with a name, a tick and a way to take it off. They are drawn in this
   browser and sent nowhere; their words are only set as text. */
"use strict";

(() => {
  const { map, say, onChange, redraw } = window.ftzGeoPage;
  const { element, contains } = ftzGeo.core;
  const { t } = ftzGeo.words;
  const { own, units } = ftzGeo;

  const LOOK = { color: "#b5007f", weight: 2, dashArray: "10 3 2 3", fillColor: "#b5007f", fillOpacity: 0.05, className: "own", pane: "own" };
  const QUIET_FROM = 20000; // vertices; more go onto a canvas that takes no clicks

  const pane = map.createPane("own");
  pane.style.zIndex = 445; // above blocks, below their edges
  const picker = element("input", { type: "file", multiple: "", accept: ".geojson,.json,.kml,.txt", hidden: "" });
  const button = element("button", { type: "button", onclick: () => picker.click() });
  const list = element("ul");
  const note = element("small");
  const wrong = element("p", { class: "wrong", role: "alert", hidden: "" });
  const panel = element("div", { class: "layers leaflet-bar", role: "group" }, button, picker, list, note, wrong);
  const layers = [];

  const latlngs = (line) => line.map(([lng, lat]) => L.latLng(lat, lng));

  function describe({ name, polygons }, file) {
    const area = polygons.length > 0 && `${t("面积")} ${units.drawn(ftzGeodesy.area(polygons.map((rings) => rings.map(open))) / 1e6, 4)} ${units.sign()}`;
    return element("div", {}, [name, file, area].filter(Boolean).map((words) => element("p", {}, words)));
  }

  /** A ring without its first vertex told again. */
  function open(ring) {
    const [first, last] = [ring[0], ring.at(-1)];
    return ring.length > 1 && first[0] === last[0] && first[1] === last[1] ? ring.slice(0, -1) : ring;
  }

  function drawn({ features, vertices }, file) {
    const quiet = vertices > QUIET_FROM;
    const look = quiet ? { ...LOOK, interactive: false, renderer: L.canvas({ pane: "own" }) } : LOOK;
    const group = L.featureGroup();
    const faces = [];
    for (const feature of features) {
      const show = (event) => {
        if (map.getContainer().classList.contains("measuring")) return;
        L.DomEvent.stopPropagation(event);
        L.popup().setLatLng(event.latlng).setContent(describe(feature, file)).openOn(map);
      };
      const parts = [
        ...feature.polygons.map((rings) => L.polygon(rings.map(latlngs), look)),
        ...feature.lines.map((line) => L.polyline(latlngs(line), { ...look, fill: false })),
        ...latlngs(feature.points).map((at) => L.circleMarker(at, { ...look, radius: 4 })),
      ];
      for (const part of parts) group.addLayer(quiet ? part : part.on("click", show));
      feature.polygons.forEach((rings, n) => faces.push({ polygon: parts[n], rings: rings.map(latlngs), show }));
    }
    if (quiet) pane.style.pointerEvents = "none";
    return { group, faces };
  }

  function tellWrong(words) {
    wrong.textContent = words;
    wrong.hidden = words === "";
    if (words !== "") say(words);
  }

  function remove(layer) {
    layer.group.remove();
    layer.row.remove();
    layer.sign.remove();
    layers.splice(layers.indexOf(layer), 1);
    note.hidden = layers.length === 0;
    redraw();
    button.focus();
  }

  function add(name, content) {
    const layer = { name, vertices: content.vertices, ...drawn(content, name) };
    const tick = element("input", { type: "checkbox", checked: "" });
    tick.addEventListener("change", () => {
      if (tick.checked) layer.group.addTo(map);
      else layer.group.remove();
      layer.sign.hidden = !tick.checked;
    });
    const off = element("button", { type: "button", class: "off", "data-label": "移去", onclick: () => remove(layer) }, "×");
    layer.row = element("li", {}, element("label", { title: name }, tick, element("span", {}, name)), off);
    list.append(layer.row);
    // In the legend it is on paper and in a picture too.
    layer.sign = element("li", {}, element("i", { class: "line own" }), element("span", {}, element("span", { "data-t": "" }, "对照图层"), ` ${name}`));
    document.querySelector(".legend ul")?.append(ftzGeo.words.translate(layer.sign));
    ftzGeo.words.translate(layer.row);
    layers.push(layer);
    note.hidden = false;
    layer.group.addTo(map);
    map.fitBounds(layer.group.getBounds(), { padding: [60, 60], maxZoom: 17, animate: false });
    say(`${t("对照图层")} ${name}`);
  }

  async function take(files) {
    tellWrong("");
    for (const file of files) {
      try {
        // The size is told before a byte is read.
        if (file.size > own.MOST_BYTES) throw new own.Refused("文件超过 20 MB，不予读取。");
        const room = own.MOST_VERTICES - layers.reduce((sum, { vertices }) => sum + vertices, 0);
        add(file.name, own.read(await file.arrayBuffer(), room));
      } catch (error) {
        tellWrong(`${file.name}：${error instanceof own.Refused ? t(error.message) + error.about : t("文件读不出来。")}`);
      }
    }
  }

  function relabel() {
    button.textContent = `＋ ${t("对照图层")}`;
    panel.setAttribute("aria-label", t("对照图层"));
    note.textContent = t("按 WGS 84（CGCS2000）显示，不作换算；GCJ-02 等偏移坐标看不出来，也不纠正。文件不离开本机。");
    ftzGeo.words.translate(list);
    redraw(); // no name lies under the panel
  }

  picker.addEventListener("change", () => take([...picker.files]).then(() => { picker.value = ""; }));
  const hasFiles = ({ dataTransfer }) => dataTransfer?.types.includes("Files");
  document.addEventListener("dragover", (event) => { if (hasFiles(event)) event.preventDefault(); });
  document.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault(); // else the browser would leave the page for the file
    take([...event.dataTransfer.files]);
  });
  // Inside an outline a click is the block's beneath it; where there is none, it is the own layer's.
  map.on("click", (event) => {
    const shown = layers.filter(({ group }) => map.hasLayer(group)).flatMap(({ faces }) => faces);
    shown.find((face) => contains(face, event.latlng))?.show(event);
  });
  L.DomEvent.disableClickPropagation(panel);
  L.DomEvent.disableScrollPropagation(panel);
  const control = new L.Control({ position: "topleft" });
  control.onAdd = () => panel;
  control.addTo(map);
  note.hidden = true;
  onChange(relabel);
  relabel();
})();
