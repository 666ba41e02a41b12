/* Blocks as files and as text: GeoJSON, CSV, KML, the land-survey TXT, and a card as words. Functions of what the page
   was made with; none touches the page. What is no survey says so in each form, and what has no place gives none. */
"use strict";

ftzGeo.formats = (() => {
  const { t, either } = ftzGeo.words;
  const { units } = ftzGeo;

  const SIDES = ["east", "south", "west", "north"]; // the order of the page's directions
  const DECIMALS = 9; // of a degree: 0.1 mm, as the package's own files
  const COLOURS = { surveyed: "155a20", traced: "155a20", inferred: "27496d", approximate: "5d3a78", sketched: "7a5a0c" };
  const EOL = "\r\n";
  const UNSURVEYED = "非实测"; // stays Chinese, as all of the TXT

  /* ---------- geometry ---------- */

  /** Twice the signed area of a ring in degrees: positive where it is wound counter-clockwise. */
  function turn(ring) {
    return ring.reduce((sum, [x, y], i) => {
      const [next, up] = ring[(i + 1) % ring.length];
      return sum + (x - ring[0][0]) * (up - ring[0][1]) - (next - ring[0][0]) * (y - ring[0][1]);
    }, 0);
  }

  /** Polygons with closed rings, the shell counter-clockwise and its holes clockwise (RFC 7946). */
  function wound(parts) {
    const rounded = (ring) => ring.map((place) => place.map((value) => Number(value.toFixed(DECIMALS))));
    return parts.map((part) => part.map((ring, i) => {
      const closed = [...rounded(ring), ...rounded([ring[0]])];
      return turn(ring) > 0 === (i === 0) ? closed : closed.reverse();
    }));
  }

  /** GeoJSON's geometry; null for a block that nothing places. */
  function geometry({ placed, parts }) {
    if (!placed) return null;
    const polygons = wound(parts);
    return polygons.length === 1
      ? { type: "Polygon", coordinates: polygons[0] }
      : { type: "MultiPolygon", coordinates: polygons };
  }

  /** The 3-degree zone of all shapes of one file: that of their middle. */
  function zoneOf(shapes) {
    const lons = shapes.flatMap(({ parts }) => parts.flat(2)).map(([lon]) => lon);
    const [least, most] = lons.reduce(([low, high], lon) => [Math.min(low, lon), Math.max(high, lon)], [180, -180]);
    return Math.floor(((least + most) / 2 + 1.5) / 3);
  }

  /** X and Y in metres as a survey writes them: Y with the zone's number before it. */
  function plane(place, zone) {
    const { x, y } = ftzGeodesy.gaussKrueger(place, zone);
    return [x.toFixed(3), `${zone}${y.toFixed(3).padStart(10, "0")}`];
  }

  /** A place to the millimetre: where a reader of its X and Y finds it. */
  function asWritten(place, zone) {
    const [x, y] = plane(place, zone).map(Number);
    return ftzGeodesy.place({ zone, x, y: y % 1e6 });
  }

  /* ---------- what is known of a block ---------- */

  /** What a block abuts on, as written, by the side's number. */
  function abuttals(shape, directions) {
    return directions.map((side, n) => {
      const own = shape.marks.filter((mark) => mark.side === side);
      const names = own.map(({ start, length }) => shape.clause.slice(start, start + length));
      return names.join("、") || (shape.abuttals[n] ?? null);
    });
  }

  /** The properties of the package's own files, as far as the page knows them, and whether the place is known. */
  function properties(shape, { about, directions }) {
    const stated = shape.declared_km2 === null ? null : Number(shape.declared_km2);
    const [block, parcel = null] = shape.label;
    const sides = abuttals(shape, directions);
    return {
      id: shape.id,
      zone: about.zone,
      zone_id: about.zone_id,
      block: block === shape.id ? null : block,
      block_name: shape.name,
      parcel,
      text: shape.clause || null,
      declared_area_km2: shape.of_block ? null : stated,
      block_declared_area_km2: shape.of_block || parcel === null ? stated : null,
      measured_area_km2: shape.measured_km2,
      grade: shape.grade,
      reasons: shape.reasons.map(([zh]) => zh),
      placement_uncertainty_m: shape.uncertainty_m,
      ...Object.fromEntries(SIDES.map((side, n) => [side, sides[n] ?? null])),
      area_near_km2: shape.near_km2,
      area_far_km2: shape.far_km2,
      area_shaped: shape.shaped,
      placed: shape.placed,
    };
  }

  /** What a file says of itself. */
  function notes({ about }) {
    return [`${t("参考图")}，${t("不作法定界线依据")}`, ...about.credits];
  }

  /** Grade and claim in words; of what has no place, that. */
  function claim(shape, { grades }) {
    const { label, claim: words } = grades[shape.grade];
    return [`${t(label)}：${t(words)}`, ...(shape.placed ? [] : [t("位置未知：只示大小和相邻关系，不给坐标")])];
  }

  const metres = (value) => `${Math.round(value)} ${t("米")}`;

  /** One line for each side that is named: what it abuts on, how its edge was drawn, how sure it is. */
  function sides(shape, { directions }) {
    const named = abuttals(shape, directions);
    return directions.flatMap((side, n) => {
      if (named[n] === null) return [];
      const own = shape.edges.filter((edge) => edge.side === side);
      const ways = [...new Set(own.map((edge) => t(edge.method.label)))].join("、") || t("未单独绘出");
      const sure = ftzGeo.cards.band(own);
      return [`${t(side)}${t("至")} ${named[n]}（${ways}${sure ? ` ${sure}` : ""}）`];
    });
  }

  /** A card in words. */
  function words(shape, data) {
    const { near_km2: near, far_km2: far, uncertainty_m: radius } = shape;
    const area = (value) => units.drawn(value, 3);
    return [
      shape.called,
      ...claim(shape, data),
      shape.declared_km2 && `${t("申报面积")} ${units.stated(shape.declared_km2)} ${units.sign()}${shape.of_block ? t("（整个区块）") : ""}`,
      shape.measured_km2 !== null && `${t("图上面积")} ${area(shape.measured_km2)} ${units.sign()}${shape.shared ? `（${t("均分")}）` : ""}`,
      near !== null && far !== null && `${t("近边—远边")} ${area(near)}—${area(far)} ${units.sign()}`,
      shape.shaped && t("图形由申报面积推得，两数相符不能作为印证。"),
      ...sides(shape, data),
      radius !== null && `${t("位置不确定范围：约")} ${metres(radius)}`,
      ...shape.reasons.map(either),
      shape.clause,
    ].filter(Boolean);
  }

  /** The corners of a block as a table: ring, name, X and Y of the survey plane, degrees. */
  function corners(shape, data) {
    if (!shape.placed) return [shape.called, ...claim(shape, data)];
    const zone = zoneOf([shape]);
    let number = 0;
    const rows = shape.parts.flat().flatMap((ring, n) => ring.map((place) => {
      number += 1;
      return [n + 1, `J${number}`, ...plane(place, zone), ...place.map((value) => value.toFixed(DECIMALS))].join("\t");
    }));
    return [
      shape.called,
      ...claim(shape, data),
      `CGCS2000 ${t("3°带")} ${zone} · ${t("中央子午线")} ${3 * zone}°`,
      [t("环"), t("点号"), "X", "Y", t("经度"), t("纬度")].join("\t"),
      ...rows,
    ];
  }

  /* ---------- files ---------- */

  function geojson(shapes, data) {
    const features = shapes.map((shape) => JSON.stringify({
      type: "Feature", id: shape.id, properties: properties(shape, data), geometry: geometry(shape),
    }));
    const about = { source: data.about.source, notes: notes(data) };
    return `{"type": "FeatureCollection",\n"ftz_geo": ${JSON.stringify(about)},\n"features": [\n${features.join(",\n")}\n]}\n`;
  }

  /** A cell that a spreadsheet shows as text and never runs as a formula (OWASP, CSV injection). */
  function cell(value) {
    if (value === null) return "";
    const text = Array.isArray(value) ? JSON.stringify(value) : String(value);
    const harmless = typeof value === "string" && /^'*[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\n\r]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
  }

  function wkt(shape) {
    const found = geometry(shape);
    if (found === null) return null;
    const polygons = found.type === "Polygon" ? [found.coordinates] : found.coordinates;
    const told = polygons.map((rings) => `(${rings.map((ring) => `(${ring.map((place) => place.join(" ")).join(", ")})`).join(", ")})`);
    return found.type === "Polygon" ? `POLYGON ${told[0]}` : `MULTIPOLYGON (${told.join(", ")})`;
  }

  /** A row for each block; the mark before it tells Excel that it is UTF-8. */
  function csv(shapes, data) {
    const rows = shapes.map((shape) => ({ ...properties(shape, data), notes: notes(data).join("；"), wkt: wkt(shape) }));
    const lines = [Object.keys(rows[0]), ...rows.map((row) => Object.values(row))];
    return `\uFEFF${lines.map((line) => line.map(cell).join(",")).join(EOL)}${EOL}`;
  }

  /** Text between tags: without the characters that XML has no place for. */
  function xml(text) {
    const kept = text.replace(/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "");
    return kept.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
  }

  function kmlPolygon(rings) {
    const ring = (places, i) => {
      const side = i === 0 ? "outer" : "inner";
      const told = places.map((place) => place.join(",")).join(" ");
      return `<${side}BoundaryIs><LinearRing><coordinates>${told}</coordinates></LinearRing></${side}BoundaryIs>`;
    };
    return `<Polygon>${rings.map(ring).join("")}</Polygon>`;
  }

  function placemark(shape, data) {
    const fields = Object.entries(properties(shape, data)).filter(([, value]) => value !== null);
    const told = fields.map(([key, value]) => `<Data name="${key}"><value>${xml(Array.isArray(value) ? JSON.stringify(value) : String(value))}</value></Data>`);
    // A viewer takes a description for HTML: words of the document are escaped for it, and then for XML.
    const text = xml(words(shape, data).join("\n").replaceAll("&", "&amp;").replaceAll("<", "&lt;"));
    const polygons = wound(shape.parts).map(kmlPolygon);
    const whole = polygons.length === 1 ? polygons[0] : `<MultiGeometry>${polygons.join("")}</MultiGeometry>`;
    return `<Placemark><name>${xml(shape.called)}</name><description>${text}</description><styleUrl>#${shape.grade}</styleUrl>`
      + `<ExtendedData>${told.join("")}</ExtendedData>${whole}</Placemark>`;
  }

  /** Placed blocks, in the colour of their grade. */
  function kml(shapes, data) {
    const style = ([grade, rgb]) => {
      const bgr = rgb.match(/../g).reverse().join("");
      return `<Style id="${grade}"><LineStyle><color>ff${bgr}</color><width>2</width></LineStyle><PolyStyle><color>55${bgr}</color></PolyStyle></Style>`;
    };
    return `<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>`
      + `<name>${xml(data.about.zone)}</name><description>${xml([data.about.source ?? "", ...notes(data)].join("\n").trim())}</description>\n`
      + `${Object.entries(COLOURS).map(style).join("\n")}\n${shapes.map((shape) => placemark(shape, data)).join("\n")}\n</Document></kml>\n`;
  }

  /** A field of the TXT, whose signs between fields no word may hold, in either width, nor its headings' brackets. */
  function field(words) {
    return words.replace(/[,，;；@＠[\]［］\s\p{C}]+/gu, " ").trim();
  }

  /** A parcel's row and its points; what is no survey says so in its name. */
  function txtParcel(shape, zone, { grades }) {
    const name = shape.grade === "surveyed" ? shape.called : `${shape.called}（${grades[shape.grade].label}：${UNSURVEYED}）`;
    let number = 0;
    const points = shape.parts.flat().flatMap((ring, n) => {
      const first = number + 1;
      const rows = ring.map((place) => {
        number += 1;
        return [`J${number}`, n + 1, ...plane(place, zone)];
      });
      return [...rows, [`J${first}`, n + 1, ...plane(ring[0], zone)]];
    });
    const hectares = ftzGeodesy.area(shape.parts.map((part) => part.map((ring) => ring.map((place) => asWritten(place, zone))))) / 10000;
    return [[points.length, hectares.toFixed(4), field(shape.id), field(name), "面", "", "", "", "@"], ...points].map((row) => row.join(","));
  }

  /** The land-survey TXT, in the zone of all its blocks; X to the north, Y with the zone's number before it. */
  function txt(shapes, data) {
    const zone = zoneOf(shapes);
    const counts = Object.entries(data.grades).map(([grade, { label }]) => [label, shapes.filter((shape) => shape.grade === grade).length]);
    const unsurveyed = counts.filter(([label, n]) => n > 0 && label !== data.grades.surveyed.label);
    const head = [
      ["格式版本号", "1.01"],
      ["数据说明", unsurveyed.length === 0 ? "" : `${unsurveyed.map(([label, n]) => `${label} ${n}`).join(" ")} ${UNSURVEYED}`],
      ["数据来源", field(notes(data).join(" "))],
      ["坐标系", "2000国家大地坐标系"],
      ["几度分带", "3"],
      ["投影类型", "高斯克吕格"],
      ["计量单位", "米"],
      ["带号", zone],
      ["转换参数", ",,,,,,"],
    ].map(([key, value]) => `${key}=${value}`);
    const rows = shapes.flatMap((shape) => txtParcel(shape, zone, data));
    return `\uFEFF${["[属性描述]", ...head, "[地块坐标]", ...rows].join(EOL)}${EOL}`;
  }

  return { geojson, csv, kml, txt, words, corners };
})();
