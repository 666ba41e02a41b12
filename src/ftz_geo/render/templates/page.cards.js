/* Cards: what is known of a block, and of one edge with the words it came from lit up in their clause. */
"use strict";

ftzGeo.cards = (() => {
  const { element } = ftzGeo.core;
  const { t, either } = ftzGeo.words;
  const { units } = ftzGeo;

  const HEAD = { "aria-level": 2 }; // below the page's, whatever stands between

  const metres = (value) => `${Math.round(value).toLocaleString("en")} ${t("米")}`;
  const distance = (value) => (value < 1000 ? metres(value) : `${(value / 1000).toFixed(1)} ${t("公里")}`);

  function grade({ grade: name, placed }, { label, claim }) {
    const words = placed ? claim : "只示大小和相邻关系，不在经纬网上";
    return element("p", {}, element("span", { class: `grade ${name}` }, t(label)), ` ${t(words)}`);
  }

  /** The clause with its features marked; of an edge's own words, the mark is lit. */
  function clause({ clause: text, marks }, lit = null) {
    const parts = [];
    let at = 0;
    for (const mark of [...marks].sort((a, b) => a.start - b.start)) {
      const { start, length } = mark;
      if (start < at) continue;
      const words = text.slice(start, start + length);
      parts.push(text.slice(at, start), element("mark", mark === lit ? { class: "lit" } : {}, words));
      at = start + length;
    }
    return element("blockquote", { lang: "zh-CN" }, ...parts, text.slice(at));
  }

  /** A button that changes the card. The card it stood in is gone when the click goes on, so that the map would
      take the click for one on itself. */
  function link(text, go) {
    const onclick = (event) => {
      event.stopPropagation();
      go();
    };
    return element("button", { type: "button", class: "link", onclick }, text);
  }

  function figures(...pairs) {
    const shown = pairs.filter(([, value]) => value !== null);
    return element("dl", { class: "areas" }, shown.map(([term, value, small = null]) => element(
      "div", {}, element("dt", {}, term), element("dd", {}, value, small && element("small", {}, small)),
    )));
  }

  /** What the text names on a side: each a way to its edge, where it has one. */
  function names(shape, side, abuttals, openEdge) {
    const marks = shape.marks.filter((mark) => mark.side === side);
    const words = marks.length > 0
      ? marks.map((mark) => [mark, shape.clause.slice(mark.start, mark.start + mark.length)])
      : (abuttals ?? "").split("、").filter(Boolean).map((name) => [null, name]);
    return words.flatMap(([mark, name], i) => {
      const edge = shape.edges.find((e) => e.side === side && (mark ? e.mark === mark : e.name === name));
      const shown = edge ? link(name, () => openEdge(shape, edge)) : name;
      return i > 0 ? ["、", shown] : [shown];
    });
  }

  /** How sure edges are: half the width of the band of each, from the least to the most. */
  function band(edges) {
    const found = edges.map((edge) => edge.uncertainty_m).filter((value) => value !== null);
    if (found.length === 0) return null;
    const [least, most] = [Math.min(...found), Math.max(...found)].map(Math.round);
    return `±${least === most ? "" : `${least}—`}${metres(most)}`;
  }

  /** How far the whole shape may lie from where it is drawn; what is drawn by points says so among its reasons. */
  function placement({ grade: name, uncertainty_m: radius, by_sides: bySides, placed }) {
    if (!placed) return element("p", { class: "caution" }, t("位置未知"));
    if (radius === null || name === "approximate") return null;
    const words = bySides
      ? `${t("位置按已知各边推算；连同避让其他区块的移动，误差约")} ${distance(radius)}${t("以内（九成把握）")}`
      : `${t("位置不确定范围：约")} ${distance(radius)}`;
    return element("p", { class: "caution" }, words);
  }

  function sideTable(shape, directions, openEdge) {
    const rows = directions.map((side, n) => {
      const named = names(shape, side, shape.abuttals[n], openEdge);
      if (named.length === 0) return null;
      const own = shape.edges.filter((e) => e.side === side);
      const methods = new Set(own.map((e) => t(e.method.label)));
      const how = [...methods].join("、") || t("未单独绘出");
      return element("tr", {},
        element("th", { scope: "row" }, t(side)), element("td", {}, named),
        element("td", {}, how, band(own) && element("small", {}, band(own))));
    });
    if (rows.every((row) => row === null)) return null;
    const caption = band(shape.edges) ? `${t("四至")} · ${t("±为边线误差，九成把握")}` : t("四至");
    return element("table", { class: "sides" }, element("caption", {}, caption), rows);
  }

  function ofBlock(shape, data, openEdge) {
    const { near_km2: near, far_km2: far } = shape;
    const declared = shape.declared_km2 === null ? "—" : units.stated(shape.declared_km2);
    const drawn = (value) => units.drawn(value, 3);
    return element("article", { class: "card" },
      element("h3", HEAD, shape.title, shape.name && element("small", {}, shape.name)),
      grade(shape, data.grades[shape.grade]),
      figures(
        [`${t("申报面积")} ${units.sign()}`, declared, shape.of_block ? t("（整个区块）") : null],
        [`${t("图上面积")} ${units.sign()}`, drawn(shape.measured_km2), shape.shared ? ` ${t("均分")}` : null],
        [t("近边—远边"), near === null || far === null ? null : `${drawn(near)}—${drawn(far)}`],
      ),
      shape.shaped ? element("p", { class: "caution" }, t("图形由申报面积推得，两数相符不能作为印证。")) : null,
      sideTable(shape, data.directions, openEdge),
      placement(shape),
      shape.reasons.length === 0 ? null : element("ul", { class: "reasons" },
        shape.reasons.map((reason) => element("li", {}, either(reason)))),
      shape.clause ? clause(shape) : null,
    );
  }

  function ofEdge(shape, edge, openBlock) {
    const length = ftzGeodesy.length(edge.lonlats.map(({ lat, lng }) => [lng, lat]));
    const width = edge.half_width_m;
    return element("article", { class: "card edge" },
      element("h3", HEAD, `${t(edge.side)}${t("至")} `, edge.name ?? t("（无名）"),
        element("small", {}, shape.called)),
      element("p", {}, element("b", {}, t(edge.method.label)), ` ${t(edge.method.how)}`),
      figures(
        // A sketch's edge is no measure: two digits say as much of it as there is to say.
        [t("长度"), shape.grade === "sketched" ? distance(Number(length.toPrecision(2))) : metres(length)],
        [t("中线至边"), width > 0 ? metres(width) : null],
        [t("误差"), band([edge]), t("九成把握")],
      ),
      width > 0 ? element("p", {}, t("边线画在地物中线上；近边、远边各在两侧这一距离处，底图未给宽度的按道路等级取值。")) : null,
      edge.sources.length === 0 ? null : element("p", {}, `${t(edge.of_points ? "地名点" : "底图要素")} `,
        element("span", { class: "hash" }, edge.sources.join("、"))),
      edge.mark ? null : element("p", { class: "caution" }, t("原文没有词句对应这一段。")),
      shape.clause ? clause(shape, edge.mark) : null,
      element("p", { class: "back" }, link(`‹ ${t("整个区块")}`, openBlock)),
    );
  }

  return { ofBlock, ofEdge, distance, band };
})();
