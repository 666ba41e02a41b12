/* What lies around the blocks: base maps, the graticule, and coordinates under the pointer. */
"use strict";

ftzGeo.sheet = (() => {
  const { FRAMED, svgElement, canvas, view, element } = ftzGeo.core;
  const { t, onChange } = ftzGeo.words;

  /* ---------- base maps ---------- */

  const OSM = "https://tile.openstreetmap.org/{z}/{x}/{y}.png";
  const GAODE = "https://webrd0{s}.is.autonavi.com/appmaptile?lang=zh_cn&size=1&scale=1&style=8&x={x}&y={y}&z={z}";
  const TIANDITU = "https://t{s}.tianditu.gov.cn/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0"
    + "&LAYER={layer}&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk={tk}";

  let tiandituAnswer = null;

  /** The reader's own Tianditu key: asked for when the layer is first switched on, kept nowhere. */
  function tiandituKey() {
    if (tiandituAnswer === null) tiandituAnswer = window.prompt(t("请输入天地图密钥（tk）")) || "";
    return encodeURIComponent(tiandituAnswer);
  }

  /** Web Mercator of places as GCJ-02 has them: under it, a map of WGS 84 fits tiles in GCJ-02. What is drawn is
      shifted on the screen only; places stay what they are, for the graticule and the pointer too. */
  function shiftedCrs() {
    const { SphericalMercator } = L.Projection;
    const shifted = ({ lat, lng }) => {
      const [lon, north] = ftzGeodesy.gcj02([lng, lat]);
      return L.latLng(north, lon);
    };
    const projection = L.extend({}, SphericalMercator, {
      project: (place) => SphericalMercator.project(shifted(place)),
      unproject: (point) => {
        const goal = SphericalMercator.unproject(point);
        let place = goal;
        for (let i = 0; i < 4; i++) {
          const there = shifted(place);
          place = L.latLng(place.lat + goal.lat - there.lat, place.lng + goal.lng - there.lng);
        }
        return place;
      },
    });
    return L.extend({}, L.CRS.EPSG3857, { projection });
  }

  /** Base maps by their names: the paper, which needs nothing, and those that the reader may ask the network for. */
  function baseMaps(map, key) {
    tiandituAnswer = key ?? null;
    const tianditu = (layer) => L.tileLayer(TIANDITU, {
      layer, subdomains: "01234567", attribution: "天地图", tk: tiandituKey, maxZoom: 19, maxNativeZoom: 18,
    });
    const maps = {
      "纸面（离线）": L.layerGroup().addTo(map),
      "天地图（联网，需密钥）": L.layerGroup([tianditu("vec"), tianditu("cva")]),
      "高德（联网，图形按 GCJ-02 显示）": L.tileLayer(GAODE, {
        subdomains: "1234", attribution: "© 高德地图", maxZoom: 19, maxNativeZoom: 18,
      }),
      "OpenStreetMap（联网）": L.tileLayer(OSM, { attribution: "© OpenStreetMap contributors", maxZoom: 19 }),
    };
    if (FRAMED && !key) delete maps["天地图（联网，需密钥）"];
    const [plain, shifted] = [map.options.crs, shiftedCrs()];
    map.on("baselayerchange", ({ layer }) => {
      const crs = layer === maps["高德（联网，图形按 GCJ-02 显示）"] ? shifted : plain;
      if (crs === map.options.crs) return;
      const [centre, zoom] = [map.getCenter(), map.getZoom()];
      map.options.crs = crs;
      map.setView(centre, zoom, { reset: true, animate: false });
    });
    return maps;
  }

  /* ---------- graticule ---------- */

  const CONTROLS = [56, 186]; // the corner that the tools cover
  const FOOT = 66; // and the readout with the scale
  const MINUTES = [0.25, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600];

  function degrees(minutes) {
    const whole = Math.floor(minutes / 60);
    const rest = minutes - whole * 60;
    const seconds = Math.round((rest % 1) * 60);
    return `${whole}°${String(Math.floor(rest)).padStart(2, "0")}′${seconds ? `${String(seconds).padStart(2, "0")}″` : ""}`;
  }

  /** Meridians and parallels over the view, with their degrees along its upper and left rim. */
  function drawGraticule(map, svg, on) {
    svg.replaceChildren();
    if (!on) return;
    const bounds = view(map, 200);
    const rim = view(map);
    const [nw, se] = [map.layerPointToLatLng(bounds.min), map.layerPointToLatLng(bounds.max)];
    const perPixel = ((se.lng - nw.lng) * 60) / (bounds.max.x - bounds.min.x);
    const step = MINUTES.find((m) => m / perPixel >= 110) ?? MINUTES[MINUTES.length - 1];
    for (let m = Math.ceil((nw.lng * 60) / step) * step; m <= se.lng * 60; m += step) {
      const { x } = map.latLngToLayerPoint([nw.lat, m / 60]);
      svgElement("path", { d: `M${x} ${bounds.min.y}V${bounds.max.y}` }, svg);
      if (x < rim.min.x + CONTROLS[0]) continue;
      svgElement("text", { x: x + 4, y: rim.min.y + 14 }, svg).textContent = degrees(m);
    }
    for (let m = Math.ceil((se.lat * 60) / step) * step; m <= nw.lat * 60; m += step) {
      const { y } = map.latLngToLayerPoint([m / 60, nw.lng]);
      svgElement("path", { d: `M${bounds.min.x} ${y}H${bounds.max.x}` }, svg);
      if (y < rim.min.y + CONTROLS[1] || y > rim.max.y - FOOT) continue;
      svgElement("text", { x: rim.min.x + 5, y: y - 4 }, svg).textContent = degrees(m);
    }
  }

  function startGraticule(map, group) {
    const svg = canvas(map, "graticule");
    const redraw = () => drawGraticule(map, svg, map.hasLayer(group));
    map.on("moveend resize overlayadd overlayremove", redraw);
    redraw();
  }

  /* ---------- coordinates ---------- */

  const inDegrees = (value, [plus, minus]) => `${Math.abs(value).toFixed(6)}°${value < 0 ? minus : plus}`;

  /** A place in CGCS2000: longitude and latitude, and metres in its 3-degree zone, X to the north. */
  function placeText({ lat, lng }) {
    const { zone, x, y } = ftzGeodesy.gaussKrueger([lng, lat]);
    const east = `${zone}${y.toFixed(1).padStart(8, "0")}`;
    return `CGCS2000 ${inDegrees(lng, "EW")} ${inDegrees(lat, "NS")} · ${t("3°带")} X ${x.toFixed(1)} Y ${east}`;
  }

  /** The place under the pointer, or where there is none, in the middle of the map. */
  function startReadout(map) {
    const Readout = L.Control.extend({
      options: { position: "bottomleft" },
      onAdd: () => element("output", { class: "readout leaflet-control" }),
    });
    const control = new Readout().addTo(map);
    let shown = null;
    const show = (place) => {
      shown = place.wrap();
      control.getContainer().textContent = placeText(shown);
    };
    map.on("mousemove", ({ latlng }) => show(latlng));
    map.on("moveend", () => show(map.getCenter()));
    show(map.getCenter());
    onChange(() => show(shown));
  }

  /** What every map has: how far it zooms, the buttons for that, a scale, the readout. */
  function startMap(map) {
    map.setMaxZoom(19);
    map.setMinZoom(4);
    map.attributionControl.setPrefix("Leaflet");
    const zoom = L.control.zoom().addTo(map);
    onChange(() => [["in", "放大"], ["out", "缩小"]].forEach(([way, word]) => {
      const button = zoom.getContainer().querySelector(`.leaflet-control-zoom-${way}`);
      button.title = t(word);
      button.setAttribute("aria-label", t(word));
    }));
    L.control.scale({ imperial: false, maxWidth: 140 }).addTo(map);
    startReadout(map);
  }

  return { baseMaps, placeText, startGraticule, startMap };
})();
