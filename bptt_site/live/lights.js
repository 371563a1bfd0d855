// What is touched lights up: a symbol of a formula, its boxes and lines in the nearest graph; a box, the formulas that
// speak of it. On a page without a graph a symbol lights up wherever it stands.
const GRAPH = ".bptt-panel .scene";

/** The names of a part of a graph: its own, and those of what it stands for or is multiplied by. */
function namesOf({ dataset }) {
  const by = dataset.words.match(/, by (.+)$/)?.[1].replace(/^\^t(.)$/, "$1.T").replace(/^f.?′.*/, "f'");
  const plain = [dataset.key, dataset.card].map((key) => key.replace(/^f'.*/, "f'").replace(/\[.*/, ""));
  return new Set([...plain, by]);
}

function nearestGraph(symbol) {
  const middle = (part) => part.getBoundingClientRect().top + part.getBoundingClientRect().height / 2;
  const far = (graph) => Math.abs(middle(graph) - middle(symbol));
  return [...document.querySelectorAll(GRAPH)].sort((one, other) => far(one) - far(other))[0];
}

const alike = (name) => [...document.querySelectorAll("[data-symbol]")].filter(({ dataset }) => dataset.symbol === name);

function darken() {
  for (const lit of document.querySelectorAll(".bptt-lit")) lit.classList.remove("bptt-lit");
}

function light(target) {
  const symbol = target.closest?.("[data-symbol]");
  const part = target.closest?.(`${GRAPH} [data-key]`);
  if (!symbol && !part) return;
  darken();
  if (symbol) {
    symbol.classList.add("bptt-lit");
    const graph = nearestGraph(symbol);
    const parts = graph?.querySelectorAll(".frame:not([hidden]) [data-key]") ?? [];
    for (const one of parts) if (namesOf(one).has(symbol.dataset.symbol)) one.classList.add("bptt-lit");
    if (!graph) for (const one of alike(symbol.dataset.symbol)) one.classList.add("bptt-lit"); // where else it stands
  } else {
    const names = namesOf(part);
    for (const one of document.querySelectorAll("[data-symbol]")) one.classList.toggle("bptt-lit", names.has(one.dataset.symbol));
  }
}

/** In an equation on a line of its own each symbol is reached by Tab, where it stands first. */
function reachSymbols() {
  for (const formula of document.querySelectorAll(".formula math")) {
    const seen = new Set();
    for (const symbol of formula.querySelectorAll("[data-symbol]")) {
      if (!seen.has(symbol.dataset.symbol)) symbol.setAttribute("tabindex", "0");
      seen.add(symbol.dataset.symbol);
    }
  }
}

if (document.querySelector("[data-symbol]")) {
  for (const event of ["pointerover", "focusin"]) document.addEventListener(event, ({ target }) => light(target));
  for (const event of ["pointerout", "focusout"]) document.addEventListener(event, darken);
}
