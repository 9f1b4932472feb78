// One case: its text, its program, and each engine's answers beside torch's.

const AGREES = { SAME: 0, OTHER: 1, ABSENT: 2, LONG: 3 };
const NOT_SHOWN = {
  1: "The installed catalogue has another program or other inputs under this id now, so that source and program are not shown.",
  2: "The installed catalogue has no such case.",
  3: "The program is not shown here, because it is long or did not run.",
};

const block = (title, text) => text ? el("figure", {}, el("figcaption", {}, title), el("pre", { tabindex: "0" }, text)) : null;

/** The source as it is written: the page keeps the name and the title of a case only once. */
function sourceOf(k) {
  const name = D.cases.case[k].replace(/^[^/]*\//, "").split("[")[0];
  return D.known.sources[D.known.source[k]].replace("\x01", () => name).replace("\x02", () => D.texts[D.cases.title[k]]);
}

/** The file and the line of the source; "" where it is not known. */
function originOf(k) {
  const file = D.known.files[D.known.source[k]];
  return file ? `${file}:${D.known.lines[D.known.source[k]]}` : "";
}

/** An answer as a person reads it: dtype and shape where they are not those of a number of the run, and the numbers. */
function answerText(told, whole = true) {
  const parts = /^(\w*)\|([\d ]*)\|([^|]*)$/.exec(told)?.slice(1); // no exception is read as an array
  if (!parts) return told || "none";
  const shape = parts[1] ? parts[1].split(" ").map(Number) : [], numbers = parts[2] ? parts[2].split(" ") : [];
  const left = shape.reduce((a, b) => a * b, 1) - numbers.length;
  const file = whole || numbers.length >= 16 ? "not in results.jsonl" : "not in this page";
  const head = [parts[0] === "number" ? "" : parts[0], shape.length ? `shape (${shape.join(", ")})` : ""].filter(Boolean).join(", ");
  const more = left > 0 ? ` … ${left} more numbers, ${file}` : "";
  return `${head ? `${head}: ` : ""}${numbers.join(", ")}${more}`;
}

/** A difference in few signs, as 4.5e+15. */
function figure(value) {
  if (value === null || value === undefined) return "";
  return typeof value === "number" && Math.abs(value) >= 1e6 ? value.toExponential() : String(value);
}

function answersOfTorch(k) {
  if (!D.cases.answers[k]) return null;
  const rows = D.cases.answers[k].split("\n").map((line) => {
    const at = line.indexOf("=");
    return el("tr", {}, el("th", { scope: "row", class: "mono" }, line.slice(0, at) || "whole case"),
      el("td", { class: "mono" }, answerText(line.slice(at + 1), false)));
  });
  return el("section", {}, el("h3", {}, "torch's answers"), el("div", { class: "scroll" }, el("table", {}, el("tbody", {}, ...rows))));
}

function judged(engine, k) {
  const letters = letter(engine, k), kind = kindOf(letters), name = D.engines[engine];
  const finding = FAILING.includes(letters) ? findingOf(engine, k) : 0;
  const part = el("section", { class: "of-engine", "data-engine": engine, tabindex: "-1" },
    el("h3", {}, mark(letters, kind), ` ${name}: ${verdictOf(letters)}`));
  const found = readings(engine, k);
  if (!found) {
    if (letters !== "-" && letters !== " ") part.append(el("p", { class: "quiet" }, "Its numbers are not in this page; results.jsonl has them."));
    return part;
  }
  if (found.digest) part.append(el("p", { class: "warn" }, `This engine ran another program or other inputs: digest ${found.digest}.`));
  for (const text of new Set(found.rows.map((row) => row.message).filter(Boolean))) part.append(el("p", {}, text));
  part.append(table(found.rows));
  if (finding) {
    const one = D.findings.get(name)[finding - 1];
    part.append(el("p", {}, `Explained by mistake ${finding} of ${name}.`),
      el("div", { class: "beside" }, block("the smallest program of this mistake, in the engine", one.own), block("in torch", one.torch)));
  }
  return part;
}

function table(rows) {
  const titles = ["reading", "verdict", "torch", "engine", "absolute", "relative", "ULP", "bound", "reason"];
  const answers = rows.some((row) => row.expected || row.actual);
  const shown = titles.filter((title) => answers || !["torch", "engine"].includes(title));
  const cells = (row) => ({ reading: row.reading || "whole case", verdict: verdictOf(row.verdict),
    torch: row.verdict === "P" ? "" : answerText(row.expected), engine: row.verdict === "P" ? "" : answerText(row.actual),
    absolute: figure(row.abs), relative: figure(row.rel), ULP: figure(row.ulp), bound: row.bound, reason: row.reason });
  const body = rows.map((row) => {
    const told = cells(row);
    return el("tr", { class: kindOf(row.verdict) }, ...shown.map((title) => el("td", { class: "mono" }, told[title])));
  });
  return el("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": "readings" }, el("table", {},
    el("thead", {}, el("tr", {}, ...shown.map((title) => el("th", { scope: "col" }, title)))), el("tbody", {}, ...body)));
}

