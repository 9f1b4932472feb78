// The filter box: words that must all match. A word is KEY:VALUE or free text; a minus before it negates it.

const KEYS = {
  status: "a verdict, as status:fail", family: "the part of the id before the slash", op: "an op of the program",
  is: "different, failing or passing", only: "the only engine that fails", engine: "a column",
  level: "core or torch", tag: "a tag", reason: "a reason, as reason:gradient",
};
const IS = ["different", "failing", "passing"];

const unquoted = (word) => word.replace(/"/g, "");

/** Say in a sentence which values a word may have. */
const known = (word, values) => `${word} matches nothing. Known are: ${values.join(", ")}.`;

/** Engines whose name is the value, or else those whose name begins with it. */
function enginesNamed(value) {
  const wanted = value.toLowerCase(), all = D.engines.map((name, k) => [unquoted(name).toLowerCase(), k]);
  const exact = all.filter(([name]) => name === wanted);
  return (exact.length ? exact : all.filter(([name]) => name.startsWith(wanted))).map(([, k]) => k);
}

/**
 * Read the text of the filter box. Gives the columns to show, a test for a case, and a sentence when a word
 * cannot be understood; then this word is left out.
 */
function parseFilter(text) {
  const tests = [], problems = [];
  let columns = null;
  const words = [...text.matchAll(/(-?)(?:([A-Za-z]+):)?("[^"]*"?|[^\s"]*)/g)].filter(([whole]) => whole);
  for (const [whole, minus, key, quoted] of words) {
    const value = unquoted(quoted), lower = value.toLowerCase();
    if (!value) continue; // a word that a person is still typing
    if (key && key.toLowerCase() === "engine") {
      const found = enginesNamed(value);
      if (!found.length) { problems.push(known(whole, D.engines.slice(0, 12))); continue; }
      const before = columns || (minus ? D.engines.map((_, k) => k) : []);
      columns = minus ? before.filter((k) => !found.includes(k)) : [...new Set([...before, ...found])];
      continue;
    }
    const test = key ? wordTest(key.toLowerCase(), value, lower, whole, problems) : (k) => D.words[k].includes(lower);
    if (test) tests.push(minus ? (k, engines) => !test(k, engines) : test);
  }
  return { columns, problem: problems.join(" "), words: words.length,
    test: (k, engines) => tests.every((test) => test(k, engines)) };
}

/** The test of one word with a key, or null with a sentence added to `problems`. */
function wordTest(key, value, lower, whole, problems) {
  const refuse = (values) => { problems.push(known(whole, values)); return null; };
  switch (key) {
    case "status": {
      const marks = Object.keys(D.verdicts).filter((mark) => D.verdicts[mark] === lower);
      if (!marks.length) return refuse(Object.values(D.verdicts));
      return (k, engines) => engines.some((engine) => letter(engine, k) === marks[0]);
    }
    case "is":
      if (!IS.includes(lower)) return refuse(IS);
      if (lower === "different") return (k, engines) => differs(engines, k);
      if (lower === "failing") return (k, engines) => engines.some((e) => FAILING.includes(letter(e, k)));
      return (k, engines) => engines.some((e) => PASSED.includes(letter(e, k)));
    case "only": {
      const found = enginesNamed(value);
      if (!found.length) return refuse(D.engines.slice(0, 12));
      return (k) => D.engines.every((_, e) => FAILING.includes(letter(e, k)) === (e === found[0]));
    }
    case "family": return (k) => D.cases.family[k] === value || D.cases.family[k].startsWith(lower);
    case "op": return (k) => D.opSets[k].has(lower) || D.opSets[k].has(value); // `T` is an op too
    case "level": return (k) => D.cases.level[k] === lower;
    case "tag": return (k) => D.texts[D.cases.tags[k]].split(" ").includes(value);
    case "reason": return (k, engines) => engines.some((e) =>
      FAILING.includes(letter(e, k)) && (readings(e, k) || { rows: [] }).rows.some((row) => row.reason === lower));
    default:
      problems.push(`There is no filter ${key}:. Known are: ${Object.keys(KEYS).map((one) => `${one}:`).join(", ")}.`);
      return null;
  }
}
