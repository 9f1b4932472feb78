// Two plots of the cases that match the filter: errors in ULP, and which engines fail together.

const LABELS = 190, PLOT = 620, LINE_HEIGHT = 20, MOST_LINES = 60, MOST_SETS = 15, MOST_ULP = 17;

const plotText = (x, y, text, of = "") => svgElement("text", { x, y, class: of }, text);

function plotOf(title, width, height, children) {
  return svgElement("svg", { class: "plot", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": title }, ...children);
}

/** A text that fits before the plot. */
const cut = (text, most = 26) => text.length > most ? `${text.slice(0, most - 1)}…` : text;

/** The errors of the readings of an engine on some cases, in ULP, and how many of its cases have none in the page. */
function errorsOf(engine, cases) {
  const passed = [], failed = [];
  let absent = 0;
  for (const k of cases) {
    const mark = letter(engine, k);
    if (NOT_JUDGED.includes(mark)) continue;
    const found = readings(engine, k);
    if (!found) { absent += 1; continue; }
    for (const row of found.rows) {
      if (typeof row.ulp === "number") (kindOf(row.verdict) === "fail" ? failed : passed).push(row.ulp);
    }
  }
  return { passed: passed.sort((a, b) => a - b), failed, absent };
}

/** The lines of the plot: one for each engine, or for each family of each engine where these are few. */
function linesOfErrors() {
  const families = [...view.matching.keys()].sort(), engines = view.columns;
  const each = families.length > 1 && families.length * engines.length <= MOST_LINES;
  if (each) {
    return families.flatMap((family) => engines.map((engine) =>
      ({ name: `${family}: ${D.engines[engine]}`, ...errorsOf(engine, view.matching.get(family)) })))
      .filter((line) => line.passed.length + line.failed.length);
  }
  const cases = [...view.matching.values()].flat();
  return engines.map((engine) => ({ name: D.engines[engine], ...errorsOf(engine, cases) }));
}

/** The place of an error on the axis: 0 and 1 ULP are one step apart, and then each power of ten. */
const placeOf = (ulp) => LABELS + PLOT * Math.min(ulp < 1 ? ulp : 1 + Math.log10(ulp), MOST_ULP) / MOST_ULP;

function errorsPlot() {
  const lines = linesOfErrors(), height = lines.length * LINE_HEIGHT + 40, parts = [];
  for (const at of [0, 1, 10, 1e3, 1e6, 1e9, 1e12, 1e15]) {
    const x = placeOf(at);
    parts.push(svgElement("path", { class: "axis", d: `M${x} 4V${height - 34}` }),
      plotText(x, height - 18, at < 1e3 ? String(at) : `1e${Math.log10(at)}`, "middle"));
  }
  parts.push(plotText(LABELS + PLOT / 2, height - 3, "error of a reading in ULP", "middle"));
  lines.forEach(({ name, passed, failed }, number) => {
    const y = number * LINE_HEIGHT + 14, quantile = (part) => placeOf(passed[Math.round(part * (passed.length - 1))]);
    parts.push(plotText(LABELS - 8, y + 4, cut(name), "end"));
    if (passed.length) {
      parts.push(svgElement("path", { class: "whisker", d: `M${quantile(0)} ${y}H${quantile(1)}` }),
        svgElement("rect", { class: "box", x: quantile(.25), y: y - 5, width: Math.max(3, quantile(.75) - quantile(.25)), height: 10 }),
        svgElement("path", { class: "median", d: `M${quantile(.5)} ${y - 7}V${y + 7}` }));
    }
    for (const x of new Set(failed.map((ulp) => Math.round(placeOf(ulp))))) {
      parts.push(svgElement("rect", { class: "wrong", x: x - 3, y: y - 3, width: 6, height: 6 }));
    }
  });
  return plotOf("errors in ULP, by engine", LABELS + PLOT + 20, height, parts);
}

/** The sets of engines that fail the same cases, the most frequent first. */
function failingSets() {
  const sets = new Map();
  for (const k of [...view.matching.values()].flat()) {
    const failing = view.columns.filter((engine) => FAILING.includes(letter(engine, k)));
    if (!failing.length) continue;
    const key = failing.join(" ");
    sets.set(key, { engines: failing, count: (sets.get(key) || { count: 0 }).count + 1 });
  }
  return [...sets.values()].sort((a, b) => b.count - a.count);
}

function togetherPlot(sets) {
  const shown = sets.slice(0, MOST_SETS), most = shown[0].count;
  const engines = view.columns.filter((engine) => shown.some((one) => one.engines.includes(engine)));
  const left = engines.length * 22 + 20, top = 110, height = top + shown.length * LINE_HEIGHT + 8, parts = [];
  engines.forEach((engine, number) => {
    const x = number * 22 + 16;
    parts.push(svgElement("text", { transform: `translate(${x + 4} ${top - 8}) rotate(-60)` }, cut(D.engines[engine], 16)));
  });
  shown.forEach(({ engines: members, count }, number) => {
    const y = top + number * LINE_HEIGHT + 8, places = members.map((engine) => engines.indexOf(engine) * 22 + 16);
    engines.forEach((engine, column) => parts.push(svgElement("circle",
      { class: members.includes(engine) ? "member" : "other", cx: column * 22 + 16, cy: y, r: 6 })));
    parts.push(svgElement("path", { class: "median", d: `M${places[0]} ${y}H${places[places.length - 1]}` }),
      svgElement("rect", { class: members.length === 1 ? "only" : "bar", x: left, y: y - 7, width: Math.max(2, 380 * count / most), height: 14 }),
      plotText(left + 6 + Math.max(2, 380 * count / most), y + 4, String(count)));
  });
  return plotOf("cases that the same engines fail", left + 450, height, parts);
}

/** Draw both plots of what matches the filter, where they are open. */
function drawPlots() {
  if (!$("plots").open) return;
  const sets = failingSets(), box = (title, drawn) => el("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": title }, drawn);
  const alone = sets.filter((one) => one.engines.length === 1);
  $("drawn").replaceChildren(
    el("h3", {}, "Errors"), el("p", { class: "quiet" }, "The box holds the middle half of the readings that pass, the line all of them, the " +
      "bar is their median; each red square is a reading that fails. A filter with few families has a line for each of them."),
    box("errors in ULP", errorsPlot()),
    el("h3", {}, "Which engines fail together"),
    ...(sets.length ? [box("cases by failing engines", togetherPlot(sets)),
      el("p", { class: "quiet" }, "Only one engine fails: ", ...(alone.length ? alone.flatMap(({ engines: [engine], count }) => [
        el("a", { href: linkTo({ q: `only:${/\s/.test(D.engines[engine]) ? `"${unquoted(D.engines[engine])}"` : unquoted(D.engines[engine])}`, case: "", engine: "", shown: false }) },
          `${D.engines[engine]} (${count})`), " "]) : ["no case."]))]
      : [el("p", { class: "quiet" }, "No case fails.")]));
}
