/* The unit that areas are told in. Stated figures stay decimals: 7.80 km² are 780 ha and 11700 mu to the last digit;
   drawn ones are rounded to about what their figure in km² resolves. The choice stands in the address. */
"use strict";

ftzGeo.units = (() => {
  const { t, onChange: onLanguage } = ftzGeo.words;
  const { address } = ftzGeo;

  // A figure in km² times `factor`, its point moved by `power`; `fewer` digits after it resolve as much. 1 亩 = 2000/3 m².
  const UNITS = {
    km2: { word: "平方公里", factor: 1n, power: 0, fewer: 0 },
    ha: { word: "公顷", factor: 1n, power: 2, fewer: 1 },
    mu: { word: "亩", factor: 15n, power: 2, fewer: 2 },
    m2: { word: "平方米", factor: 1n, power: 6, fewer: 5 },
  };
  const listeners = [];
  const originals = new WeakMap();
  let chosen = "km2";

  /** A whole number with its point moved to the left. */
  function written(whole, decimals) {
    if (decimals <= 0) return `${whole * 10n ** BigInt(-decimals)}`;
    const digits = `${whole}`.padStart(decimals + 1, "0");
    return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
  }

  /** A whole number of 10^-decimals, rounded to fewer. */
  function rounded(whole, decimals, fewer) {
    if (decimals <= fewer) return written(whole * 10n ** BigInt(fewer - decimals), fewer);
    const step = 10n ** BigInt(decimals - fewer);
    return written((2n * whole + step) / (2n * step), fewer);
  }

  /** A decimal of km² in the unit: to the last digit, or rounded to what so many digits of km² resolve. */
  function converted(text, digits = null) {
    const found = /^([-+−]?)(\d+)(?:\.(\d+))?$/.exec(text);
    if (!found) return text;
    const [, sign, whole, rest = ""] = found;
    const { factor, power, fewer } = UNITS[chosen];
    const value = BigInt(whole + rest) * factor;
    const decimals = rest.length - power;
    if (digits === null) return sign + written(value, decimals);
    const figure = rounded(value, decimals, Math.max(0, digits - fewer));
    return (/[1-9]/.test(figure) ? sign.replace("-", "−") : "") + figure;
  }

  /** A stated figure, as exact as it is. One with more digits than anybody states was rounded from 亩, which it is told
      in, or by its first digits. */
  function stated(text) {
    const long = /\.\d{5,}$/.test(text);
    if (long && chosen === "mu") return converted(text, 4).replace(/\.?0+$/, "");
    return chosen === "km2" ? (long ? converted(text, 4) : text) : converted(text);
  }

  /** A drawn area, to about what so many digits of km² resolve. */
  function drawn(km2, digits) {
    return km2 === null ? "—" : converted(km2.toFixed(9), digits);
  }

  function sign() {
    return { km2: "km²", m2: "m²" }[chosen] ?? t(UNITS[chosen].word);
  }

  /** Puts the figures under an element into the unit, and gives the element back. */
  function apply(root) {
    for (const place of root.querySelectorAll("[data-km2]")) {
      if (!originals.has(place)) originals.set(place, place.textContent);
      const { km2, digits = null } = place.dataset;
      const told = () => (digits === null ? stated(km2) : converted(km2, Number(digits)));
      place.textContent = chosen === "km2" ? originals.get(place) : told();
    }
    for (const place of root.querySelectorAll("[data-unit]")) place.textContent = t(UNITS[chosen].word);
    return root;
  }

  function show() {
    apply(document);
    document.body.dataset.area = chosen;
    address.carry("unit", chosen === "km2" ? null : chosen);
    listeners.forEach((listener) => listener());
  }

  function choose(unit) {
    chosen = Object.hasOwn(UNITS, unit) ? unit : "km2";
    document.getElementById("unit").value = chosen;
    show();
  }

  function start() {
    const select = document.getElementById("unit");
    select.addEventListener("change", () => {
      address.put({ unit: select.value === "km2" ? null : select.value });
      choose(select.value);
    });
    address.onGo(() => { if ((address.get("unit") ?? "km2") !== chosen) choose(address.get("unit") ?? "km2"); });
    onLanguage(show);
    choose(address.get("unit") ?? "km2");
  }

  /** Calls back after every change of the unit or the language. */
  function onChange(listener) {
    listeners.push(listener);
  }

  return { start, apply, stated, drawn, sign, onChange };
})();
