// What a panel says of itself: an error, or that no kernel answers it. ipywidgets gives sliders and players no name that a
// screen reader could say, so they get it here. And the keys of a panel are its own.
const SLEEP = "This panel is asleep: run this page to move it. In the menu: Run ▸ Run All Cells.";
const PLAYER = ["Play or pause", "Stop", "Repeat"]; // the last one is there and hidden
const PLAYER_7 = ["Play", "Pause", "Stop", "Repeat"]; // of ipywidgets 7

function render({ model, el }) {
  el.innerHTML = `<p class="bptt-asleep" role="status">${SLEEP}</p><div class="bptt-alert"></div>`;
  const alert = el.lastElementChild;
  const show = () => (alert.innerHTML = model.get("alert"));
  model.on("change:alert", show);
  show();

  let closed = false;
  // the controls come one by one, each when it is ready
  const name = () => {
    const controls = [...(el.closest(".bptt-panel")?.querySelectorAll(".bptt-controls .widget-slider, .bptt-controls .widget-play") ?? [])];
    controls.forEach(nameControl);
    if (!closed && controls.length < model.get("unnamed")) requestAnimationFrame(name);
  };
  name();
  window.addEventListener("keydown", keepKey, true);
  return () => {
    closed = true;
    window.removeEventListener("keydown", keepKey, true);
  };
}

/** A key pressed in a panel stays there: a notebook has shortcuts of its own on the arrow keys, and some of them are for
 * whatever has the focus, so that they come before a menu or, in Jupyter Notebook, a slider. The attribute must be on the
 * element itself. Ctrl+S still saves, and Shift+Enter runs the cell. */
function keepKey({ target, key, shiftKey, ctrlKey, metaKey, altKey }) {
  const forNotebook = ctrlKey || metaKey || altKey || (shiftKey && key === "Enter");
  if (target.closest?.(".bptt-panel")) target.toggleAttribute("data-lm-suppress-shortcuts", !forNotebook);
}

function nameControl(control) {
  const label = control.querySelector(".widget-label")?.textContent;
  control.querySelector('[role="slider"]')?.setAttribute("aria-label", label);
  const readout = control.querySelector(".widget-readout"); // one may type into it
  readout?.setAttribute("role", "textbox");
  readout?.setAttribute("aria-label", `${label}, as a number`);
  if (!control.matches(".widget-play")) return;
  const buttons = control.querySelectorAll("button");
  const names = buttons.length === PLAYER.length ? PLAYER : PLAYER_7;
  buttons.forEach((button, i) => {
    button.setAttribute("aria-label", names[i]);
    button.title = names[i];
  });
}

export default {
  initialize({ model }) {
    initialize({ model });
    keepState(model.widget_manager);
  },
  render,
};
