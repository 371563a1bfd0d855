// What is touched lights up: a symbol of a formula or a sentence, its boxes and lines in the nearest graph; a box or a
// line, the symbols that name it. Where no graph in sight shows a symbol, a map of both passes comes up in a corner. A
// click or a tap keeps it there. MAPS, put before this by the build, are the names of its pictures' files.
const SCENE = ".bptt-panel:not(:has(.bptt-unseen)) .scene";
const SYMBOL = "[data-symbol]";
const PART = ":is(.bptt-panel .scene, .bptt-map) [data-key]";
const LIT = "bptt-lit";

const map = document.createElement("aside");
map.className = "bptt-map";
map.setAttribute("aria-label", "map of the graph");
map.innerHTML = `<div class="bptt-graph"><div class="bptt-picture scene"></div></div>
  <p><span role="status"></span><button type="button">Close</button></p>`;
document.body.append(map);
const [said, close] = map.lastElementChild.children;
const drawn = Promise.all(
  MAPS.map(async (file) => {
    const room = document.createElement("div");
    room.hidden = true;
    const answer = await fetch(new URL(file, import.meta.url));
    if (!answer.ok) throw new Error(`${file}: ${answer.status}`);
    room.innerHTML = await answer.text();
    map.querySelector(".scene").append(room);
    return room;
  }),
).catch((error) => {
  console.info(error.message);
  return []; // no map, then
});
let touched; // the symbol or part that is lit with what belongs to it
let kept = false; // whether the map stays when it is left
let home; // the symbol from which the keys went into the map

// What belongs together

const stepIn = (text) => Number(text.match(/\[(-?\d+)\]/)?.[1] ?? NaN);

