/* Several map pages in one: a choice, and a frame for the page that is chosen. */
"use strict";

(() => {
  const { parts, pages } = JSON.parse(document.getElementById("ftz-pages").textContent);
  const choice = document.querySelector("select");

  /** A frame of its own for every page: a frame that is filled anew would lengthen the reader's way back. */
  function show() {
    const frame = document.createElement("iframe");
    frame.title = choice.selectedOptions[0].textContent;
    frame.setAttribute("sandbox", "allow-scripts allow-forms allow-downloads");
    frame.srcdoc = pages[choice.selectedIndex].map((number) => parts[number]).join("");
    document.querySelector("iframe")?.remove();
    document.body.append(frame);
  }

  choice.addEventListener("change", show);
  show();
})();
