"use strict";
// The data of the page: unpacking, and the questions that the other parts ask of it.

const PASSED = "PA", DID_NOT_RUN = "U- ", NOT_JUDGED = "U- M";
// What is not a pass, an expected failure or a gap.
const FAILING = "MYNFTOCH";
let D; // the document that page.py writes

const $ = (id) => document.getElementById(id);

/** Make an element. Every text becomes a text node, so that no text is ever read as HTML. */
function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** A text as one word of a shell. */
const shellWord = (text) => /^[\w./:=,@+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** Read base 85, in which page.py replaces the three signs that have a meaning in HTML. */
function bytesOf(text) {
  const signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%/()*+-;,=.?@^_`{|}~";
  const values = new Uint8Array(128).fill(84);
  for (let k = 0; k < 85; k += 1) values[signs.charCodeAt(k)] = k;
  const bytes = new DataView(new ArrayBuffer(Math.ceil(text.length / 5) * 4));
  for (let k = 0; k < text.length; k += 5) {
    let word = 0;
    for (let j = k; j < k + 5; j += 1) word = word * 85 + (j < text.length ? values[text.charCodeAt(j)] : 84);
    bytes.setUint32(k / 5 * 4, word);
  }
  return new Uint8Array(bytes.buffer, 0, Math.floor(text.length * 4 / 5));
}

async function unpack(packed) {
  const stream = new Blob([bytesOf(packed)]).stream().pipeThrough(new DecompressionStream("deflate"));
  D = await new Response(stream).json();
  D.count = D.cases.case.length;
  D.number = new Map(D.engines.map((name, k) => [name, k]));
  D.cases.digest = D.cases.digest.map((packed) => [...atob(packed)].map((c) => c.charCodeAt(0).toString(16).padStart(2, "0")).join(""));
  let line = 0; // the file has the distance from one source to the next
  D.known.lines = D.known.lines.map((step) => line += step);
  D.findings = new Map(Object.entries(D.findings)); // an engine may be called "constructor"
  D.byId = new Map(D.cases.case.map((id, k) => [id, k]));
  D.words = Array.from({ length: D.count }, (_, k) =>
    `${D.cases.case[k]} ${D.texts[D.cases.title[k]]} ${D.texts[D.cases.tags[k]]} ${D.cases.digest[k]}`.toLowerCase());
  const everyCase = D.words.map((_, k) => k);
  D.totals = D.engines.map((_, engine) => tally(engine, everyCase));
  D.opSets = D.known.ops.map((ops) => new Set(ops ? ops.split(" ") : []));
}

/** The letter of a case on an engine; a blank where the run was interrupted before. */
const letter = (engine, k) => D.letters[engine][k] || " ";

const verdictOf = (mark) => D.verdicts[mark] || (mark === "-" ? "does not apply" : "not reached");

/** The class of the style sheet for a letter. */
function kindOf(mark) {
  if (mark === "P") return "pass";
  if ("AX".includes(mark)) return "warn";
  return FAILING.includes(mark) ? "fail" : "skipped";
}

/** The readings of a case on an engine, as objects; null where the page does not hold them. */
function readings(engine, k) {
  const number = D.cells[engine][k];
  if (!number) return null;
  const [digest, ...rows] = D.readings[number];
  const names = ["reading", "verdict", "reason", "abs", "rel", "ulp", "bound", "message", "expected", "actual"];
  const texts = new Set(["reading", "reason", "bound", "message", "expected", "actual"]);
  const found = rows.map((row) => Object.fromEntries(
    names.map((name, column) => [name, texts.has(name) ? D.texts[D.rows[column][row]] : D.rows[column][row]])));
  return { digest: D.texts[digest], rows: found };
}

/** True when engines among these that ran the case have different verdicts. Two ways to pass are not different. */
function differs(engines, k) {
  const seen = new Set();
  for (const engine of engines) {
    const mark = letter(engine, k);
    if (!NOT_JUDGED.includes(mark)) seen.add(mark === "A" ? "P" : mark);
  }
  return seen.size > 1;
}

/** The number of the finding that explains a failing case of an engine, from 1; 0 for none. */
function findingOf(engine, k) {
  const found = D.findings.get(D.engines[engine]) || [];
  return found.findIndex((one) => one.cases.includes(k)) + 1;
}
