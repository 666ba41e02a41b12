/* The quiet background: named lines of a reference map, put into the page when it was written. */
"use strict";

ftzGeo.basemap = (() => {
  const { places } = ftzGeo.core;

  const LOOKS = {
    road: { color: "#ddd5c4", weight: 2.5 },
    rail: { color: "#b5ad9f", weight: 1.5, dashArray: "7 4" },
    water: { color: "#b3cbd8", weight: 2.5, fillColor: "#dbe8ee" },
    boundary: { color: "#c3b3c6", weight: 1.2, dashArray: "9 3 2 3" },
  };

  /** Draws the background into its layer, on a canvas below all else; gives its lines with their names. */
  function start(map, layer, { features, units_per_degree: units }) {
    const pane = map.createPane("basemap");
    pane.style.zIndex = 300;
    pane.style.pointerEvents = "none";
    const renderer = L.canvas({ pane: "basemap", padding: 0.5 });
    return features.flatMap(({ name, kind, area, parts }) => {
      const lines = parts.map((packed) => places(packed, units).map(([lat, lng]) => L.latLng(lat, lng)));
      const look = { ...LOOKS[kind], renderer, pane: "basemap", interactive: false };
      layer.addLayer(area ? L.polygon(lines, { ...look, weight: 1, fillOpacity: 1 }) : L.polyline(lines, look));
      return lines.map((lonlats) => ({ name, kind, area, lonlats }));
    });
  }

  return { start };
})();
