/* The panel of the editor: the chosen block and its areas, the chosen corner, the buttons; and what is asked before
   a download. Words are set as text: nothing here writes HTML. */
"use strict";

ftzGeo.editorPanel = (() => {
  const { element } = ftzGeo.core;
  const { t } = ftzGeo.words;

  const HELP = "点选区块，拖动界点；拖边中点加界点，拖到底图的路上则整边沿用；方向键移 1 米，Shift 移 10 米，Alt 移 0.1 米；Delete 删除；Ctrl+Z 撤销，Ctrl+Y 重做。";

  /** An element whose text is a fixed word, in the reader's language. */
  function worded(tag, word, attributes = {}) {
    return element(tag, { ...attributes, "data-word": word }, t(word));
  }

  function button(word, action) {
    return worded("button", word, { type: "button", onclick: action });
  }

  function ticked(word, at_first = true) {
    const box = element("input", { type: "checkbox", ...(at_first ? { checked: "" } : {}) });
    return { box, label: element("label", {}, box, " ", worded("span", word)) };
  }

  const signed = (value, digits) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}`;

  class Panel {
    /** Told what its buttons do: activate, select a block by its id, undo, redo, removeCorner, handBack, showAll, align; and the
        part of it that aligns the whole zone. */
    constructor(shapes, actions, align) {
      this.toggle = button("修改", actions.activate);
      this.chooser = element("select");
      this.figures = element("dl");
      this.corner = element("p", { class: "corner" });
      this.caution = element("p", { class: "caution", role: "alert" });
      this.linked = ticked("共用界点一起移动");
      this.linked.label.dataset.help = "示意图中，两条同名道路相交处，路两侧区块的界点也一起移动。";
      this.snapping = ticked("吸附相邻区块和底图");
      this.showing = ticked("显示全部界点", false);
      this.showing.box.addEventListener("change", actions.showAll);
      this.undo = button("撤销", actions.undo);
      this.redo = button("重做", actions.redo);
      this.removal = button("删除界点", actions.removeCorner);
      this.download = button("下载修改", actions.handBack);
      this.aligning = button("整区对位", actions.align);
      this.body = element(
        "div", { class: "body", hidden: "" }, this.chooser, this.figures, this.corner,
        element("p", { class: "row" }, this.undo, this.redo, this.removal),
        this.linked.label, this.snapping.label, this.showing.label,
        element("p", { class: "row" }, this.download, this.aligning), align, this.caution,
        worded("p", HELP, { class: "help" }),
      );
      this.whole = element("div", { class: "editor leaflet-bar", role: "group" }, this.toggle, this.body);
      const options = shapes.map(({ id, called }) => element("option", { value: id }, called));
      this.chooser.replaceChildren(worded("option", "选择区块…", { value: "" }), ...options);
      this.chooser.addEventListener("change", () => actions.select(this.chooser.value || null));
    }

    /** Whether blocks that share a corner are moved together. */
    get isLinked() {
      return this.linked.box.checked;
    }

    get isSnapping() {
      return this.snapping.box.checked;
    }

    /** Whether every vertex has a handle, and is moved by itself. */
    get isShowingAll() {
      return this.showing.box.checked;
    }

    open(on) {
      this.toggle.setAttribute("aria-pressed", String(on));
      this.body.hidden = !on;
    }

    /** Shows what aligns the whole zone, in the place of what changes a block. */
    align(on) {
      this.body.classList.toggle("aligning", on);
    }

    relabel() {
      this.whole.querySelectorAll("[data-word]").forEach((found) => { found.textContent = t(found.dataset.word); });
      this.whole.setAttribute("aria-label", t("修改"));
      this.chooser.setAttribute("aria-label", t("区块"));
      this.whole.querySelectorAll("[data-help]").forEach((found) => { found.title = t(found.dataset.help); });
    }

    /** Stated, earlier and present area of a block, and how far they are apart; nothing without a block. */
    showFigures(shape, before, now) {
      if (shape === null) return this.figures.replaceChildren();
      const stated = shape.declared_km2 === null ? null : Number(shape.declared_km2);
      const difference = (from) => `${signed(now - from, 4)}（${signed(((now - from) / from) * 100, 2)} %）`;
      const rows = [["原图 km²", before.toFixed(4)], ["现图 km²", now.toFixed(4)], ["现图与原图之差", difference(before)]];
      if (stated) rows.unshift(["申报 km²", `${shape.declared_km2}${shape.of_block ? t("（整个区块）") : ""}`]);
      if (stated && !shape.of_block) rows.push(["现图与申报之差", difference(stated)]);
      return this.figures.replaceChildren(
        ...rows.flatMap(([word, value]) => [worded("dt", word), element("dd", {}, value)]),
      );
    }

    /** A corner, as longitude and latitude; null for none. */
    showCorner(place) {
      if (place === null) return this.corner.replaceChildren();
      const { zone, x, y } = ftzGeodesy.gaussKrueger(place);
      const east = `${zone}${y.toFixed(3).padStart(10, "0")}`;
      return this.corner.replaceChildren(
        `CGCS2000 X ${x.toFixed(3)}`, element("br"), `${"\u00a0".repeat(9)}Y ${east}`,
      );
    }

    /** What is to be said of the edit, a line each. */
    warn(lines) {
      this.caution.textContent = lines.join("\n");
    }

    /** What can be done, how many blocks are changed, and whether they may be handed back. */
    showButtons({ history, hasCorner, changed, isSound }) {
      this.undo.disabled = history.done.length === 0;
      this.redo.disabled = history.undone.length === 0;
      this.removal.disabled = !hasCorner;
      this.download.disabled = changed === 0 || !isSound;
      this.download.textContent = `${t("下载修改")}${changed ? `（${changed}）` : ""}`;
    }
  }

  /** Asks who it is and what the grade shall be, and gives both on. */
  function ask(who, answer) {
    const name = element("input", { type: "text", maxlength: 200, value: who, autocomplete: "name" });
    const choices = [["keep", "保持原评级（描图改动后降为推断）"], ["surveyed", "按实测坐标"]].map(([value, word], i) => {
      const radio = element("input", { type: "radio", name: "grade", value, ...(i === 0 ? { checked: "" } : {}) });
      return element("label", {}, radio, " ", t(word));
    });
    const dialog = element("dialog", { class: "hand-back", "aria-label": t("下载修改") });
    const finish = () => {
      const told = name.value.replace(/\p{C}/gu, "").trim();
      if (told === "") return name.focus();
      answer({ who: told, grade: dialog.querySelector("input:checked").value });
      return dialog.close();
    };
    const buttons = element("p", { class: "row" }, button("下载", finish), button("取消", () => dialog.close()));
    dialog.append(
      element("label", {}, t("姓名"), " ", name), element("fieldset", {}, worded("legend", "评级"), ...choices), buttons,
    );
    name.addEventListener("keydown", (event) => { if (event.key === "Enter") finish(); });
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
    name.focus();
  }

  return { Panel, ask };
})();
