// What runs inside a driven page, for driven.py.

const NAMES = {
  row: ".bptt-controls label:has(input, select)",
  handle: "input, select",
  label: "span",
  readout: "output",
  words: ".bptt-said",
};

window.parts = {
  all: () => [...document.querySelectorAll(".bptt-panel")],
  rows: (n) => [...parts.all()[n].querySelectorAll(NAMES.row)],
  words: (n) => parts.all()[n].querySelector(NAMES.words).innerHTML,

  /** As bptt.content in page.js. */
  pictures: (n) =>
    [...parts.all()[n].querySelectorAll(".bptt-picture")].map((picture) =>
      picture.querySelector("svg > *") ? picture.innerHTML.replace(/ tabindex="-?\d"/g, "") : "",
    ),

  values: (n) =>
    parts.rows(n).map((row) => {
      const menu = row.querySelector("select");
      const value = menu ? menu.value : row.querySelector(NAMES.readout).innerText;
      return [row.querySelector(NAMES.label).innerText, value];
    }),

  /** Focuses a control; returns the key that moves it by one step. */
  focus(n, m) {
    const one = parts.rows(n)[m].querySelector(NAMES.handle);
    one.focus();
    if (one.matches("select")) return one.selectedIndex === one.length - 1 ? "ArrowUp" : "ArrowDown";
    return Number(one.value) === Number(one.max) ? "ArrowLeft" : "ArrowRight";
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
