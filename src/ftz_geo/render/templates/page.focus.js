/* For readers by keyboard: links ahead of all else that lead past it, and where the focus is on the map. */
"use strict";

ftzGeo.focus = (() => {
  /** The links leave the address alone, which tells the language. */
  function startLinks() {
    for (const link of document.querySelectorAll("a.skip")) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        const goal = document.querySelector(link.getAttribute("href"));
        goal.scrollIntoView({ block: "nearest" });
        goal.focus({ preventScroll: true });
      });
    }
  }

  /** The outline of the shape that has the focus, dark on light, over all that lies on the shape. */
  function startRing(map, shapes) {
    const look = { className: "focus-ring", fill: false, interactive: false, opacity: 1, pane: "points" };
    const rings = [["#fff", 9], ["#0b2f3a", 5]].map(([color, weight]) => L.polygon([], { ...look, color, weight }));
    const ring = L.layerGroup(rings);
    map.getContainer().addEventListener("focusin", ({ target }) => {
      const focused = shapes.find(({ polygon }) => polygon?.getElement() === target);
      if (!focused || !target.matches(":focus-visible")) return;
      rings.forEach((layer) => layer.setLatLngs(focused.polygon.getLatLngs()));
      ring.addTo(map);
    });
    map.getContainer().addEventListener("focusout", () => ring.remove());
  }

  function start(map, shapes) {
    startLinks();
    startRing(map, shapes);
  }

  return { start };
})();
