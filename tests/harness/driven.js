// What runs inside a driven page, for driven.py. The site and a front end have names of their own for a panel's parts.

const KINDS = {
  site: {
    row: ".bptt-controls label:has(input, select)",
    handle: "input, select",
    label: "span",
    readout: "output",
    words: ".bptt-said",
  },
  lab: {
    row: ".widget-slider, .widget-dropdown",
    handle: "[role=slider], select",
    label: ".widget-label",
    readout: ".widget-readout",
    words: ".bptt-words .widget-html-content",
  },
};

window.parts = {
  /** How many panels there are. */
  are(kind) {
    parts.names = KINDS[kind];
    return parts.all().length;
  },

  all: () => [...document.querySelectorAll(".bptt-panel")],
  rows: (n) => [...parts.all()[n].querySelectorAll(parts.names.row)],
  words: (n) => parts.all()[n].querySelector(parts.names.words).innerHTML,

  /** As bptt.content in page.js. */
  pictures: (n) =>
    [...parts.all()[n].querySelectorAll(".bptt-picture")].map((picture) =>
      picture.querySelector("svg > *") ? picture.innerHTML.replace(/ tabindex="-?\d"/g, "") : "",
    ),

  values: (n) =>
    parts.rows(n).map((row) => {
      const menu = row.querySelector("select");
      const value = menu ? menu.value : row.querySelector(parts.names.readout).innerText;
      return [row.querySelector(parts.names.label).innerText, value];
    }),

  /** Focuses a control; returns the key that moves it by one step. */
  focus(n, m) {
    const one = parts.rows(n)[m].querySelector(parts.names.handle);
    one.focus();
    if (one.matches("select")) return one.selectedIndex === one.length - 1 ? "ArrowUp" : "ArrowDown";
    const [at, end] = one.matches("input") ? [one.value, one.max] : ["now", "max"].map((name) => one.getAttribute(`aria-value${name}`));
    return Number(at) === Number(end) ? "ArrowLeft" : "ArrowRight";
  },

  /** Opens the panels that wait for a guess; returns whether none was left. */
  allOpen() {
    const waiting = [...document.querySelectorAll("button")].filter(
      (button) => button.textContent.includes("Go on without a guess") && !button.disabled && button.checkVisibility(),
    );
    for (const button of waiting) button.click();
    return waiting.length === 0;
  },

  hasGraph: (n) => parts.all()[n].querySelector(".scene [data-key]") !== null,
  focusGraph: (n) => parts.all()[n].querySelector('.scene [tabindex="0"]').focus(),
  hasFocus: (n) => parts.all()[n].contains(document.activeElement) && "key" in document.activeElement.dataset,

  walk(n) {
    const keys = (state) => [...parts.all()[n].querySelectorAll(`.scene .frame:not([hidden]) .${state}`)].map(({ dataset }) => dataset.key);
    return [parts.all()[n].querySelector(".card").innerText, [keys("fresh"), keys("waiting")]];
  },
};
