// Draws two versions of a set of blocks and ties the list of changes to them. Words are only ever set as text.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const style = getComputedStyle(document.documentElement);
  const colour = (state) => style.getPropertyValue(`--${state}`).trim();
  const map = L.map("map", { zoomSnap: 0.25, attributionControl: false });
  L.control.scale({ imperial: false }).addTo(map);
  const layers = { old: L.featureGroup(), new: L.featureGroup() };
  const byChange = new Map();

  const card = (shape) => {
    const box = document.createElement("div");
    const add = (tag, text) => {
      box.appendChild(document.createElement(tag)).textContent = text;
    };
    add("h2", shape.title);
    add("p", `${shape.version === "old" ? "旧版" : "新版"}：${data.states[shape.state]}${shape.sketched ? "（示意）" : ""}`);
    for (const i of shape.changes) add("p", data.changes[i]);
    return box;
  };

  const looks = (shape) => {
    const gone = shape.state === "gone";
    const kept = shape.version === "old" && !gone;
    return {
      color: kept || gone ? colour("gone") : colour(shape.state),
      weight: kept ? 1 : 2,
      dashArray: kept || gone || shape.sketched ? "5 4" : null,
      fill: !kept,
      fillOpacity: shape.state === "same" ? 0.06 : 0.16,
    };
  };

  /** Tells whoever comes here by the tab key what enter opens. */
  const name = (path, title) => {
    path.setAttribute("role", "button");
    path.setAttribute("aria-label", title);
  };

  for (const shape of data.shapes) {
    const layer = L.geoJSON(shape.geometry, { style: looks(shape) });
    layer.bindPopup(() => card(shape), { maxWidth: 320 });
    const label = document.createElement("span");
    const named = shape.changes.length > 0 && (shape.version === "new" || shape.state === "gone");
    label.textContent = named ? shape.label : shape.title;
    layer.bindTooltip(label, named ? { permanent: true, direction: "center", className: "label" } : { sticky: true });
    for (const path of layer.getLayers()) path.on("add", () => name(path.getElement(), shape.title));
    layer.addTo(layers[shape.version]);
    for (const i of shape.changes) byChange.set(i, [...(byChange.get(i) || []), layer]);
  }
  const strips = data.strips.map((strip) =>
    L.geoJSON(strip.geometry, {
      interactive: false,
      style: { stroke: false, fillColor: colour(strip.kind), fillOpacity: 0.5 },
    }),
  );
  layers.new.addTo(map);
  const only = L.layerGroup(strips).addTo(map);
  layers.old.addTo(map);
  const titles = { 新版: layers.new, 旧版: layers.old };
  if (strips.length) titles["只在一版之内的地"] = only;
  L.control.layers(null, titles, { collapsed: false }).addTo(map);

  const changed = [...byChange.values()].flat();
  const extent = L.featureGroup(changed.length ? changed : [layers.old, layers.new]).getBounds();
  const show = () => {
    map.invalidateSize({ animate: false });
    if (extent.isValid()) map.fitBounds(extent, { padding: [30, 30], animate: false });
    else map.setView([39, 117], 9);
  };
  show();
  // The browser lays the sheet out after beforeprint: the map is given its size on paper here.
  const box = document.getElementById("map");
  window.addEventListener("beforeprint", () => {
    Object.assign(box.style, { width: "181mm", height: "149mm" });
    show();
  });
  window.addEventListener("afterprint", () => {
    Object.assign(box.style, { width: "", height: "" });
    show();
  });

  for (const button of document.querySelectorAll("button[data-change]")) {
    button.addEventListener("click", () => {
      const found = byChange.get(Number(button.dataset.change));
      if (!found) return;
      map.fitBounds(L.featureGroup(found).getBounds(), { padding: [80, 80], maxZoom: 15, animate: false });
      found[found.length - 1].openPopup();
    });
  }
})();
