/* The page's fixed words in two languages. Elements with data-t hold a fixed word, those with data-en carry their
   own English; words of the document stay as they are. The choice stands in the address. */
"use strict";

ftzGeo.words = (() => {
  const { address } = ftzGeo;

  let english = {};
  let language = "zh";
  let translated = false; // the page is written in Chinese
  const listeners = [];
  const originals = new WeakMap();

  /** A fixed word in the reader's language. */
  function t(zh) {
    return language === "en" ? english[zh] ?? zh : zh;
  }

  /** A sentence that was written in both languages: [Chinese, English or null]. */
  function either([zh, en]) {
    return (language === "en" && en) || zh;
  }

  /** Puts what stands under an element into the reader's language, and gives the element back. */
  function translate(root) {
    for (const found of root.querySelectorAll("[data-t], [data-en]")) {
      if (!originals.has(found)) originals.set(found, found.textContent.trim());
      const zh = originals.get(found);
      found.textContent = "t" in found.dataset ? t(zh) : either([zh, found.dataset.en]);
    }
    for (const found of root.querySelectorAll("[data-label]")) {
      found.setAttribute("aria-label", t(found.dataset.label));
      if ("placeholder" in found) found.placeholder = t(found.dataset.label);
    }
    return root;
  }

  /** Puts the whole page into the language that its address asks for. */
  function apply() {
    language = address.get("lang") === "en" ? "en" : "zh";
    document.documentElement.lang = language === "en" ? "en" : "zh-CN";
    if (language === "en" || translated) translate(document);
    translated = true;
    const button = document.getElementById("language");
    button.textContent = language === "en" ? "中文" : "English";
    button.lang = language === "en" ? "zh-CN" : "en";
    // A page in one language keeps its address.
    for (const link of document.querySelectorAll('a[href*=".html"]:not([hreflang])')) {
      const [file, place = ""] = link.getAttribute("href").split("#");
      const kept = place.split("&").filter((part) => part !== "" && !part.startsWith("lang="));
      const state = [...kept, ...(language === "en" ? ["lang=en"] : [])].join("&");
      link.href = file + (state && `#${state}`);
    }
    listeners.forEach((listener) => listener());
  }

  /** Takes the dictionary, Chinese to English, and binds the switch. */
  function start(dictionary) {
    english = dictionary;
    document.getElementById("language").addEventListener("click", () => {
      address.put({ lang: language === "en" ? null : "en" });
      apply();
    });
    language = address.get("lang") === "en" ? "en" : "zh";
    address.onGo(() => { if ((address.get("lang") === "en") !== (language === "en")) apply(); });
  }

  /** Calls back after every change of the language. */
  function onChange(listener) {
    listeners.push(listener);
  }

  return { t, either, translate, start, apply, onChange };
})();
