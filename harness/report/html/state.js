// The state of the page is in its address: filter, sort, open families, the open case and the cell with the focus.

const EMPTY = { q: "", rank: "", sort: "family", open: null, case: "", engine: "", shown: false };
let state = { ...EMPTY };

/** Read the address. `open` is null where the filter decides which families are open. */
function readState() {
  const given = new URLSearchParams(location.hash.slice(1));
  state = {
    q: given.get("q") || "",
    rank: given.get("rank") || "",
    sort: given.get("sort") || "family",
    open: given.has("open") ? new Set(given.get("open").split(",").filter(Boolean)) : null,
    case: given.get("case") || "",
    engine: given.get("engine") || "",
    shown: given.has("case") && given.get("view") !== "cell",
  };
}

function address(of) {
  const said = new URLSearchParams();
  if (of.q) said.set("q", of.q);
  if (of.rank) said.set("rank", of.rank);
  if (of.sort !== "family") said.set("sort", of.sort);
  if (of.open) said.set("open", [...of.open].join(","));
  if (of.case) said.set("case", of.case);
  if (of.engine) said.set("engine", of.engine);
  if (of.case && !of.shown) said.set("view", "cell");
  return `#${said}`;
}

/** Change the state. A step that the back button should undo is a new entry of the history. */
function go(changes, replace = false) {
  state = { ...state, ...changes };
  const to = address(state);
  if (to === location.hash || (to === "#" && !location.hash)) return;
  if (replace) history.replaceState(null, "", to);
  else history.pushState(null, "", to);
}

const linkTo = (changes) => address({ ...state, ...changes });
