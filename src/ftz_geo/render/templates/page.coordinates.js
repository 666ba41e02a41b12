/* Coordinates in the forms that people write and that the page itself shows, as places. */
"use strict";

ftzGeo.coordinates = (() => {
  const NUMBER = "(\\d+(?:\\.\\d+)?)";
  const MINUTES = `\\s*${NUMBER}\\s*['′](?!['′])(?:\\s*${NUMBER}\\s*(?:"|['′]{2}))?`;
  const FIGURE = new RegExp(`^(?:([NSEWXY])[\\s:=]*)?([-−]?)${NUMBER}(\\s*°(?:${MINUTES})?)?`);
  const APART = /^[\s,;、·/|()]+/;
  const CHINA = { lon: [73, 136], lat: [3, 54] };
  const NORTH = [300e3, 6000e3]; // metres from the equator: latitudes 3° to 54°
  const EAST = [100e3, 900e3]; // with 500 km added, to either side of a zone's meridian

  const within = (value, [least, most]) => value >= least && value <= most;

  /** Words for signs, and without the names of reference systems. */
  function plain(text) {
    const words = [["东经|经度|LONGITUDE|LON|LNG", "E"], ["北纬|纬度|LATITUDE|LAT", "N"], ["西经", "W"], ["南纬", "S"],
      ["度", "°"], ["分|[‘’]", "'"], ["秒|[“”]", '"']];
    const written = text.replace(/[º˚]/g, "°").normalize("NFKC").toUpperCase()
      .replace(/CGCS\s*2000|WGS[\s-]*84|[36]\s*[°度]\s*(?:带|ZONE)|坐标/g, " ");
    return words.reduce((sum, [word, sign]) => sum.replace(new RegExp(word, "g"), sign), written).trim();
  }

  /** The figures of a text, each with the letter before or behind it; null where there is anything else. */
  function figures(text) {
    const found = [];
    let rest = text.replace(APART, "");
    while (rest !== "") {
      const [all, lead, sign, whole, angle, minutes = "0", seconds = "0"] = FIGURE.exec(rest) ?? [];
      if (all === undefined || Number(minutes) >= 60 || Number(seconds) >= 60) return null;
      rest = rest.slice(all.length);
      const [behind, trail] = (lead ? null : /^\s*([NSEW])/.exec(rest)) ?? [""];
      rest = rest.slice(behind.length);
      if (rest !== "" && !APART.test(rest) && !/^[NSEWXY]/.test(rest)) return null;
      rest = rest.replace(APART, "");
      const letter = lead ?? trail ?? null;
      const value = Number(whole) + Number(minutes) / 60 + Number(seconds) / 3600;
      const negative = (sign !== "") !== (letter === "W" || letter === "S");
      const isRough = !angle && !/[NSEW]/.test(letter) && !whole.includes(".");
      found.push({ letter, value: negative ? -value : value, isRough });
    }
    return found;
  }

  const is = ({ letter }, letters) => letter !== null && letters.includes(letter);

  /** Degrees in the one order that letters or China's extent leave, else in both. */
  function fromDegrees(pair) {
    const orders = [pair, [...pair].reverse()].filter(([lon, lat]) => (
      !is(lon, "NS") && !is(lat, "EW") && Math.abs(lon.value) <= 180 && Math.abs(lat.value) <= 90
    ));
    const near = orders.filter(([lon, lat]) => within(lon.value, CHINA.lon) && within(lat.value, CHINA.lat));
    // Two whole numbers are rather a label.
    const chosen = near.length > 0 || pair.some(({ isRough }) => isRough) ? near : orders;
    return chosen.map(([lon, lat]) => ({ lng: lon.value, lat: lat.value, zone: null }));
  }

  /** Metres of a Gauss-Krüger zone; the easting begins with the zone's number, or the page's own zone is assumed. */
  function fromMetres(pair, own) {
    return [pair, [...pair].reverse()].flatMap(([north, east]) => {
      const number = Math.floor(east.value / 1e6);
      const y = east.value - number * 1e6;
      const width = within(number, [13, 23]) ? 6 : 3; // degrees: the numbers of the two kinds never meet
      const isZone = number === 0 || width === 6 || within(number, [25, 45]);
      if (!within(north.value, NORTH) || !within(y, EAST) || !isZone) return [];
      const zone = { width, number: number || own, assumed: number === 0 };
      const meridian = width === 6 ? 6 * zone.number - 3 : 3 * zone.number;
      const [lng, lat] = ftzGeodesy.fromGaussKrueger(meridian, { x: north.value, y });
      return [{ lng, lat, zone }];
    });
  }

  /** The places that a text may mean, each with the zone that it was told in, null for degrees; `own` is the number of
      the 3-degree zone that stands for one that is not told. */
  function read(text, own) {
    const told = figures(plain(text));
    if (told === null) return [];
    const [lon, lat, x, y] = ["EW", "NS", "X", "Y"].map((letters) => told.find((figure) => is(figure, letters)));
    if (lon && lat) return fromDegrees([lon, lat]);
    const pair = x && y ? [x, y] : told;
    if (pair.length !== 2) return [];
    return pair.every(({ value }) => Math.abs(value) <= 180) ? fromDegrees(pair) : fromMetres(pair, own);
  }

  return { read };
})();
