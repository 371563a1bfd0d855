// Sliders and menus that offer the positions that were drawn. Each is a native control, and has
// { element, position, move(position), shorten(last), hold(held) }; `moved` is called when the reader moves it.

function element(markup) {
  const room = document.createElement("template");
  room.innerHTML = markup;
  return room.content.firstElementChild;
}

function labelled(label, inside) {
  const room = element(`<label class="bptt-control"><span></span></label>`);
  room.firstElementChild.textContent = label;
  room.append(...inside);
  return room;
}

function makeSlider({ label, texts, start }, moved) {
  const input = element(`<input type="range" min="0" step="1">`);
  const readout = element(`<output></output>`);
  const show = () => {
    readout.textContent = texts[input.value] ?? input.value;
    input.setAttribute("aria-valuetext", readout.textContent);
  };
  input.setAttribute("aria-label", label); // without the number, which is its value
  [input.max, input.value] = [texts.length - 1, start];
  input.addEventListener("input", () => {
    show();
    moved(Number(input.value));
  });
  show();
  return {
    element: labelled(label, [input, readout]),
    get position() {
      return Number(input.value);
    },
    get last() {
      return Number(input.max);
    },
    move(position) {
      input.value = position;
      show();
    },
    shorten(last) {
      input.max = last;
      show();
    },
    hold: (held) => (input.disabled = held),
  };
}

function makeMenu({ label, texts, start }, moved) {
  const select = element(`<select></select>`);
  select.setAttribute("aria-label", label);
  for (const text of texts) select.append(new Option(text));
  select.selectedIndex = start;
  select.addEventListener("change", () => moved(select.selectedIndex));
  return {
    element: labelled(label, [select]),
    get position() {
      return select.selectedIndex;
    },
    last: texts.length - 1,
    move: (position) => (select.selectedIndex = position),
    shorten() {},
    hold: (held) => (select.disabled = held),
  };
}

function makeButton(label, pressed) {
  const button = element(`<button type="button" class="jupyter-button"></button>`);
  button.textContent = label;
  button.addEventListener("click", pressed);
  return button;
}

const BEAT = 900; // milliseconds from stage to stage while it plays

/** Play and pause, over a player's model: { value, max, playing }. */
function makePlayer(model) {
  let timer;
  const button = makeButton("Play", () => {
    if (!model.get("playing") && model.get("value") === model.get("max")) model.set("value", 0);
    model.set("playing", !model.get("playing"));
  });
  model.on("change:playing", () => {
    clearInterval(timer);
    button.textContent = model.get("playing") ? "Pause" : "Play";
    if (model.get("playing")) timer = setInterval(next, BEAT);
  });
  function next() {
    if (model.get("value") < model.get("max")) model.set("value", model.get("value") + 1);
    if (model.get("value") >= model.get("max")) model.set("playing", false);
  }
  return button;
}
