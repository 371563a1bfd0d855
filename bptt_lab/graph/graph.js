// Shows the SVG, the card and the table that Python made, as of a stage, and walks through the stages. It computes nothing.
//
// The stage is the slider's. This moves the slider, the player and the words beside the graph too, so that a step needs no
// answer from Python, and all of them agree at every moment. Python hears of the slider.
//
// One Tab stop for the whole graph, the arrow keys inside it: https://www.w3.org/WAI/ARIA/apg/practices/keyboard-interface/
const QUIET = 150; // milliseconds without a new picture, after which the cards are asked for

/** Another widget, once Python has named it. */
async function other(model, name) {
  if (!model.get(name)) await new Promise((named) => model.on(`change:${name}`, named));
  return model.widget_manager.get_model(model.get(name).replace("IPY_MODEL_", ""));
}

async function render({ model, el }) {
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
  const [slider, player, beside] = await Promise.all(["slider", "player", "beside"].map((name) => other(model, name)));

  // the groups of parts that follow each other in the same place. The one that is shown is alone in the page: a browser
  // lays out the hidden parts of an SVG too, and a long walk has thousands
  let frame, frames;
  let drawn, asked, waiting; // editions of the picture; a timer
  let followed; // the stage whose parts were brought into sight
  const parts = (of = frame) => [...(of?.querySelectorAll("[data-key]") ?? [])];
  const part = (key) => parts().find(({ dataset }) => dataset.key === key);
  // What only this page knows is kept in the model too: a notebook may take a cell out of the page, and bring it back.
  details.open = model.get("table_open");

  // What a stage shows

  /** Draw the picture that Python made anew. */
  function draw() {
    const hadFocus = picture.contains(document.activeElement);
    const made = document.createElement("template");
    made.innerHTML = model.get("svg");
    frames = [...made.content.querySelectorAll(".frame")];
    for (const one of frames.slice(1)) one.remove();
    picture.replaceChildren(made.content);
    [drawn, frame] = [model.get("edition"), undefined];
    show();
    reach(part(model.get("reached")) ?? parts()[0], hadFocus);
    clearTimeout(waiting);
    waiting = setTimeout(askForCards, QUIET);
  }

  /** Everything as of the slider's stage; it waits for the picture that belongs to the slider, if that is on its way. */
  function show() {
    const words = model.get("words");
    if (drawn !== model.get("edition") || slider.get("max") !== words.length - 1) return;
    const stage = slider.get("value");
    if (player.get("value") !== stage) set(player, { value: stage });
    if (!model.get("held") && beside.get("value") !== words[stage]) beside.set("value", words[stage]);
    showFrame(stage);
    const chosen = part(model.get("chosen"));
    for (const one of parts()) {
      const { from, words, waiting } = one.dataset;
      one.classList.toggle("waiting", from > stage);
      one.classList.toggle("fresh", Number(from) === stage && stage > 0);
      one.classList.toggle("selected", one === chosen);
      one.setAttribute("aria-pressed", one === chosen);
      one.setAttribute("aria-label", from > stage ? waiting : words);
    }
    showCard(chosen, stage);
    showTable(stage);
    const fresh = parts().filter(({ dataset }) => Number(dataset.from) === stage);
    if (followed !== stage && stage > 0) bringIntoSight(scroller, fresh, { smoothly: true });
    followed = stage;
  }

  /** Show the frame of a stage. What is chosen or reached by Tab is then the part in the same place: frames are built alike. */
  function showFrame(stage) {
    const [before, hadFocus] = [frame, frame?.contains(document.activeElement)];
    frame = frames.find(isOf(stage));
    if (!picture.contains(frame)) picture.querySelector(".frame").replaceWith(frame);
    frame.ownerSVGElement.setAttribute("aria-label", frame.dataset.name);
    if (!before || before === frame) return;
    const place = (key) => parts()[parts(before).findIndex(({ dataset }) => dataset.key === key)];
    set(model, { chosen: place(model.get("chosen"))?.dataset.key ?? "" });
    reach(place(model.get("reached")) ?? parts()[0], hadFocus);
  }

  /** Whether a frame is that of a stage. */
  const isOf = (stage) => ({ dataset }) => dataset.first <= stage && stage <= dataset.last;

  function showCard(chosen, stage) {
    let made = chosen ? model.get("cards")[chosen.dataset.card] : model.get("nothing");
    if (made === undefined) {
      made = ""; // rather no card than that of another part
      askForCards();
    }
    if (card.made !== made) card.innerHTML = card.made = made;
    tell(card, stage);
  }

  // a closed table is filled when it is opened: its hundred rows would slow every step
  function showTable(stage) {
    if (!details.open) return;
    const made = model.get("table");
    if (!made) return askForCards();
    if (table.made !== made) table.innerHTML = table.made = made;
    for (const one of table.querySelectorAll(".frame")) one.hidden = !isOf(stage)(one);
    tell(table, stage);
  }

  /** Of the numbers in there, those that are known at a stage. */
  function tell(room, stage) {
    for (const one of room.querySelectorAll("[data-from]")) one.hidden = one.dataset.from > stage;
    for (const one of room.querySelectorAll("[data-until]")) one.hidden = one.dataset.until <= stage;
  }

  function askForCards() {
    const edition = model.get("edition");
    if (model.get("complete") || asked === edition) return;
    asked = edition;
    model.send({ "cards of": edition });
  }

  function set(of, values) {
    of.set(values);
    of.save_changes();
  }

  /** Let Tab reach that part, and no other. */
  function reach(one, focus) {
    if (!one) return;
    picture.querySelector('[tabindex="0"]')?.setAttribute("tabindex", "-1");
    one.setAttribute("tabindex", "0");
    model.set("reached", one.dataset.key);
    if (focus) one.focus({ preventScroll: true });
  }

  // What the reader does

  function choose(key = "") {
    if (model.get("held")) return;
    set(model, { chosen: key });
    show();
  }

  function step(onward) {
    const [stage, last] = [slider.get("value"), slider.get("max")];
    // from the whole picture to the first stage
    const next = !onward ? Math.max(stage - 1, 0) : stage < last ? stage + 1 : model.get("loops") ? 1 : last;
    set(slider, { value: next });
  }

  function playOrPause() {
    const playing = player.get("playing");
    if (!playing && slider.get("value") === slider.get("max")) set(slider, { value: 0 });
    play(!playing);
  }

  /** Setting `playing` is enough in ipywidgets 8 and on a page to read; the player of 7 must be told to begin. */
  function play(on) {
    if (!player.play) set(player, { playing: on });
    else if (on) player.play();
    else player.pause();
  }

  /** As before anyone chose or walked. */
  function clear() {
    play(false);
    choose();
    set(slider, { value: model.get("loops") ? slider.get("max") : 0 });
  }

  const WALKS = {
    ArrowLeft: () => step(model.get("onward") === "ArrowLeft"),
    ArrowRight: () => step(model.get("onward") === "ArrowRight"),
    " ": playOrPause,
    Escape: clear,
  };

  function onKey(event) {
    if (!graph.contains(event.target)) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.key === "Tab") return;
    event.stopPropagation(); // a letter typed here must not reach the notebook, where it may delete a cell
    if (!picture.contains(event.target)) return;
    const all = parts();
    const at = all.indexOf(part(model.get("reached")));
    const moves = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: all.length - 1 };
    if (event.key in moves) reach(all[Math.min(Math.max(moves[event.key], 0), all.length - 1)], true);
    else if (event.key === "Enter") choose(event.target.closest("[data-key]")?.dataset.key);
    else if (event.key in WALKS) model.get("held") || WALKS[event.key]();
    else return;
    event.preventDefault();
  }
  // Notebook 7 listens at the document in the capture phase, and takes the arrow keys away. The window hears them first.
  window.addEventListener("keydown", onKey, true);

  picture.addEventListener("click", (event) => {
    const clicked = event.target.closest("[data-key]");
    if (clicked) reach(clicked, true);
    else picture.querySelector('[tabindex="0"]')?.focus({ preventScroll: true });
    choose(clicked?.dataset.key);
  });
  details.addEventListener("toggle", () => {
    model.set("table_open", details.open);
    show();
  });

  // What Python says

  const walked = () => set(slider, { value: player.get("value") });
  const heard = [
    [model, "change:edition", draw],
    [model, "change:cards change:chosen change:held", show],
    [slider, "change:value change:max", show],
    [player, "change:value", walked],
    [beside, "change:value", show], // what Python says of an older stage comes late
  ];
  for (const [who, what, hear] of heard) who.on(what, hear);
  help.innerHTML = model.get("help");
  graph.style.setProperty("--height", model.get("height"));
  draw();

  watchWidth(scroller, () => bringIntoSight(scroller, parts()));
  enlargeable(scroller, picture, false);
  return () => {
    clearTimeout(waiting);
    window.removeEventListener("keydown", onKey, true);
    for (const [who, what, hear] of heard) who.off(what, hear);
  };
}

export default { initialize, render };
