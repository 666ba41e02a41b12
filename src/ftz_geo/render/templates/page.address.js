/* The state of the page in its address, after the #: the chosen block first and bare, then lang, unit, tab and view, as in
   #xiqing-3&lang=en&view=39.01,117.19,13.5. It works from a file too; where the browser lets no page change its address
   (a frame without one of its own), the state is kept all the same. */
"use strict";

ftzGeo.address = (() => {
  const listeners = [];
  let state = read();

  function read() {
    const found = {};
    for (const part of location.hash.slice(1).split("&").filter(Boolean)) {
      const [key, ...value] = part.split("=");
      try {
        if (value.length > 0) found[key] = decodeURIComponent(value.join("="));
        else found.block = decodeURIComponent(key);
      } catch {
        // What is no state of a page is an anchor, or nothing.
      }
    }
    return found;
  }

  /** The part after the #, with it; what is null or missing stays out. */
  function written({ block = null, ...rest }) {
    const safe = (text) => encodeURIComponent(text).replace(/%2C/g, ",");
    const named = ["edge", "lang", "unit", "tab", "view"].filter((key) => rest[key]).map((key) => `${key}=${safe(rest[key])}`);
    return `#${[...(block === null ? [] : [safe(block)]), ...named].join("&")}`;
  }

  /** Changes some of the state; a step that the reader may go back from makes a new entry of the history. */
  function put(changes, { step = false } = {}) {
    const before = written(state);
    state = { ...state, ...changes };
    const now = written(state);
    if (now === before) return;
    try {
      if (step) history.pushState(null, "", now);
      else history.replaceState(null, "", now);
    } catch {
      // A frame of a notebook has no address to change.
    }
  }

  function get(key) {
    return state[key] ?? null;
  }

  /** Lets the links to other pages carry some of the state; a page in one language keeps its address. */
  function carry(key, value) {
    for (const link of document.querySelectorAll('a[href*=".html"]:not([hreflang])')) {
      const [file, place = ""] = link.getAttribute("href").split("#");
      const kept = place.split("&").filter((part) => part !== "" && !part.startsWith(`${key}=`));
      const parts = [...kept, ...(value === null ? [] : [`${key}=${value}`])].join("&");
      link.href = file + (parts && `#${parts}`);
    }
  }

  /** Calls back when the reader goes back, forward, or to another state of this page. */
  function onGo(listener) {
    listeners.push(listener);
  }

  function go() {
    state = read();
    listeners.forEach((listener) => listener());
  }

  window.addEventListener("hashchange", go);
  window.addEventListener("popstate", go);
  return { get, put, carry, onGo };
})();
