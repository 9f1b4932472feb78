"use strict";
// The page of what torch promises: its filter. The words are in the address, so that a link shows what they show.

const box = document.getElementById("filter");
const parts = [...document.querySelectorAll("article.group")].map((group) => {
  const rows = [...group.querySelectorAll("tbody tr")], about = (one) => one.textContent.toLowerCase();
  const own = [...group.children].filter((child) => !child.matches(".scroll")).map(about).join(" ");
  const head = `${group.dataset.words.toLowerCase()} ${own}`;
  return { group, head, rows: rows.map((row) => ({ row, text: `${head} ${about(row)}` })) };
});
const themes = [...document.querySelectorAll("section.theme")];

/** Show the groups that have all words, and of a group whose words are in its rows only these rows. */
function filter() {
  const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
  const has = (text) => words.every((word) => text.includes(word));
  let shown = 0;
  for (const { group, head, rows } of parts) {
    const whole = has(head);
    for (const { row, text } of rows) row.hidden = !whole && !has(text);
    group.hidden = !whole && rows.every(({ row }) => row.hidden);
    shown += !group.hidden;
  }
  for (const theme of themes) {
    const groups = theme.querySelectorAll("article.group");
    theme.hidden = groups.length ? [...groups].every((group) => group.hidden) : words.length > 0;
  }
  document.getElementById("count").textContent = words.length
    ? `${shown} of ${parts.length} conventions have ${words.length === 1 ? "this word" : "all these words"}.` : "";
}

function changed() {
  filter();
  history.replaceState(null, "", box.value ? `#q=${encodeURIComponent(box.value)}` : "#");
}

/** The text of an address, as it is where a person has written a % into it. */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Filter as the address says. A link to a part that is not shown shows everything. */
function fromAddress() {
  const given = decoded(location.hash.slice(1));
  if (given.startsWith("q=")) {
    box.value = given.slice(2);
    filter();
    document.getElementById("search").scrollIntoView();
    return;
  }
  const target = document.getElementById(given);
  if (target && target.closest("[hidden]")) {
    box.value = "";
    filter();
    target.scrollIntoView();
  }
}

box.addEventListener("input", changed);
document.getElementById("search").addEventListener("submit", (event) => event.preventDefault());
document.getElementById("clear").addEventListener("click", () => { box.value = ""; changed(); box.focus(); });
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== box) { event.preventDefault(); box.focus(); }
});
window.addEventListener("hashchange", fromAddress);
fromAddress();
document.documentElement.dataset.ready = "yes";
