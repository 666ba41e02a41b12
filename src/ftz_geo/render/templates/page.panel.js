/* The panel beside the map: tabs, a table that can be sorted, findings; each leads to the map. */
"use strict";

ftzGeo.panel = (() => {
  const { element } = ftzGeo.core;
  const { t } = ftzGeo.words;
  const { address } = ftzGeo;

  /** Tells a screen reader what happened. */
  function say(text) {
    document.getElementById("said").textContent = text;
  }

  /* ---------- tabs ---------- */

  /** Sections with data-tab become tabs: one shown, the arrow keys lead from one to the next (ARIA APG). */
  function startTabs() {
    const panels = [...document.querySelectorAll("[data-tab]")];
    if (panels.length < 2) return;
    const list = document.getElementById("tabs");
    const show = (n) => {
      panels.forEach((panel, i) => {
        panel.hidden = i !== n;
        tabs[i].setAttribute("aria-selected", i === n);
        tabs[i].tabIndex = i === n ? 0 : -1;
      });
      address.put({ tab: n === 0 ? null : panels[n].id });
    };
    const asked = () => Math.max(0, panels.findIndex((panel) => panel.id === address.get("tab")));
    const tabs = panels.map((panel, i) => {
      const attributes = { type: "button", role: "tab", id: `tab-${panel.id}`, "aria-controls": panel.id, "data-t": "" };
      const tab = element("button", { ...attributes, onclick: () => show(i) }, panel.dataset.tab);
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", tab.id);
      return list.appendChild(tab);
    });
    list.addEventListener("keydown", ({ key }) => {
      const at = tabs.indexOf(document.activeElement);
      const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[key];
      if (next === undefined) return;
      const n = (next + tabs.length) % tabs.length;
      show(n);
      tabs[n].focus();
    });
    list.hidden = false;
    show(asked());
    address.onGo(() => show(asked()));
  }

  /* ---------- the table of blocks ---------- */

  /** What a row is sorted by: a figure, or the place of its grade or verdict among the ranks; NaN for neither. */
  function rank(group, column, ranks) {
    const text = group.rows[0].cells[column].textContent.trim();
    const number = Number.parseFloat(text.replace("−", "-"));
    const badge = group.rows[0].cells[column].querySelector("b, .grade, .verdict");
    const classes = badge?.classList.length > 0 ? badge.classList : group.classList;
    return badge ? ranks.findIndex((name) => classes.contains(name)) : number;
  }

  /** Every head of the table sorts by its column; a block's parcels stay below it, rows without a figure last. */
  function startSorting(table, ranks) {
    const heads = [...table.tHead.rows[0].cells];
    const groups = [...table.tBodies];
    const order = new Map(groups.map((group, n) => [group, n]));
    heads.forEach((head, column) => {
      const word = head.textContent.trim();
      head.removeAttribute("data-t");
      head.setAttribute("aria-sort", "none");
      const sort = () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        heads.forEach((other) => other.setAttribute("aria-sort", other === head ? (down ? "descending" : "ascending") : "none"));
        const compare = (a, b) => {
          if (column === 0) return (order.get(a) - order.get(b)) * (down ? -1 : 1);
          const [x, y] = [a, b].map((group) => rank(group, column, ranks));
          if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) - Number.isNaN(y);
          return (x - y) * (down ? -1 : 1) || order.get(a) - order.get(b);
        };
        table.append(...[...groups].sort(compare));
        say(`${t(word)}：${t(down ? "降序" : "升序")}`);
      };
      head.replaceChildren(element("button", { type: "button", onclick: sort, "data-t": "" }, word));
    });
  }

  /** Rows lead to the map and back: a click anywhere on one shows, pointing or focus lights up. Gives how to mark the
      row of the chosen shape, and to light those that the pointer on the map means. */
  function startRows(shapes, { show, point }) {
    const byCard = new Map();
    for (const shape of shapes) byCard.set(shape.card, [...(byCard.get(shape.card) ?? []), shape]);
    const rowsOf = new Map();
    const shapesOf = new Map();
    for (const row of document.querySelectorAll("tr[data-cards]")) {
      const numbers = row.dataset.cards.split(" ").map(Number);
      shapesOf.set(row, numbers.flatMap((number) => byCard.get(number) ?? []));
      for (const number of numbers) rowsOf.set(number, [...(rowsOf.get(number) ?? []), row]);
      const [head] = row.cells;
      if (head.querySelector("a")) continue;
      const button = element("button", { type: "button" });
      button.append(...head.childNodes);
      head.append(button);
    }
    const go = (row) => {
      const own = shapesOf.get(row);
      if (own.length > 0) show(own);
      else document.getElementById(`undrawn-${row.dataset.cards.split(" ")[0]}`)?.scrollIntoView({ block: "center" });
    };
    const rowOf = ({ target }) => target.closest("tr[data-cards]");
    for (const table of document.querySelectorAll("table.blocks")) {
      table.addEventListener("click", (event) => {
        const isReading = String(getSelection()) !== ""; // words of the row are being marked, to be copied
        if (rowOf(event) && !event.target.closest("a") && !isReading) go(rowOf(event));
      });
      for (const way of ["mouseover", "focusin"]) {
        table.addEventListener(way, (event) => point(shapesOf.get(rowOf(event)) ?? []));
      }
      for (const way of ["mouseleave", "focusout"]) table.addEventListener(way, () => point([]));
    }
    const beside = window.matchMedia("(min-width: 821px)");
    /** Gives a class to the rows of some shapes, and takes it from all others. */
    const give = (name) => {
      let given = [];
      return (own) => {
        given.forEach((row) => row.classList.remove(name));
        given = [...new Set(own.flatMap(({ card }) => rowsOf.get(card) ?? []))];
        given.forEach((row) => row.classList.add(name));
        return given;
      };
    };
    const [choose, light] = [give("chosen"), give("lit")];
    return {
      light,
      mark(shape) {
        document.querySelectorAll("tr[aria-current]").forEach((row) => row.removeAttribute("aria-current"));
        for (const row of choose(shape === null ? [] : [shape])) {
          row.setAttribute("aria-current", "true");
          if (beside.matches) row.scrollIntoView({ block: "nearest" });
        }
      },
    };
  }

  /* ---------- findings ---------- */

  /** A finding about blocks leads to them. */
  function startFindings(shapes, select) {
    for (const item of document.querySelectorAll("li[data-cards]")) {
      const numbers = item.dataset.cards.split(" ").map(Number);
      const own = shapes.filter((shape) => numbers.includes(shape.card));
      if (own.length === 0) continue;
      item.append(element("button", { type: "button", class: "link", "data-t": "", onclick: () => select(own) }, "看图"));
    }
  }

  return { say, startTabs, startSorting, startRows, startFindings };
})();
