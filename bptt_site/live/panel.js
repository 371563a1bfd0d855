// A panel: its controls, the pictures that the notebooks' own JavaScript shows over models, and the words.
const WAIT = 400; // milliseconds until a panel says that it is waiting for its host

class Panel {
  #spec;
  #controls = {}; // by name
  #models = []; // of the pictures
  #words = new Model({ value: "" });
  #player = new Model({ value: 0, max: 0, playing: false });
  #slider = new Model({ value: 0, max: 0 }); // of the stages, if a picture is a graph
  #shown; // the state that is shown: { number, words, pictures, stages }
  #wanted; // the number of the state that the controls ask for
  #afresh = false; // whether a graph's walk begins anew with the next state
  #edition = 0;
  #showing = true;
  #held;

  /** renders : {name of a widget's class: its render function} */
  constructor(place, spec, renders, heard) {
    this.#spec = spec;
    this.name = spec.name;
    this.heard = heard; // called when a reader has moved something: heard(panel, name of the control)
    this.#held = Boolean(spec.asks);
    this.element = element(`<section class="bptt-panel" tabindex="-1"><div class="bptt-room">
      <div class="bptt-controls"></div><p class="bptt-alert" role="status"></p></div></section>`);
    this.element.setAttribute("aria-label", `panel ${spec.name}`);
    this.#room = this.element.firstElementChild;
    [this.#row, this.#alert] = this.#room.children;
    this.#makeControls();
    this.#makeWords();
    this.#makePictures(renders);
    if (spec.asks) this.element.prepend(makeQuestions(spec.asks, renders.Answer, () => this.#hold(false)));
    this.#hold(this.#held);
    this.#show({ number: this.#number(), ...unfolded(spec.first.states[0], spec.first.texts) }, true);
    place.replaceChildren(this.element);
  }

  #room;
  #row;
  #alert;
  #said;

  get #walk() {
    return this.#spec.controls.find(({ walks }) => walks);
  }

  get #graph() {
    return this.#spec.pictures.findIndex(({ module }) => module === "LiveGraph");
  }

  // What there is

  #makeControls() {
    for (const control of this.#spec.controls) {
      const make = control.kind === "slider" ? makeSlider : makeMenu;
      this.#controls[control.name] = make(control, (position) => this.#moved(control, position));
      this.#row.append(this.#controls[control.name].element);
    }
    this.#row.append(makeButton("Reset", () => this.reset()));
    if (!this.#walk) return;
    this.#row.append(makePlayer(this.#player));
    this.#slider.on("change:value change:max", () => this.#walked());
    this.#slider.on("change:max", () => this.#player.set("max", this.#slider.get("max")));
  }

  #makeWords() {
    const words = element(`<div class="bptt-words"><div class="bptt-said" role="status"></div><div class="bptt-waits"></div></div>`);
    [this.#said, words.lastElementChild.innerHTML] = [words.firstElementChild, this.#spec.waiting];
    words.style.setProperty("--words-height", this.#spec["words height"]);
    this.#room.append(words);
    this.#words.on("change:value", () => this.#say());
  }

  #makePictures(renders) {
    const others = { slider: this.#slider, player: this.#player, beside: this.#words };
    const named = Object.fromEntries(Object.keys(others).map((name) => [name, `IPY_MODEL_${name}`]));
    const { texts, states } = this.#spec.first;
    for (const [n, { module, classes }] of this.#spec.pictures.entries()) {
      const session = n === this.#graph ? { edition: 0, cards: {}, table: "", complete: false, chosen: "", held: this.#held, ...named } : {};
      const model = new Model({ ...unfolded(states[0].pictures[n], texts), ...session }, others);
      const place = element("<div></div>");
      place.classList.add(...classes);
      if (n === this.#graph) {
        model.answer = () => this.#tellCards();
        model.on("change:chosen change:table_open", () => this.#tellCards());
        model.on("change:chosen", () => this.heard(this, "card"));
      }
      this.#models.push(model);
      this.#room.insertBefore(place, this.#room.querySelector(".bptt-words"));
      renders[module]({ model, el: place });
    }
  }

  // What the reader does

  #moved(control, position) {
    if (control.walks) this.#slider.set("value", position);
    else {
      this.#afresh ||= control.begins;
      this.#bring();
    }
    this.heard(this, control.name);
  }

  reset() {
    this.#player.set("playing", false);
    this.#graphModel?.set("chosen", "");
    this.place({});
    this.heard(this, "reset");
  }

  get #graphModel() {
    return this.#models[this.#graph];
  }

  /** Where the controls stand that are not where they begin: {name: position}; `card` is what is chosen in a graph. */
  get places() {
    const places = {};
    for (const { name, start, walks } of this.#spec.controls) {
      const { position } = this.#controls[name];
      if (position !== (walks ? this.#rest() : start)) places[name] = position;
    }
    const chosen = this.#graphModel?.get("chosen");
    return chosen ? { ...places, card: chosen } : places;
  }

  /** Put all controls there; those that are not named to where they begin. */
  place(places) {
    for (const { name, start, walks } of this.#spec.controls) {
      if (!walks) this.#controls[name].move(places[name] ?? start);
    }
    this.#graphModel?.set("chosen", places.card ?? "");
    return this.#bring(this.#walk ? (places[this.#walk.name] ?? "rest") : undefined);
  }

  get held() {
    return this.#held;
  }

  get controls() {
    return this.#spec.controls;
  }

  // What is shown

  /** The number of the state that the controls ask for, after those that follow others have followed. */
  #number() {
    let number = 0;
    for (const { name, follows, ends } of this.#spec.controls) {
      if (follows) this.#controls[name].shorten(ends[this.#controls[follows].position]);
    }
    for (const name of this.#spec.order) {
      const { values } = this.#spec.controls.find((control) => control.name === name);
      number = number * values.length + this.#controls[name].position;
    }
    return number;
  }

  /** Show the state that the controls ask for.  stage : where the walk stands then; "rest" as it begins */
  async #bring(stage) {
    const number = (this.#wanted = this.#number());
    if (number === this.#shown?.number && stage === undefined) return;
    const slow = setTimeout(() => this.#tell("The picture is on its way."), WAIT);
    try {
      const state = number === this.#shown?.number ? this.#shown : { number, ...(await stateOf(this.#spec.pieces, number)) };
      if (number !== this.#wanted) return; // the reader has moved on
      if (this.#graphModel?.get("chosen") || this.#graphModel?.get("table_open")) state.cards = await stateOf(this.#spec.cards, number).catch(() => undefined);
      if (number !== this.#wanted) return;
      this.#show(state, false, stage);
      this.#tell("");
    } catch (error) {
      if (number === this.#wanted) this.#missed(error);
    } finally {
      clearTimeout(slow);
    }
  }

  /** All of a state in one go, so that picture and words agree at every moment. */
  #show(state, isFirst, stage) {
    const isNew = state.number !== this.#shown?.number;
    const walk = this.#walk && this.#stageIn(state, stage);
    this.#shown = state;
    this.#afresh = false;
    this.#showing = true; // what moves now is not the reader
    if (this.#walk) this.#slider.set({ max: walk.last, value: walk.stage });
    if (isNew) {
      for (const [n, model] of this.#models.entries()) {
        if (n === this.#graph) {
          const cards = state.cards ? { ...state.cards, complete: true } : { cards: {}, table: "", complete: false };
          model.set({ ...state.pictures[n], ...cards, edition: isFirst ? 0 : ++this.#edition });
        } else model.set(state.pictures[n]);
      }
    }
    this.#showStage();
    if (this.#graph < 0) this.#words.set("value", state.words);
    else if (isNew) this.#words.set("value", state.pictures[this.#graph].words[walk.stage]);
    this.#say();
    this.#showing = false;
  }

  /** Where the walk stands in a new state: at its end it stays there, where a graph rests at its end. */
  #stageIn({ pictures }, stage) {
    const { words, loops } = pictures[this.#graph];
    const last = words.length - 1;
    const [before, lastBefore] = [this.#slider.get("value"), this.#slider.get("max")];
    if (stage === "rest" || this.#afresh || !this.#shown) return { last, stage: loops ? last : 0 };
    if (stage === undefined && loops && before === lastBefore) return { last, stage: last };
    return { last, stage: Math.min(stage ?? before, last) };
  }

  /** The stage at which a walk begins. */
  #rest() {
    return this.#shown?.pictures[this.#graph].loops ? this.#slider.get("max") : 0;
  }

  #walked() {
    const control = this.#controls[this.#walk.name];
    const before = control.position;
    control.shorten(this.#slider.get("max"));
    control.move(this.#slider.get("value"));
    this.#showStage();
    if (before !== control.position && !this.#showing) this.heard(this, this.#walk.name);
  }

  /** The charts beside a graph, as of the stage. */
  #showStage() {
    const stage = this.#shown?.stages?.[this.#slider.get("value")];
    for (const [n, traits] of Object.entries(stage ?? {})) this.#models[n].set(traits);
  }

  /** The graph asks for all cards as soon as it rests: they come when a reader wants one, or the table. */
  async #tellCards() {
    const graph = this.#graphModel;
    if (graph.get("complete") || !(graph.get("chosen") || graph.get("table_open"))) return;
    const { number } = this.#shown;
    try {
      const told = await stateOf(this.#spec.cards, number);
      if (number === this.#shown.number) graph.set({ complete: true, ...told });
    } catch (error) {
      this.#missed(error);
    }
  }

  #say() {
    this.#said.innerHTML = this.#words.get("value");
    if (this.#held) return;
    const told = this.#said.textContent;
    for (const chart of this.#room.querySelectorAll(".bptt-chart")) chart.setAttribute("aria-label", `chart: ${told}`);
  }

  #hold(held) {
    this.#held = held;
    for (const control of Object.values(this.#controls)) control.hold(held);
    for (const button of this.#row.querySelectorAll("button")) button.disabled = held;
    this.#room.classList.toggle("bptt-held", held);
    this.#room.classList.toggle("bptt-unseen", held && this.#spec.asks.unseen);
    this.#graphModel?.set("held", held);
    this.#say();
  }

  #tell(text) {
    if ((this.#alert.firstChild?.textContent ?? "") !== text) this.#alert.textContent = text;
  }

  /** A piece did not come: the host has another version by now, or there is no line. */
  #missed(error) {
    console.warn(error.message);
    this.#tell("This picture did not come: there may be a newer version of the page. ");
    if (!this.#alert.querySelector("button")) this.#alert.append(makeButton("Load the page again", () => dispatchEvent(new Event("bptt-anew"))));
  }
}
