// The first symbol or box that is touched brings lights.js. LIGHTS, put before this by the build, is the name of its file.

/** Tab reaches each equation on a line of its own, at its first symbol; from there the arrow keys go on. */
function reachSymbols() {
  for (const formula of document.querySelectorAll(".formula math")) formula.querySelector("[data-symbol]")?.setAttribute("tabindex", "0");
}

const TOUCHES = ["pointerover", "focusin", "click"];

async function touch(event) {
  if (event.pointerType === "touch" && event.type !== "click") return; // a tap ends with one
  if (!event.target.closest?.("[data-symbol], .scene [data-key]")) return;
  for (const type of TOUCHES) document.removeEventListener(type, touch);
  const lights = await import(new URL(LIGHTS, import.meta.url)).catch((error) => console.info(error.message));
  lights?.begin(event);
}

for (const type of TOUCHES) document.addEventListener(type, touch);
