// The table of families by engines, whose families open into cases.

const MOST_COLUMNS = 30, OPEN_BY_ITSELF = 60, MOST_ROWS = 500;
let view = { columns: [], matching: new Map(), total: 0, open: new Set() };

/** At most so many columns: those of the engines that pass least, in the order of the run. */
function chosenColumns(engines) {
  if (engines.length <= MOST_COLUMNS) return engines;
  const share = (engine) => { const found = D.totals[engine]; return found.judged ? found.passed / found.judged : -1; };
  return [...engines].sort((a, b) => share(a) - share(b)).slice(0, MOST_COLUMNS).sort((a, b) => a - b);
}

/** Choose what is shown: columns, the matching cases of each family, and the families that are open. */
function choose() {
  const filter = parseFilter(state.q);
  const columns = chosenColumns(filter.columns || D.engines.map((_, k) => k));
  const all = D.engines.map((_, k) => k), matching = new Map();
  let total = 0;
  for (let k = 0; k < D.count; k += 1) {
    if (!filter.test(k, filter.columns || all)) continue;
    const family = D.cases.family[k];
    if (!matching.has(family)) matching.set(family, []);
    matching.get(family).push(k);
    total += 1;
  }
  const few = state.q && total <= OPEN_BY_ITSELF;
  const open = state.open || new Set(few ? matching.keys() : []);
  const left = (filter.columns ? filter.columns.length : D.engines.length) - columns.length;
  view = { columns, matching, total, open, left, problem: filter.problem };
}

/** Passed, judged and failing cases of an engine among some cases. */
function tally(engine, cases) {
  let passed = 0, judged = 0, failing = 0;
  for (const k of cases) {
    const mark = letter(engine, k);
    if (DID_NOT_RUN.includes(mark)) continue;
    judged += 1;
    if (PASSED.includes(mark)) passed += 1;
    else if (FAILING.includes(mark)) failing += 1;
  }
  return { passed, judged, failing };
}

/** The letter of cases of which an engine ran none: unsupported, where one of them is. */
const notRun = (engine, cases) => [..."U- "].find((mark) => cases.some((k) => letter(engine, k) === mark));

/** The families in the order of the state: by name, or by the share that an engine passes. */
function sortedFamilies() {
  const back = state.sort.startsWith("-"), by = state.sort.replace(/^-/, "");
  const names = [...view.matching.keys()].sort();
  if (D.number.has(by)) {
    const engine = D.number.get(by);
    const share = (name) => {
      const found = tally(engine, view.matching.get(name));
      return found.judged ? found.passed / found.judged : 2;
    };
    const shares = new Map(names.map((name) => [name, share(name)]));
    names.sort((a, b) => shares.get(a) - shares.get(b));
  }
  return back ? names.reverse() : names;
}

/** The cases of a family in the order of the state: as declared, or an engine's failures first. */
function sortedCases(family) {
  const back = state.sort.startsWith("-"), by = state.sort.replace(/^-/, "");
  const cases = [...view.matching.get(family)];
  if (D.number.has(by)) {
    const engine = D.number.get(by), order = "HCOTFNYMX AP U-";
    cases.sort((a, b) => order.indexOf(letter(engine, a)) - order.indexOf(letter(engine, b)));
  }
  return back ? cases.reverse() : cases;
}

function header() {
  const column = (key, shown) => {
    const now = state.sort === key ? "ascending" : state.sort === `-${key}` ? "descending" : "none";
    return el("th", { scope: "col", "aria-sort": now, class: key === "family" ? "" : "engine" },
      el("button", { type: "button", "data-sort": key, title: `sort by ${shown}` }, shown));
  };
  return el("thead", {}, el("tr", {}, column("family", "family"),
    ...view.columns.map((k) => column(D.engines[k], D.engines[k]))));
}

const mark = (letters, kind) => el("span", { class: `mark ${kind}`, "aria-hidden": "true" }, letters);

function familyRow(family) {
  const cases = view.matching.get(family), open = view.open.has(family);
  const row = el("tr", { class: "family" }, el("th", { scope: "row", tabindex: "-1", "data-family": family,
    "aria-expanded": String(open) }, `${open ? "▾" : "▸"} ${family} `, el("span", { class: "quiet" }, String(cases.length))));
  for (const k of view.columns) {
    const { passed, judged, failing } = tally(k, cases);
    const kind = failing ? "fail" : judged ? (passed === judged ? "pass" : "warn") : "skipped";
    const letters = { fail: "F", pass: "P", warn: "X", skipped: notRun(k, cases) }[kind];
    row.append(el("td", { tabindex: "-1", class: kind, "data-family": family, "data-engine": k,
      "aria-label": judged ? `${D.engines[k]}: ${passed} of ${judged} passed` : `${D.engines[k]}: nothing ran` },
    mark(letters, kind), ` ${judged ? `${passed}/${judged}` : ""}`));
  }
  return row;
}

function caseRow(k) {
  const id = D.cases.case[k];
  const row = el("tr", { class: "case" }, el("th", { scope: "row", tabindex: "-1", "data-case": k },
    el("span", { class: "mono" }, id.slice(id.indexOf("/") + 1)), " ", el("span", { class: "quiet" }, D.texts[D.cases.title[k]])));
  for (const engine of view.columns) {
    const letters = letter(engine, k), kind = kindOf(letters);
    row.append(el("td", { tabindex: "-1", class: kind, "data-case": k, "data-engine": engine,
      "aria-label": `${D.engines[engine]}: ${verdictOf(letters)}` }, mark(letters, kind)));
  }
  return row;
}

function drawMatrix() {
  choose();
  const body = el("tbody");
  let rows = 0;
  for (const family of sortedFamilies()) {
    body.append(familyRow(family));
    if (!view.open.has(family)) continue;
    const cases = sortedCases(family), room = Math.max(0, MOST_ROWS - rows);
    body.append(...cases.slice(0, room).map(caseRow));
    rows += Math.min(cases.length, room);
    if (cases.length > room) {
      body.append(el("tr", {}, el("td", { colspan: view.columns.length + 1, class: "quiet" },
        `${cases.length - room} more cases: a filter shows them.`)));
    }
  }
  $("matrix").replaceChildren(header(), body);
  const first = body.querySelector("[tabindex]");
  if (first) first.tabIndex = 0;
  $("problem").textContent = view.problem;
  const more = view.left > 0 ? ` The ${MOST_COLUMNS} engines that pass least have a column; engine:NAME shows another one.` : "";
  $("count").textContent = `${view.total} of ${D.count} cases in ${view.matching.size} ${view.matching.size === 1 ? "family" : "families"}.${more}`;
  drawPlots();
}
