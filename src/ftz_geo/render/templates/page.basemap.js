/* The quiet background: named lines of a reference map, put into the page when it was written. */
"use strict";

ftzGeo.basemap = (() => {
  const { unpack } = ftzGeo.core;

  const LOOKS = {
    road: { color: "#ddd5c4", weight: 2.5 },
    rail: { color: "#b5ad9f", weight: 1.5, dashArray: "7 4" },
    water: { color: "#b3cbd8", weight: 2.5, fillColor: "#dbe8ee" },
    boundary: { color: "#c3b3c6", weight: 1.2, dashArray: "9 3 2 3" },
  };

  /** A part of a feature as [latitude, longitude], from its steps on the grid. */
  function places(packed, units) {
    const steps = unpack(packed);
    const found = [];
    let [x, y] = [0, 0];
    for (let i = 0; i < steps.length; i += 2) {
      x += steps[i];
      y += steps[i + 1];
      found.push(L.latLng(y / units, x / units));
    }
    return found;
  }

  /** Draws the background into its layer, on a canvas below all else; gives its lines with their names. */
  function start(map, layer, { features, units_per_degree: units }) {
    const pane = map.createPane("basemap");
    pane.style.zIndex = 300;
    pane.style.pointerEvents = "none";
    const renderer = L.canvas({ pane: "basemap", padding: 0.5 });
    return features.flatMap(({ name, kind, area, parts }) => {
      const lines = parts.map((packed) => places(packed, units));
      const look = { ...LOOKS[kind], renderer, pane: "basemap", interactive: false };
      layer.addLayer(area ? L.polygon(lines, { ...look, weight: 1, fillOpacity: 1 }) : L.polyline(lines, look));
      return lines.map((lonlats) => ({ name, lonlats }));
    });
  }

  return { start };
})();
