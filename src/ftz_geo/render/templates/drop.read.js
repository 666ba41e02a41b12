/* Files that a reader lays over the map: GeoJSON, KML and survey TXT into outlines in degrees. What cannot be understood,
   or would be guessed, is refused with a sentence; nothing is moved from one datum to another. */
"use strict";

ftzGeo.own = (() => {
  const MOST_BYTES = 20 * 1024 * 1024;
  const MOST_VERTICES = 500000; // what a browser still draws without standing still
  const MOST_DEEP = 8; // collections within collections
  const MOST_NAME = 80; // characters

  /** A refusal, in fixed words and what they speak of. */
  class Refused extends Error {
    constructor(word, about = "") {
      super(word);
      this.about = String(about).slice(0, MOST_NAME);
    }
  }

  const named = (value) => String(value ?? "").trim().slice(0, MOST_NAME);

  /** A place in degrees, or a refusal that says what else it looks like. */
  function place([x, y]) {
    if (!Number.isFinite(x) || !Number.isFinite(y)) throw new Refused("坐标不是数字。");
    if (Math.abs(x) <= 180 && Math.abs(y) <= 90) return [x, y];
    if (Math.abs(x) <= 90 && Math.abs(y) <= 180) throw new Refused("纬度写在了经度前面，请对调后再试：", `${x}, ${y}`);
    throw new Refused("坐标不是经纬度，像是投影米制坐标，请先换算为经纬度：", `${x}, ${y}`);
  }

  /* ---------- GeoJSON ---------- */

  const SHAPES = {
    Point: (c) => ({ points: [place(c)] }),
    MultiPoint: (c) => ({ points: c.map(place) }),
    LineString: (c) => ({ lines: [c.map(place)] }),
    MultiLineString: (c) => ({ lines: c.map((line) => line.map(place)) }),
    Polygon: (c) => ({ polygons: faces([c]) }),
    MultiPolygon: (c) => ({ polygons: faces(c) }),
  };

  /** Polygons with a shell; a part without one is none. */
  function faces(parts) {
    return parts.map((rings) => rings.map((ring) => ring.map(place))).filter(([shell]) => shell?.length > 2);
  }

  function geometries(geometry, name, deep = 0) {
    if (geometry === null) return [];
    if (deep > MOST_DEEP) throw new Refused("不认识的图形类型：", geometry.type);
    if (geometry.type === "GeometryCollection") return geometry.geometries.flatMap((one) => geometries(one, name, deep + 1));
    if (!Object.hasOwn(SHAPES, geometry.type)) throw new Refused("不认识的图形类型：", geometry.type);
    return [{ name, points: [], lines: [], polygons: [], ...SHAPES[geometry.type](geometry.coordinates) }];
  }

  function ofGeojson(text) {
    let value = null;
    try {
      value = JSON.parse(text);
    } catch {
      throw new Refused("JSON 残缺，读不出来。");
    }
    const crs = value?.crs?.properties?.name;
    if (crs && !/CRS84|\b(?:4326|4490)$/.test(crs)) throw new Refused("坐标系不是经纬度，请先换算为 WGS 84 或 CGCS2000 经纬度：", crs);
    try {
      const features = value.type === "FeatureCollection" ? value.features : value.type === "Feature" ? [value] : [{ geometry: value }];
      return features.flatMap(({ properties, geometry, id }) => {
        const key = ["name", "Name", "NAME", "名称", "block", "title"].find((one) => properties?.[one]);
        return geometries(geometry ?? null, named(properties?.[key] ?? id));
      });
    } catch (error) {
      throw error instanceof Refused ? error : new Refused("不是 GeoJSON，或其中图形残缺。");
    }
  }

  /* ---------- KML ---------- */

  function ofKml(text) {
    if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) throw new Refused("KML 带有实体声明，不予读取。");
    const page = new DOMParser().parseFromString(text, "application/xml");
    if (page.querySelector("parsererror")) throw new Refused("KML 残缺，读不出来。");
    const all = (root, name) => [...root.getElementsByTagNameNS("*", name)];
    const places = (root) => all(root, "coordinates").slice(0, 1).flatMap((found) => (
      found.textContent.trim().split(/\s+/).filter(Boolean).map((tuple) => place(tuple.split(",").slice(0, 2).map(Number)))
    ));
    const rings = (polygon) => [...all(polygon, "outerBoundaryIs").slice(0, 1), ...all(polygon, "innerBoundaryIs")].map(places);
    return all(page, "Placemark").map((mark) => ({
      name: named([...mark.children].find(({ localName }) => localName === "name")?.textContent),
      points: all(mark, "Point").flatMap(places),
      lines: all(mark, "LineString").map(places),
      polygons: all(mark, "Polygon").map(rings).filter(([shell]) => shell?.length > 2),
    }));
  }

  /* ---------- survey TXT ---------- */

  const BODY = "[地块坐标]"; // before the rows of parcels and points
  const PREFIX_M = 1e6; // an easting's zone stands before its six digits

  /** A pair as it is printed, in degrees; of metres, the larger is Y where it has its zone before it. */
  function surveyed([first, second], zone) {
    if (Math.max(first, second) <= 180) return place(first >= 55 ? [first, second] : [second, first]); // no latitude of China reaches 55
    const prefixed = Math.max(first, second) >= 13 * PREFIX_M;
    const [x, y] = prefixed && first > second ? [second, first] : [first, second];
    const own = prefixed ? Math.floor(y / PREFIX_M) : zone;
    const isZone = (own >= 13 && own <= 23) || (own >= 25 && own <= 45);
    if (!isZone) throw new Refused("东坐标没有带号，文件头也没有写带号，定不了位置：", `${first}, ${second}`);
    if (x < 1e6 || x > 6.5e6) throw new Refused("北坐标不在中国范围：", x);
    return place(ftzGeodesy.place({ zone: own, x, y: y % PREFIX_M }));
  }

  function isClosed(ring) {
    const [first, last] = [ring[0], ring.at(-1)];
    return ring.length > 3 && first[0] === last[0] && first[1] === last[1];
  }

  function ofTxt(text) {
    const at = text.lastIndexOf(BODY);
    const head = new Map(text.slice(0, Math.max(0, at)).split(/\r?\n/).map((line) => line.trim().split(/\s*[=:：]\s*/)));
    const system = head.get("坐标系");
    if (system && !/2000|WGS[\s_-]*84/i.test(system)) throw new Refused("坐标系不是 2000 国家大地坐标系，换算需要参数，不予显示：", system);
    const zone = Number.parseInt(head.get("带号"), 10);
    const scale = ["千米", "公里", "km"].includes(head.get("计量单位")) ? 1000 : 1;
    const parcels = [];
    for (const line of text.slice(at < 0 ? 0 : at).split(/\r?\n/)) {
      const fields = line.trim().split(/\s*[,;\t，；]\s*|\s+/);
      const pair = fields.slice(-2).map((field) => (/^[-+]?\d+(?:\.\d+)?$/.test(field) ? Number(field) : NaN));
      if (fields.length > 2 && fields.at(-1).endsWith("@")) parcels.push({ name: named(fields[3] || fields[2]), rings: new Map() });
      else if (/^J\d/i.test(line) && !pair.every(Number.isFinite)) throw new Refused("坐标文字损坏：", line);
      else if (fields.length > 1 && pair.every(Number.isFinite)) {
        if (parcels.length === 0) parcels.push({ name: "", rings: new Map() });
        const { rings } = parcels.at(-1);
        const ring = fields.length > 3 ? fields[1] : "1";
        const metres = pair.map((value) => (scale > 1 && Math.max(...pair) < 1e5 ? value * scale : value));
        if (!rings.has(ring)) rings.set(ring, [[]]);
        // Offices write a hole under the number of its shell: once a ring is closed, the next begins.
        const own = rings.get(ring);
        if (isClosed(own.at(-1))) own.push([]);
        own.at(-1).push(surveyed(metres, zone));
      }
    }
    const whole = ({ rings }) => [...rings.values()].flat().filter((ring) => ring.length > 2);
    return parcels.map((parcel) => ({ name: parcel.name, points: [], lines: [], polygons: parcel.rings.size > 0 ? [whole(parcel)] : [] }));
  }

  /* ---------- any ---------- */

  /** What a byte order mark says, else UTF-8, else the encoding of Chinese offices. */
  function decoded(bytes) {
    const [first, second] = new Uint8Array(bytes.buffer ?? bytes, bytes.byteOffset ?? 0, Math.min(2, bytes.byteLength));
    if (first + second === 0xff + 0xfe) return new TextDecoder(first === 0xff ? "utf-16le" : "utf-16be").decode(bytes);
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      return new TextDecoder("gb18030").decode(bytes);
    }
  }

  const everyPlace = ({ points, lines, polygons }) => points.length + [...lines, ...polygons.flat()].reduce((sum, line) => sum + line.length, 0);

  /** What a file's bytes hold: features with names, and how many vertices they have. */
  function read(bytes, room = MOST_VERTICES) {
    if (bytes.byteLength > MOST_BYTES) throw new Refused("文件超过 20 MB，不予读取。");
    const text = decoded(bytes);
    const first = text.trimStart()[0];
    const isTxt = text.includes(BODY) || !"{[<".includes(first ?? "-");
    const found = isTxt ? ofTxt(text) : first === "<" ? ofKml(text) : ofGeojson(text);
    const features = found.filter((feature) => everyPlace(feature) > 0);
    if (features.length === 0) throw new Refused("没有读到坐标：只认 GeoJSON、KML 和界址点坐标 TXT。");
    const vertices = features.reduce((sum, feature) => sum + everyPlace(feature), 0);
    if (vertices > room) throw new Refused("对照图层的点数超过 50 万，不予显示。");
    return { features, vertices };
  }

  return { MOST_BYTES, MOST_VERTICES, Refused, read };
})();
