/* Metres in the page: areas and distances on the CGCS2000 ellipsoid, coordinates of its 3-degree Gauss-Krüger
   zones, and the shift of Chinese web maps. All functions take longitude and latitude in degrees, as [lon, lat];
   none changes what it is given. The package's Python gives the same figures (ftz_geo.measure). */
"use strict";

const ftzGeodesy = (() => {
  const A = 6378137; // CGCS2000, GB/T 22021
  const F = 1 / 298.257222101;
  const B = A * (1 - F);
  const E2 = F * (2 - F);
  const N = F / (2 - F);

  const radians = (angle) => (angle * Math.PI) / 180;
  const degrees = (angle) => (angle * 180) / Math.PI;

  /* ---------- area ---------- */

  // A, -B, C, -D, E of 国土调查办发〔2008〕32号, appendix on areas of any polygon.
  const STRIP = [
    1 + (3 / 6) * E2 + (30 / 80) * E2 ** 2 + (35 / 112) * E2 ** 3 + (630 / 2304) * E2 ** 4,
    -((1 / 6) * E2 + (15 / 80) * E2 ** 2 + (21 / 112) * E2 ** 3 + (420 / 2304) * E2 ** 4),
    (3 / 80) * E2 ** 2 + (7 / 112) * E2 ** 3 + (180 / 2304) * E2 ** 4,
    -((1 / 112) * E2 ** 3 + (45 / 2304) * E2 ** 4),
    (5 / 2304) * E2 ** 4,
  ];

  /** Signed area between an edge and the meridian of longitude `origin`. */
  function strip([lon1, lat1], [lon2, lat2], origin) {
    const width = radians((lon1 + lon2) / 2 - origin);
    const [half, middle] = [radians((lat2 - lat1) / 2), radians((lat1 + lat2) / 2)];
    const series = STRIP.reduce(
      (sum, factor, i) => sum + factor * Math.sin((2 * i + 1) * half) * Math.cos((2 * i + 1) * middle), 0,
    );
    return 2 * B ** 2 * width * series;
  }

  function ringArea(ring) {
    return Math.abs(
      ring.reduce((sum, vertex, i) => sum + strip(vertex, ring[(i + 1) % ring.length], ring[0][0]), 0),
    );
  }

  /** Square metres of polygons, each a shell and its holes, whichever way these are wound; edges are straight in
      longitude and latitude (RFC 7946). A ring's first vertex need not be repeated. */
  function area(polygons) {
    return polygons.reduce(
      (sum, [shell, ...holes]) => sum + ringArea(shell) - holes.reduce((all, hole) => all + ringArea(hole), 0), 0,
    );
  }

  /* ---------- distance ---------- */

  /** Metres between two places along the geodesic: T. Vincenty, Survey Review 23 (1975). Not for antipodes. */
  function distance([lon1, lat1], [lon2, lat2]) {
    const reduced = (lat) => Math.atan((1 - F) * Math.tan(radians(lat)));
    const [u1, u2, apart] = [reduced(lat1), reduced(lat2), radians(lon2 - lon1)];
    const [sin1, cos1, sin2, cos2] = [Math.sin(u1), Math.cos(u1), Math.sin(u2), Math.cos(u2)];
    let [lambda, arc, before] = [apart, null, null];
    for (let i = 0; i < 100 && (before === null || Math.abs(lambda - before) > 1e-13); i++) {
      const across = cos2 * Math.sin(lambda);
      const along = cos1 * sin2 - sin1 * cos2 * Math.cos(lambda);
      const [sinArc, cosArc] = [Math.hypot(across, along), sin1 * sin2 + cos1 * cos2 * Math.cos(lambda)];
      if (sinArc === 0) return 0;
      const sinAzimuth = (cos1 * cos2 * Math.sin(lambda)) / sinArc;
      const cos2Azimuth = 1 - sinAzimuth ** 2;
      const middle = cos2Azimuth === 0 ? 0 : cosArc - (2 * sin1 * sin2) / cos2Azimuth;
      arc = { sinArc, cosArc, angle: Math.atan2(sinArc, cosArc), cos2Azimuth, middle };
      const c = (F / 16) * cos2Azimuth * (4 + F * (4 - 3 * cos2Azimuth));
      const drift = middle + c * cosArc * (2 * middle ** 2 - 1);
      before = lambda;
      lambda = apart + (1 - c) * F * sinAzimuth * (arc.angle + c * sinArc * drift);
    }
    const { sinArc, cosArc, angle, cos2Azimuth, middle } = arc;
    const k = (cos2Azimuth * (A ** 2 - B ** 2)) / B ** 2;
    const scale = 1 + (k / 16384) * (4096 + k * (-768 + k * (320 - 175 * k)));
    const b = (k / 1024) * (256 + k * (-128 + k * (74 - 47 * k)));
    const inner = (b / 6) * middle * (4 * sinArc ** 2 - 3) * (4 * middle ** 2 - 3);
    const less = b * sinArc * (middle + (b / 4) * (cosArc * (2 * middle ** 2 - 1) - inner));
    return B * scale * (angle - less);
  }

  /** Metres along a line of places. */
  function length(line) {
    return line.slice(1).reduce((sum, place, i) => sum + distance(line[i], place), 0);
  }

  /* ---------- Gauss-Krüger ---------- */

  // C. F. F. Karney, Transverse Mercator with an accuracy of a few nanometers, J. Geodesy 85 (2011), eq. 35; to the
  // fourth order, which is good to a micrometre within a zone.
  const KRUEGER = [
    N / 2 - (2 / 3) * N ** 2 + (5 / 16) * N ** 3 + (41 / 180) * N ** 4,
    (13 / 48) * N ** 2 - (3 / 5) * N ** 3 + (557 / 1440) * N ** 4,
    (61 / 240) * N ** 3 - (103 / 140) * N ** 4,
    (49561 / 161280) * N ** 4,
  ];
  // Eq. 36 there, the way back.
  const KRUEGER_BACK = [
    N / 2 - (2 / 3) * N ** 2 + (37 / 96) * N ** 3 - (1 / 360) * N ** 4,
    (1 / 48) * N ** 2 + (1 / 15) * N ** 3 - (437 / 1440) * N ** 4,
    (17 / 480) * N ** 3 - (37 / 840) * N ** 4,
    (4397 / 161280) * N ** 4,
  ];
  const RECTIFYING_M = (A / (1 + N)) * (1 + N ** 2 / 4 + N ** 4 / 64);

  /** The tangent of the conformal latitude, from that of the latitude. */
  function conformal(tau) {
    const e = Math.sqrt(E2);
    const sigma = Math.sinh(e * Math.atanh((e * tau) / Math.hypot(1, tau)));
    return tau * Math.hypot(1, sigma) - sigma * Math.hypot(1, tau);
  }

  /** A place in a 3-degree zone, its own if none is given: the zone's number, metres to the north (X) and to the
      east (Y); the easting without the number has 500 km added to it, so that 39 and 511493.964 are written
      39511493.964. */
  function gaussKrueger([lon, lat], zone = Math.floor((lon + 1.5) / 3)) {
    const lambda = radians(lon - 3 * zone);
    const upright = conformal(Math.tan(radians(lat)));
    const xi = Math.atan2(upright, Math.cos(lambda));
    const eta = Math.asinh(Math.sin(lambda) / Math.hypot(upright, Math.cos(lambda)));
    let [north, east] = [xi, eta];
    KRUEGER.forEach((factor, i) => {
      const j = 2 * (i + 1);
      north += factor * Math.sin(j * xi) * Math.cosh(j * eta);
      east += factor * Math.cos(j * xi) * Math.sinh(j * eta);
    });
    return { zone, x: RECTIFYING_M * north, y: 500000 + RECTIFYING_M * east };
  }

  /** The place that lies so many metres to the north (X) and to the east (Y, with its 500 km and without the number
      of a zone) about a meridian. */
  function fromGaussKrueger(meridian, { x, y }) {
    const [xi, eta] = [x / RECTIFYING_M, (y - 500000) / RECTIFYING_M];
    let [north, east] = [xi, eta];
    KRUEGER_BACK.forEach((factor, i) => {
      const j = 2 * (i + 1);
      north -= factor * Math.sin(j * xi) * Math.cosh(j * eta);
      east -= factor * Math.cos(j * xi) * Math.sinh(j * eta);
    });
    const goal = Math.sin(north) / Math.hypot(Math.sinh(east), Math.cos(north));
    let tau = goal / (1 - E2);
    for (let i = 0; i < 4; i++) { // Newton's method, which doubles the digits at every step
      const there = conformal(tau);
      const slope = ((1 - E2) * Math.hypot(1, tau) * Math.hypot(1, there)) / (1 + (1 - E2) * tau ** 2);
      tau += (goal - there) / slope;
    }
    return [meridian + degrees(Math.atan2(Math.sinh(east), Math.cos(north))), degrees(Math.atan(tau))];
  }

  /* ---------- GCJ-02 ---------- */

  /** A place as web maps in GCJ-02 show it; for display only, never to measure or to store. The formulas are not
      published: these are the ones found by comparing maps, on the Krasovsky 1940 ellipsoid with an e² of their own. */
  function gcj02([lon, lat]) {
    const [x, y, root] = [lon - 105, lat - 35, Math.sqrt(Math.abs(lon - 105))];
    const wave = (height, frequency, of) => (height * 2 * Math.sin(frequency * Math.PI * of)) / 3;
    const both = wave(20, 6, x) + wave(20, 2, x);
    const east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + both + wave(20, 1, x)
      + wave(40, 1 / 3, x) + wave(150, 1 / 12, x) + wave(300, 1 / 30, x);
    const north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + both + wave(20, 1, y)
      + wave(40, 1 / 3, y) + wave(160, 1 / 12, y) + wave(320, 1 / 30, y);
    const [a, e2, phi] = [6378245, 0.006693421622965943, radians(lat)];
    const w2 = 1 - e2 * Math.sin(phi) ** 2;
    const perDegree = [(a / Math.sqrt(w2)) * Math.cos(phi), (a * (1 - e2)) / w2 ** 1.5].map(radians);
    return [lon + east / perDegree[0], lat + north / perDegree[1]];
  }

  return Object.freeze({ area, distance, length, gaussKrueger, fromGaussKrueger, gcj02 });
})();
