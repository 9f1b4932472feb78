// The table of students: a person may sort it by a column, and look for a word.

const table = document.getElementById("all"), body = table.tBodies[0], rows = [...body.rows];

/** Sort by a column; by the same one again, the other way round. */
function sortBy(column) {
  const head = table.tHead.rows[0].cells[column];
  const back = head.getAttribute("aria-sort") === "ascending";
  for (const each of table.tHead.rows[0].cells) each.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", back ? "descending" : "ascending");
  const compare = (a, b) => "order" in a.dataset ? a.dataset.order - b.dataset.order : a.textContent.localeCompare(b.textContent);
  rows.sort((a, b) => (back ? -1 : 1) * compare(a.cells[column], b.cells[column]));
  body.append(...rows);
}

/** Show the rows that have all words. */
function find(text) {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const row of rows) {
    const said = row.textContent.toLowerCase();
    row.hidden = !wanted.every((word) => said.includes(word));
    shown += !row.hidden;
  }
  document.getElementById("found").textContent = wanted.length ? `${shown} of ${rows.length} students` : `${rows.length} students`;
}

table.tHead.addEventListener("click", (event) => {
  const head = event.target.closest("button") && event.target.closest("th");
  if (head) sortBy(head.cellIndex);
});
const box = document.getElementById("filter"), form = document.getElementById("search");
box.addEventListener("input", () => find(box.value));
form.addEventListener("submit", (event) => event.preventDefault());
form.hidden = false;
document.documentElement.dataset.ready = "yes";