/** The case in lines of torch, which a failing case has. */
function torchLines(k) {
  const lines = D.torch[k];
  if (!lines) return "";
  const numbers = /\b(inf|nan)\b/.test(lines) ? "from math import inf, nan\n" : "";
  return `import torch\n${numbers}\ntorch.set_printoptions(precision=10)\n${lines}`;
}

function reproduction(k, engine) {
  const id = D.cases.case[k];
  const asked = `assert_conforms(${JSON.stringify(D.specs[engine])}, cases=${JSON.stringify(id)}, ` +
    `seed=${D.cases.seed[k]}, dtype=${JSON.stringify(D.cases.dtype[k])})`;
  return el("section", {}, el("h3", {}, "Run it again"), block("in lines of torch alone", torchLines(k)),
    block("in Python, on the engine", `from gradconform import assert_conforms\n\n${asked}`),
    block("what torch computes, node by node", `gradconform show ${shellWord(id)} --seed ${D.cases.seed[k]}`));
}

function caseView(k, engine) {
  const facts = [D.cases.level[k], D.texts[D.cases.tags[k]], `${D.cases.steps[k]} steps`,
    D.cases.digest[k] ? `digest ${D.cases.digest[k]}` : "did not run", originOf(k)].filter(Boolean);
  const all = D.engines.map((_, e) => e), chosen = D.number.get(engine);
  const listed = all.filter((e) => e === chosen || !"P- U".includes(letter(e, k)));
  const others = all.filter((e) => !listed.includes(e));
  const named = (marks) => others.filter((e) => marks.includes(letter(e, k))).map((e) => D.engines[e]).join(", ");
  const sentence = (said, names) => names ? el("p", { class: "quiet" }, `${said}: ${names}.`) : null;
  const agrees = D.known.agrees[k], worst = listed.find((e) => FAILING.includes(letter(e, k)));
  const again = chosen ?? worst;
  return [
    el("header", {}, el("button", { type: "button", "data-close": true, class: "close" }, "Close"),
      el("h2", { id: "case-title", tabindex: "-1" }, D.texts[D.cases.title[k]]),
      el("p", { class: "mono" }, D.cases.case[k]), el("p", { class: "quiet" }, facts.join(" · ")),
      D.known.explanation[k] ? el("p", {}, D.known.explanations[D.known.explanation[k]]) : null),
    ...listed.map((e) => judged(e, k)),
    sentence("Passed", named("P")), sentence("Unsupported", named("U")), sentence("Does not apply to", named("-")),
    circuitOf(k), agrees === AGREES.SAME ? null : el("p", { class: "warn" }, NOT_SHOWN[agrees]),
    el("div", { class: "beside" }, block("source", sourceOf(k)), block("program", D.known.program[k]), block("inputs", D.known.inputs[k])),
    answersOfTorch(k), again === undefined ? null : reproduction(k, again),
  ].filter(Boolean);
}
