/* The geometry of a printed sheet: round scales that are true on paper, how many sheets an extent takes, and the
   frame about the map with the metres of its 3-degree zone. Nothing here knows the page. */
"use strict";

ftzGeo.frame = (() => {
  const { svgElement } = ftzGeo.core;

  const PX_PER_MM = 96 / 25.4; // of CSS, on paper too
  const SCALES = [2, 3, 4, 5, 6, 7].flatMap((power) => [1, 2, 2.5, 5].map((n) => n * 10 ** power)).filter((n) => n >= 500);
  const OFFERED_TO = 1e6; // smaller scales are for the map of all zones, which takes them by itself
  const MOST_SHEETS = 12;
  const OVERLAP = 8 * PX_PER_MM; // of neighbouring sheets, so that they can be glued
  const CLEAR = 10 * PX_PER_MM; // between the extent and the frame: names stand around blocks
  const BAND = 6 * PX_PER_MM; // between the two lines of the frame
  const TICK = 1.6 * PX_PER_MM;
  const APART = 20 * PX_PER_MM; // ticks at least, so that their figures have room
  const BAR = 45 * PX_PER_MM; // the scale bar at most
  const FAR = 3; // degrees from the central meridian: beyond, nobody uses the metres of a 3-degree zone

  const ROUND = [1, 2, 5, 10];

  function roundDown(value) {
    const power = 10 ** Math.floor(Math.log10(value));
    return Math.max(...ROUND.map((n) => n * power).filter((n) => n <= value * (1 + 1e-9)));
  }

  function roundUp(value) {
    const power = 10 ** Math.floor(Math.log10(value));
    return Math.min(...ROUND.map((n) => n * power).filter((n) => n >= value * (1 - 1e-9)));
  }

  const lonlat = ({ lat, lng }) => [lng, lat];

  /** Metres on the ground that a pixel of zoom 0 stands for about a place. The map is drawn on a sphere and the ground
      is an ellipsoid, so that this differs by up to 0.4 % with the direction: the mean of both. */
  function groundPerPixel(map, centre) {
    const ZOOM = 12;
    const middle = map.project(centre, ZOOM);
    const across = (step) => ftzGeodesy.distance(
      ...[middle.subtract(step), middle.add(step)].map((point) => lonlat(map.unproject(point, ZOOM))),
    ) / 2;
    return Math.sqrt(across(L.point(1, 0)) * across(L.point(0, 1))) * 2 ** ZOOM;
  }

  /** The zoom at which a millimetre of paper stands for so many millimetres of ground about a place. */
  function zoomOf(map, centre, scale) {
    return Math.log2((groundPerPixel(map, centre) * PX_PER_MM * 1000) / scale);
  }

  function centreOf(map, bounds) {
    const [a, b] = [bounds.getNorthWest(), bounds.getSouthEast()].map((place) => map.project(place, 0));
    return map.unproject(a.add(b).divideBy(2), 0);
  }

  /** The sheets that an extent takes at a scale, from north to south and west to east, as parts of the map; of those
      that `wanted` refuses, there is none. */
  function layOut(map, bounds, size, scale, wanted = () => true) {
    const centre = centreOf(map, bounds);
    const zoom = zoomOf(map, centre, scale);
    const [first, last] = [bounds.getNorthWest(), bounds.getSouthEast()].map((place) => map.project(place, zoom));
    const extent = last.subtract(first).add([2 * CLEAR, 2 * CLEAR]);
    const step = size.subtract([OVERLAP, OVERLAP]);
    const [columns, rows] = ["x", "y"].map((axis) => Math.max(1, Math.ceil((extent[axis] - OVERLAP) / step[axis] - 1e-6)));
    if (columns * rows > 20 * MOST_SHEETS) return { scale, zoom, sheets: null };
    const middle = map.project(centre, zoom);
    const sheets = [];
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const at = middle.add([(column - (columns - 1) / 2) * step.x, (row - (rows - 1) / 2) * step.y]);
        const corners = [at.subtract(size.divideBy(2)), at.add(size.divideBy(2))];
        const part = L.latLngBounds(corners.map((corner) => map.unproject(corner, zoom)));
        if (wanted(part)) sheets.push({ centre: map.unproject(at, zoom), bounds: part, column, row });
      }
    }
    return { scale, zoom, sheets };
  }

  /** The largest round scale at which an extent takes no more than so many sheets. */
  function fit(map, bounds, size, most, wanted) {
    const plans = SCALES.map((scale) => () => layOut(map, bounds, size, scale, wanted));
    for (const plan of plans) {
      const found = plan();
      if (found.sheets && found.sheets.length <= most) return found;
    }
    return plans[plans.length - 1]();
  }

  /** Whether a scale that is true in the middle of a map is more than half a percent off at its rim. */
  function isUneven(bounds) {
    const [north, south] = [bounds.getNorth(), bounds.getSouth()].map((lat) => Math.cos((lat * Math.PI) / 180));
    return Math.max(north, south) / Math.min(north, south) > 1.01;
  }

  /* ---------- the frame ---------- */

  /** Where a value that changes along a side is a multiple of a step: each such value, and its share of the side. */
  function crossings(at, step) {
    const [first, last] = [at(0), at(1)];
    const [low, high] = [Math.min(first, last), Math.max(first, last)];
    const found = [];
    for (let n = Math.ceil(low / step); n * step <= high; n++) {
      // Nearly a straight line, so that a few steps along its slope are exact.
      let share = 0.5;
      for (let i = 0; i < 8; i++) share += (n * step - at(share)) / (last - first);
      found.push([n * step, share]);
    }
    return found;
  }

  /** Degrees, minutes and seconds, these with so many decimals. */
  function degrees(value, [plus, minus], decimals) {
    const units = Math.round(Math.abs(value) * 3600 * 10 ** decimals);
    const minute = 60 * 10 ** decimals;
    const two = (amount) => String(amount).padStart(2, "0");
    const [whole, fraction] = ((units % minute) / 10 ** decimals).toFixed(decimals).split(".");
    const seconds = fraction ? `${two(whole)}.${fraction}` : two(whole);
    return `${Math.floor(units / minute / 60)}°${two(Math.floor(units / minute) % 60)}′${seconds}″${value < 0 ? minus : plus}`;
  }

  /** The four sides as they run, and where their writing stands. */
  function sidesOf({ x: width, y: height }) {
    return [
      { key: "top", from: [0, 0], to: [width, 0], out: [0, -1], isAcross: true },
      { key: "bottom", from: [0, height], to: [width, height], out: [0, 1], isAcross: true },
      { key: "left", from: [0, height], to: [0, 0], out: [-1, 0], isAcross: false },
      { key: "right", from: [width, height], to: [width, 0], out: [1, 0], isAcross: false },
    ];
  }

  const along = ({ from, to }, share) => [0, 1].map((i) => from[i] + (to[i] - from[i]) * share);

  function write(svg, text, [x, y], { isAcross }, attributes) {
    const turn = isAcross ? "" : `rotate(-90 ${x.toFixed(2)} ${y.toFixed(2)})`;
    svgElement("text", { x: x.toFixed(2), y: y.toFixed(2), transform: turn, ...attributes }, svg).textContent = text;
  }

  /** Ticks along a side where the metres of the zone are round, each with its kilometres. */
  function ticks(svg, side, step, valueAt, told) {
    const length = Math.hypot(...[0, 1].map((i) => side.to[i] - side.from[i]));
    for (const [value, share] of crossings(valueAt, step)) {
      const [x, y] = along(side, share);
      const [dx, dy] = side.out;
      svgElement("path", {
        class: "tick", "data-side": side.key, "data-metres": value,
        d: `M${x.toFixed(2)} ${y.toFixed(2)}l${(dx * TICK).toFixed(2)} ${(dy * TICK).toFixed(2)}`,
      }, svg);
      // The corners are taken by their degrees.
      if (share * length < APART * 1.4 || (1 - share) * length < APART * 1.4) continue;
      const away = (BAND + TICK) / 2;
      write(svg, told(value), [x + dx * away, y + dy * away], side, { class: "metres" });
    }
  }

  /** The frame of a map that is set up: two lines, ticks, and at the corners degrees. Gives the zone whose metres the
      ticks tell; null where the map reaches too far for any, or stands for no place at all. */
  function draw(parent, map, size, scale) {
    const svg = svgElement("svg", {
      class: "frame", width: size.x + 2 * BAND, height: size.y + 2 * BAND, viewBox: [-BAND, -BAND, size.x + 2 * BAND, size.y + 2 * BAND].join(" "),
    }, parent);
    svgElement("rect", { class: "inner", width: size.x, height: size.y }, svg);
    svgElement("rect", { class: "outer", x: 0.75 - BAND, y: 0.75 - BAND, width: size.x + 2 * BAND - 1.5, height: size.y + 2 * BAND - 1.5 }, svg);
    if (scale === null) return null;
    const placeAt = (side, share) => map.containerPointToLatLng(along(side, share));
    const sides = sidesOf(size);
    const decimals = scale >= 20000 ? 0 : scale >= 2000 ? 1 : 2;
    for (const side of sides) {
      for (const share of [0, 1]) {
        const place = placeAt(side, share);
        const words = side.isAcross ? degrees(place.lng, "EW", decimals) : degrees(place.lat, "NS", decimals);
        const at = along(side, share).map((value, i) => value + (side.out[i] * BAND) / 2);
        write(svg, words, at, side, { class: "degrees", "text-anchor": share === 0 ? "start" : "end" });
      }
    }
    const { zone } = ftzGeodesy.gaussKrueger(lonlat(map.containerPointToLatLng(size.divideBy(2))));
    const corners = sides.flatMap((side) => [placeAt(side, 0), placeAt(side, 1)]);
    if (corners.some(({ lng }) => Math.abs(lng - 3 * zone) > FAR)) return null;
    const step = roundUp((APART / PX_PER_MM / 1000) * scale);
    const digits = Math.max(0, 3 - Math.floor(Math.log10(step) + 1e-9));
    for (const side of sides) {
      const metres = (share) => ftzGeodesy.gaussKrueger(lonlat(placeAt(side, share)), zone);
      const told = (value) => (value / 1000).toFixed(digits);
      if (side.isAcross) ticks(svg, side, step, (share) => metres(share).y, (y) => `${zone}${told(y).padStart(digits > 0 ? digits + 4 : 3, "0")}`);
      else ticks(svg, side, step, (share) => metres(share).x, told);
    }
    return zone;
  }

  /** A scale bar of a round length, in two halves. */
  function bar(parent, scale) {
    const metres = roundDown((BAR / PX_PER_MM / 1000) * scale);
    const length = (metres * 1000 * PX_PER_MM) / scale;
    const svg = svgElement("svg", { class: "bar", width: length + 60, height: 24, viewBox: `-20 0 ${length + 60} 24` }, parent);
    svgElement("rect", { class: "length", x: 0, y: 15, width: length, height: 5 }, svg);
    svgElement("rect", { class: "half", x: 0, y: 15, width: length / 2, height: 5 }, svg);
    const unit = metres >= 1000 ? [1000, "km"] : [1, "m"];
    [0, 0.5, 1].forEach((share) => {
      const words = `${Number(((metres * share) / unit[0]).toPrecision(6))}${share === 1 ? ` ${unit[1]}` : ""}`;
      svgElement("text", { x: length * share, y: 11, "text-anchor": "middle" }, svg).textContent = words;
    });
  }

  /** How the sheets lie beside each other, this one filled. */
  function key(parent, sheets, current, size) {
    const [columns, rows] = ["column", "row"].map((axis) => Math.max(...sheets.map((sheet) => sheet[axis])) + 1);
    const [width, height] = [size.x, size.y].map((side) => (side * 26) / Math.max(size.x, size.y));
    const svg = svgElement("svg", { width: columns * width + 2, height: rows * height + 2, viewBox: `-1 -1 ${columns * width + 2} ${rows * height + 2}` }, parent);
    sheets.forEach((sheet, n) => {
      const [x, y] = [sheet.column * width, sheet.row * height];
      svgElement("rect", { x, y, width, height, class: sheet === current ? "here" : "there" }, svg);
      svgElement("text", { x: x + width / 2, y: y + height / 2, "text-anchor": "middle", "dominant-baseline": "central", class: sheet === current ? "here" : "there" }, svg).textContent = n + 1;
    });
  }

  return { PX_PER_MM, BAND, MOST_SHEETS, SCALES: SCALES.filter((n) => n <= OFFERED_TO), layOut, fit, isUneven, draw, bar, key };
})();
