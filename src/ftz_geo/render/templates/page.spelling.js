/* What a reader types, against names: as they are written, in pinyin or its initials, with numbers in any digits. */
"use strict";

ftzGeo.spelling = (() => {
  const DIGITS = "零一二三四五六七八九";
  const NUMERALS = /[零〇一二三四五六七八九十百]+/g;

  /** One form of what is written in several: width, case, dashes; a gap before a number stands for none. */
  function folded(text) {
    return text.normalize("NFKC").toLowerCase()
      .replaceAll("ü", "v")
      .replace(/[‐-―−]/g, "-")
      .replace(/['’]/g, "") // between syllables, as input methods set it
      .replace(/(?<=[a-z])[-_ ](?=\d)|(?<=[块第]) +/g, "")
      .trim();
  }

  /** The digits of a number below 1000 that is told in Chinese. */
  function numberOf(words) {
    if (!/[十百]/.test(words)) return [...words].map((c) => Math.max(DIGITS.indexOf(c), 0)).join("");
    let [total, current] = [0, 0];
    for (const c of words) {
      const weight = { 十: 10, 百: 100 }[c];
      if (weight) total += (current || 1) * weight;
      current = weight ? 0 : Math.max(DIGITS.indexOf(c), 0);
    }
    return String(total + current);
  }

  /** The ways in which a reader may mean a word, as [text, whole]: 3号 and 第三 mean the number 3, and not 30. */
  function meanings(word) {
    const digits = word.replace(NUMERALS, numberOf);
    const told = digits.replace(/^第(?=\d)/, "").replace(/(?<=\d)号$/, "").replace(/^(\d+)号?(区块|地块)$/, "$2$1");
    return [[word, false], ...(digits === word ? [] : [[digits, false]]), ...(told === digits ? [] : [[told, true]])];
  }

  /** The words of a query, which all have to be met. */
  function words(query) {
    return folded(query).split(/\s+/).filter(Boolean).map(meanings);
  }

  /** Spellings of every character, from the page's table of characters by syllable: whole, and its initials. */
  function sounds(readings) {
    const found = new Map();
    for (const [syllable, characters] of Object.entries(readings)) {
      const initials = /^[zcs]h./.test(syllable) ? [syllable.slice(0, 2), syllable[0]] : [syllable[0]];
      for (const c of characters) found.set(c, new Set([...(found.get(c) ?? []), syllable, ...initials]));
    }
    return found;
  }

  /** A name as a graph: from each place in it, where one comes by which spellings. A number is passed as a whole. */
  function graph(key, sound) {
    const ways = key.split("").map((c, i) => [[i + 1, [c, ...(sound.get(c) ?? [])]]]);
    for (const { 0: digits, index } of key.matchAll(/\d+/g)) {
      ways.fill([], index, index + digits.length);
      ways[index] = [[index + digits.length, [digits, String(Number(digits))]]];
    }
    for (const { 0: numerals, index } of key.matchAll(NUMERALS)) {
      ways[index].push([index + numerals.length, [numberOf(numerals)]]);
    }
    return ways;
  }

  /** Whether a text leads on from a place of a graph: 2 if it ends with a spelling, 1 if amid one, 0 if it does not. */
  function walk(ways, place, text, seen = new Map()) {
    if (text === "") return 2;
    const step = `${place} ${text.length}`; // what is left of the text follows from its length
    if (seen.has(step)) return seen.get(step);
    let best = 0;
    for (const [next, spellings] of ways[place] ?? []) {
      for (const spelling of spellings) {
        if (text.startsWith(spelling)) best = Math.max(best, walk(ways, next, text.slice(spelling.length), seen));
        else if (spelling.startsWith(text)) best = Math.max(best, 1);
      }
    }
    seen.set(step, best);
    return best;
  }

  /** How far a name is from a word, 0 to 3: first comes where the word ends with a spelling, then where it stands at the
      front; Infinity where it is not in the name. */
  function distance({ ways }, word) {
    const found = word.flatMap(([text, whole]) => ways.map((_, place) => {
      const ends = walk(ways, place, text);
      if (ends === 0 || (whole && ends < 2)) return Infinity;
      return (ends < 2 ? 2 : 0) + (place > 0 ? 1 : 0);
    }));
    return Math.min(...found);
  }

  /** Makes names ready to be found. */
  function speller(readings) {
    const sound = sounds(readings);
    return (name) => {
      const key = folded(name);
      return { key, ways: graph(key, sound) };
    };
  }

  return { words, speller, distance };
})();
