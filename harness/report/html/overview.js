// The table of engines at the top, which a person may sort by a column.

/** Sort the engines as the state says: by name, or by a number of the row. Equal ones stay in the order of the run. */
function drawOverview() {
  const body = document.querySelector("#overview tbody");
  const rows = [...body.rows], by = state.rank.replace(/^-/, ""), back = state.rank.startsWith("-");
  rows.forEach((row, k) => { row.dataset.place ??= k; });
  const value = (row) => by === "engine" ? row.cells[0].textContent : Number(by in row.dataset ? row.dataset[by] : row.dataset.place);
  const compare = (a, b) => by === "engine" ? value(a).localeCompare(value(b)) : value(a) - value(b);
  rows.sort((a, b) => (back ? compare(b, a) : compare(a, b)) || a.dataset.place - b.dataset.place);
  body.append(...rows);
  for (const button of document.querySelectorAll("#overview [data-rank]")) {
    const now = button.dataset.rank === by ? (back ? "descending" : "ascending") : "none";
    button.closest("th").setAttribute("aria-sort", now);
  }
}

function listenToOverview() {
  $("overview").tHead.addEventListener("click", (event) => {
    const button = event.target.closest("[data-rank]");
    if (!button) return;
    const key = button.dataset.rank;
    go({ rank: state.rank === key ? `-${key}` : key });
    drawOverview();
  });
}
