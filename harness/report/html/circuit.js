// The circuit of a case, which the run has placed: here it is only drawn. See harness/report/drawing/circuit.py.

const SVG = "http://www.w3.org/2000/svg";

function svgElement(tag, attributes, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

const spoken = (node) => node.texts.map((text) => text[3]).join(" ");

function circuitNode({ role, rect: [x, y, width, height, rx], stems, texts }) {
  return svgElement("g", { class: role },
    ...stems.map((d) => svgElement("path", { class: "stem", d })),
    svgElement("rect", { x, y, width, height, rx }),
    ...texts.map(([left, base, of, text]) => svgElement("text", { x: left, y: base, class: of }, text)));
}

/** The numbers of an engine are those that the case reads: other nodes before the marked one may be wrong too. */
function whatIsRead(k, engine) {
  const seed = D.cases.seed[k] ? ` --seed ${D.cases.seed[k]}` : "", spec = D.specs[D.number.get(engine)];
  return el("p", { class: "quiet" }, "Of the engine only what the case reads is known here. The first wrong node of all is marked by ",
    el("code", {}, `gradconform draw ${shellWord(D.cases.case[k])} --engine ${shellWord(spec)}${seed}`), ".");
}

function circuitOf(k) {
  const found = D.circuits[k], id = D.cases.case[k];
  if (!found) return D.known.agrees[k] === AGREES.SAME ? block("its circuit", `gradconform draw ${shellWord(id)}`) : null;
  const { width, height, wires, nodes, notes } = found;
  const drawn = svgElement("svg", { class: "circuit", viewBox: `0 0 ${width} ${height}`, width, height, role: "img",
    "aria-label": nodes.map(spoken).join(". ") },
  ...wires.map(([d, role]) => svgElement("path", { class: role, d })), ...nodes.map(circuitNode));
  const whose = found.title ? `torch, and marked with ✗ those of ${found.title}` : "torch";
  return el("figure", {}, el("figcaption", {}, `its circuit, with values above the wires and gradients below: those of ${whose}`),
    el("div", { class: "scroll paper", tabindex: "0", role: "group", "aria-label": "circuit" }, drawn),
    ...notes.map((note) => el("p", { class: "quiet" }, note)), found.title ? whatIsRead(k, found.title) : null);
}
