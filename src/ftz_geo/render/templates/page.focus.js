/* The links ahead of all else that lead past it. They leave the address alone, which tells the language. */
"use strict";

ftzGeo.focus = (() => {
  function start() {
    for (const link of document.querySelectorAll("a.skip")) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        const goal = document.querySelector(link.getAttribute("href"));
        goal.scrollIntoView({ block: "nearest" });
        goal.focus({ preventScroll: true });
      });
    }
  }

  return { start };
})();
