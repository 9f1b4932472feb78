// The page of a run: what happens at the start, in the filter box, and when a case opens or closes.

function openCase(id, engine, replace = false) {
  go({ case: id, engine, shown: true }, replace);
  showCase();
}

/** Show the case of the state, or close the dialog where the state has none. */
function showCase() {
  const dialog = $("case"), k = D.byId.get(state.case);
  if (!state.shown || k === undefined) {
    if (dialog.open) dialog.close();
    if (state.shown) {
      $("problem").textContent = `There is no case ${state.case} in this page.`;
      $("matrix-title").scrollIntoView();
    }
    return;
  }
  dialog.replaceChildren(...caseView(k, state.engine));
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  const part = dialog.querySelector(`[data-engine="${D.number.get(state.engine)}"]`);
  const target = part || $("case-title");
  target.focus({ preventScroll: !part });
}

function backToCell() {
  if (!state.shown) return;
  go({ shown: false });
  reveal();
}

/** Give the focus to the cell of the state, and open its family before, if that is needed. */
function reveal() {
  if (!state.case) return;
  const k = D.byId.get(state.case);
  if (k !== undefined && !view.open.has(D.cases.family[k]) && view.matching.has(D.cases.family[k])) {
    go({ open: new Set([...view.open, D.cases.family[k]]) }, true);
    drawMatrix();
  }
  const cell = cellOf(state.case, state.engine);
  if (cell) { cell.tabIndex = 0; cell.focus(); }
}

function fromAddress() {
  readState();
  $("filter").value = state.q;
  drawOverview();
  drawMatrix();
  if (state.q || state.case || state.open) $("matrix-title").scrollIntoView();
  showCase();
  if (!state.shown) reveal();
}

function listenToFilter() {
  let typing = false;
  const box = $("filter");
  const changed = () => {
    go({ q: box.value, open: null, case: "", engine: "", shown: false }, typing);
    typing = true;
    drawMatrix();
  };
  box.addEventListener("input", changed);
  box.addEventListener("blur", () => { typing = false; });
  $("search").addEventListener("submit", (event) => { event.preventDefault(); typing = false; });
  $("clear").addEventListener("click", () => { box.value = ""; typing = false; changed(); typing = false; box.focus(); });
  document.addEventListener("keydown", (event) => {
    const writes = event.target.closest && event.target.closest("input, textarea, dialog");
    if (event.key === "/" && !writes && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      box.focus();
    }
  });
}

async function start() {
  if (!("DecompressionStream" in window)) {
    $("count").textContent = "This browser is too old to unpack the cases. summary.md has the scores and the failures.";
    return;
  }
  await unpack($("data").textContent);
  const used = new Set(D.letters.join(""));
  $("legend").replaceChildren(...[...used].filter((one) => one !== " ").map((one) =>
    el("span", {}, mark(one, kindOf(one)), ` ${verdictOf(one)}`)));
  const absent = D.letters.reduce((sum, marks, engine) =>
    sum + [...marks].filter((one, k) => FAILING.includes(one) && !D.cells[engine][k]).length, 0);
  if (absent) $("omitted").textContent = `Of ${absent} failing cells this page has only the verdict; results.jsonl has their numbers.`;
  listenToOverview();
  listenToCells();
  listenToFilter();
  const dialog = $("case");
  dialog.addEventListener("close", backToCell);
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-close]")) dialog.close();
  });
  $("plots").addEventListener("toggle", drawPlots);
  window.addEventListener("popstate", fromAddress);
  fromAddress();
  document.documentElement.dataset.ready = "yes";
}

start();
