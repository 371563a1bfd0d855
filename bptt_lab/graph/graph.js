// Shows the SVG, the card and the table that Python made, and reports clicks and keys. It computes nothing.
//
// One Tab stop for the whole graph, the arrow keys inside it: https://www.w3.org/WAI/ARIA/apg/practices/keyboard-interface/
const TO_PYTHON = ["ArrowLeft", "ArrowRight", " ", "Escape"];

function render({ model, el }) {
  el.classList.add("bptt-graph-room");
  el.innerHTML = `
    <div class="bptt-graph" data-lm-suppress-shortcuts="true">
      <div class="scene-room">
        <div class="bptt-scroller"><div class="bptt-picture scene"></div></div>
      </div>
      <div class="card" role="status" aria-live="polite" tabindex="0" aria-label="card of the chosen node"></div>
      <p class="help"></p>
      <details class="table"><summary>The same numbers as a table</summary>
        <div tabindex="0" role="region" aria-label="table of all numbers"></div></details>
    </div>`;
  const graph = el.firstElementChild;
  const [scroller, card, help, details] = [".bptt-scroller", ".card", ".help", "details"].map((name) => graph.querySelector(name));
  const picture = scroller.firstElementChild;
  const table = details.lastElementChild;
  help.id = `help-${Math.random().toString(36).slice(2)}`;
  picture.setAttribute("aria-describedby", help.id);

  const parts = () => [...picture.querySelectorAll("[data-key]")];
  const keyOf = (target) => target.closest?.("[data-key]")?.dataset.key;
  // What only this page knows is kept in the model too: a notebook may take a cell out of the page, and bring it back.
  details.open = model.get("table_open");

  /** Let Tab reach that part, and no other. */
  function reach(part, focus) {
    if (!part) return;
    picture.querySelector('[tabindex="0"]')?.setAttribute("tabindex", "-1");
    part.setAttribute("tabindex", "0");
    model.set("reached", part.dataset.key);
    if (focus) part.focus({ preventScroll: true });
  }

  function showPicture() {
    const hadFocus = picture.contains(document.activeElement);
    picture.innerHTML = model.get("svg");
    const all = parts();
    reach(all.find((part) => part.dataset.key === model.get("reached")) ?? all[0], hadFocus);
  }
  // a closed table is filled when it is opened: its hundred rows would slow every step
  const showTable = () => details.open && (table.innerHTML = model.get("table"));
  const shown = {
    svg: showPicture,
    card: () => (card.innerHTML = model.get("card")),
    table: showTable,
    help: () => (help.innerHTML = model.get("help")),
    height: () => graph.style.setProperty("--height", model.get("height")),
  };
  for (const [name, show] of Object.entries(shown)) {
    model.on(`change:${name}`, show);
    show();
  }
  details.addEventListener("toggle", () => {
    model.set("table_open", details.open);
    showTable();
  });

  picture.addEventListener("click", (event) => {
    const part = event.target.closest("[data-key]");
    if (part) reach(part, true);
    else picture.querySelector('[tabindex="0"]')?.focus({ preventScroll: true });
    model.send({ choice: keyOf(event.target) ?? "" });
  });

  function onKey(event) {
    if (!graph.contains(event.target)) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.key === "Tab") return;
    event.stopPropagation(); // a letter typed here must not reach the notebook, where it may delete a cell
    if (!picture.contains(event.target)) return;
    const all = parts();
    const at = all.findIndex((part) => part.dataset.key === model.get("reached"));
    const moves = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: all.length - 1 };
    if (event.key in moves) reach(all[Math.min(Math.max(moves[event.key], 0), all.length - 1)], true);
    else if (event.key === "Enter") model.send({ choice: keyOf(event.target) ?? "" });
    else if (TO_PYTHON.includes(event.key)) model.send({ key: event.key });
    else return;
    event.preventDefault();
  }
  // Notebook 7 listens at the document in the capture phase, and takes the arrow keys away. The window hears them first.
  window.addEventListener("keydown", onKey, true);

  enlargeable(scroller, picture, false);
  return () => window.removeEventListener("keydown", onKey, true);
}

export default { render };