/** What a part of a graph stands for, or is multiplied by: [[name of a symbol, its step or NaN], ...] */
function namesOf({ dataset }) {
  const keys = [dataset.key, dataset.card];
  const names = keys.map((key) => [key.replace(/^f'.*/, "f'").replace(/\[.*/, ""), stepIn(key)]);
  const by = dataset.words.match(/, by (.+)$/)?.[1];
  const raised = by?.match(/^\^t(\w)(?:\^\((.+)\))?$/);
  if (raised) names.push([`${raised[1]}.T`, Number(raised[2]?.replace("−", "-") ?? NaN)]);
  else if (by) names.push([by.replace(/^.*f.?′.*/, "f'"), stepIn(dataset.card)]);
  return names;
}

const partsIn = (room) => [...room.querySelectorAll(".frame:not([hidden]) [data-key]")];
const stepsOf = (part, name) => namesOf(part).filter(([each]) => each === name).map(([, step]) => step);

/** The parts in there that a symbol stands for: those of its step, if it has one that is there. */
function partsOf({ dataset: { symbol: name, step } }, room) {
  const parts = partsIn(room).filter((part) => stepsOf(part, name).length);
  if (step === undefined) return parts;
  const wanted = step === "T" ? lastOf(parts, name) : Number(step);
  const exact = parts.filter((part) => stepsOf(part, name).includes(wanted));
  return exact.length ? exact : parts;
}

const lastOf = (parts, name) => Math.max(...parts.flatMap((part) => stepsOf(part, name)).filter(Number.isFinite));

/** The symbols of the page that a part stands for. */
function symbolsOf(part) {
  const room = part.closest(".frame").parentElement;
  return symbols().filter((symbol) => partsOf(symbol, room).includes(part));
}

const symbols = () => [...document.querySelectorAll(SYMBOL)];

function middle(element) {
  const { left, top, width, height } = element.getBoundingClientRect();
  return [left + width / 2, top + height / 2];
}

/** The parts of the nearest graph that has any. */
function partsNearby(symbol) {
  const far = (graph) => Math.abs(middle(graph)[1] - middle(symbol)[1]);
  const graphs = [...document.querySelectorAll(SCENE)].sort((one, other) => far(one) - far(other));
  return graphs.map((graph) => partsOf(symbol, graph)).find(({ length }) => length) ?? [];
}

/** Whether a part is on the screen, and not scrolled away in its panel. */
function inSight(part) {
  const [x, y] = middle(part);
  const { left, right } = part.closest(".bptt-scroller").getBoundingClientRect();
  return left <= x && x <= right && 0 <= y && y <= innerHeight;
}

// Light

function darken() {
  touched = undefined;
  for (const lit of document.querySelectorAll(`.${LIT}`)) lit.classList.remove(LIT);
  if (!kept) map.classList.remove("bptt-open");
}

/** Light the symbol or part at an element, and what belongs to it; says whether there is one. */
function light(at) {
  const found = at.closest?.(SYMBOL) ?? at.closest?.(PART);
  if (!found) return false;
  if (found === touched) return true;
  darken();
  touched = found;
  found.classList.add(LIT);
  if (found.matches(SYMBOL)) {
    const parts = partsNearby(found);
    for (const part of parts) part.classList.add(LIT);
    if (kept || !parts.some(inSight)) showOnMap(found);
  } else for (const symbol of symbolsOf(found)) symbol.classList.add(LIT);
  return true;
}

async function showOnMap(symbol) {
  const rooms = await drawn;
  const room = rooms.find((each) => partsOf(symbol, each).length);
  if (!room || symbol !== touched) return;
  for (const each of rooms) each.hidden = each !== room;
  const parts = partsOf(symbol, room);
  for (const part of parts) part.classList.add(LIT);
  const boxes = parts.filter((part) => part.matches(".node")).length;
  const told = [counted(boxes, "box", "boxes"), counted(parts.length - boxes, "line", "lines")].filter(Boolean).join(", ");
  said.textContent = `${room.firstElementChild.getAttribute("aria-label")}: ${told}`;
  if (!map.classList.contains("bptt-open")) map.classList.toggle("bptt-above", middle(symbol)[1] > innerHeight / 2);
  map.classList.add("bptt-open");
}

const counted = (many, one, more) => many && `${many} ${many === 1 ? one : more}`;

// What the reader does

function keep(symbol) {
  kept = true;
  map.classList.add("bptt-kept");
  touched = undefined;
  light(symbol);
}

function leave() {
  if (map.contains(document.activeElement)) home?.focus();
  kept = false;
  map.classList.remove("bptt-kept");
  darken();
}

/** The symbol or part that many places on among those, for the keys. */
function step(all, from, by) {
  const one = all[all.indexOf(from) + by];
  if (!one) return;
  one.setAttribute("tabindex", one.getAttribute("tabindex") ?? "-1");
  one.focus();
}

const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1 };

function pressed(event) {
  const { key, target } = event;
  if (key === "Escape") return leave();
  const symbol = target.closest?.(SYMBOL);
  const part = target.closest?.(".bptt-map [data-key]");
  if (symbol && (key === "ArrowLeft" || key === "ArrowRight")) step(symbols().filter((one) => one.checkVisibility()), symbol, STEPS[key]);
  else if (symbol && key === "Enter") enter(symbol);
  else if (part && key in STEPS) step(partsIn(part.closest(".frame").parentElement), part, STEPS[key]);
  else return;
  event.preventDefault();
}

/** From a symbol into the map, to its first box there. */
async function enter(symbol) {
  home = symbol;
  keep(symbol);
  await drawn;
  map.querySelector(`div:not([hidden]) > svg .${LIT}`)?.focus();
}

const over = ({ target, pointerType }) => pointerType === "touch" || light(target); // a tap is a click too
document.addEventListener("pointerover", over);
document.addEventListener("pointerout", ({ pointerType }) => pointerType === "touch" || kept || darken());
document.addEventListener("focusin", ({ target }) => light(target));
document.addEventListener("focusout", () => kept || darken());
document.addEventListener("keydown", pressed);
document.addEventListener("click", ({ target }) => {
  const symbol = target.closest(SYMBOL);
  if (symbol && !target.closest("a, summary, button")) keep(symbol);
  else if (!map.contains(target) && !target.closest(PART)) leave();
});
close.addEventListener("click", leave);

/** What was touched before this came. */
export function begin({ target, type }) {
  if (type === "click") target.closest(SYMBOL) ? keep(target.closest(SYMBOL)) : light(target);
  else light(target);
}
