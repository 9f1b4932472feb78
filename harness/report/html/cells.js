// Moving over the cells of the table, and opening families and cases.

const cellsOf = (row) => [...row.querySelectorAll("[data-family], [data-case]")];

/** Give the focus to a cell, and keep only this one in the order of the tab key. */
function focusCell(cell) {
  for (const other of $("matrix").querySelectorAll('tbody [tabindex="0"]')) other.tabIndex = -1;
  cell.tabIndex = 0;
  cell.focus();
  const { case: k, engine } = cell.dataset;
  const named = { case: k === undefined ? "" : D.cases.case[k], shown: false,
    engine: engine === undefined ? "" : D.engines[engine] };
  go(named, true);
}

/** The cell of a case on an engine, or that of its row where the engine has no column; null if it is not shown. */
function cellOf(id, engine) {
  const k = D.byId.get(id), column = D.number.get(engine);
  return $("matrix").querySelector(`td[data-case="${k}"][data-engine="${column}"]`)
    || $("matrix").querySelector(`th[data-case="${k}"]`);
}

function toggle(family) {
  const open = new Set(view.open);
  if (!open.delete(family)) open.add(family);
  go({ open, case: "", engine: "", shown: false });
  drawMatrix();
  const row = [...$("matrix").querySelectorAll("th[data-family]")].find((cell) => cell.dataset.family === family);
  if (row) { row.tabIndex = 0; row.focus(); }
}

function activate(cell) {
  if (cell.dataset.family !== undefined) toggle(cell.dataset.family);
  else openCase(D.cases.case[cell.dataset.case], cell.dataset.engine === undefined ? "" : D.engines[cell.dataset.engine]);
}

function moveFrom(cell, key) {
  const row = cell.closest("tr"), at = cellsOf(row).indexOf(cell);
  const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
  if (step) return cellsOf(row)[at + step];
  let next = row;
  do next = key === "ArrowUp" ? next.previousElementSibling : next.nextElementSibling;
  while (next && !cellsOf(next).length);
  return next && cellsOf(next)[at];
}

function listenToCells() {
  const table = $("matrix");
  table.addEventListener("click", (event) => {
    const sort = event.target.closest("[data-sort]");
    if (sort) {
      const key = sort.dataset.sort;
      go({ sort: state.sort === key ? `-${key}` : key });
      drawMatrix();
      [...table.querySelectorAll("[data-sort]")].find((one) => one.dataset.sort === key).focus();
      return;
    }
    const cell = event.target.closest("[data-family], [data-case]");
    if (cell) { focusCell(cell); activate(cell); }
  });
  table.addEventListener("keydown", (event) => {
    const cell = event.target.closest("[data-family], [data-case]");
    if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      activate(cell);
    } else if (event.key.startsWith("Arrow")) {
      event.preventDefault();
      const next = moveFrom(cell, event.key);
      if (next) focusCell(next);
    }
  });
}
