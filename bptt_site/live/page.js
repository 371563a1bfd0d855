// Puts live panels and questions in the place of the still ones.
// MODULES, put before all this by the build, is {name of a widget's class: its JavaScript}.

async function rendersOf(names) {
  const loaded = await Promise.all([...names].map((name) => import(new URL(MODULES[name], import.meta.url))));
  return Object.fromEntries([...names].map((name, n) => [name, loaded[n].default.render]));
}

async function makeLive(place) {
  const spec = await read(place.dataset.live);
  if (spec.question) {
    const { Answer } = await rendersOf(["Answer"]);
    place.replaceChildren(makeQuestion(spec.question, Answer, () => {}).element);
    return;
  }
  const names = new Set(spec.pictures.map(({ module }) => module));
  if (spec.asks) names.add("Answer");
  const panel = new Panel(place, spec, await rendersOf(names), address.moved);
  place.id = spec.name;
  address.add(panel);
}

/** The widgets' style sheets ask for JupyterLab's theme. */
function followTheme() {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const tell = () => (document.body.dataset.jpThemeLight = String(!dark.matches));
  dark.addEventListener("change", tell);
  tell();
}

/** What scrolls is reached by Tab, so that the arrow keys can scroll it. */
function reachScrolled() {
  for (const one of document.querySelectorAll("main pre, main table, .formula, main :is(p, li):has(> math)")) {
    if (one.scrollWidth > one.clientWidth) one.tabIndex = 0;
    else one.removeAttribute("tabindex");
  }
}

document.documentElement.dataset.begun = ""; // for whole.js
followTheme();
addEventListener("resize", reachScrolled);
const places = [...document.querySelectorAll("[data-live]")];
Promise.allSettled(places.map(makeLive)).then((made) => {
  const faults = made.filter(({ reason }) => reason);
  for (const { reason } of faults) console.info(reason.message);
  if (faults.length) dispatchEvent(new Event("bptt-missing"));
  reachSymbols();
  document.fonts.ready.then(reachScrolled);
  return address.go();
});
