// A small model of a widget: as much of it as the notebooks' JavaScript asks for. There is no kernel behind it.
class Model {
  #values;
  #hearers = [];

  /** others : {id: Model}, for traits that name another widget, "IPY_MODEL_id" */
  constructor(values, others = {}) {
    this.#values = { ...values };
    this.widget_manager = { get_model: async (id) => others[id] };
  }

  get(name) {
    return this.#values[name];
  }

  /** set(name, value) or set({name: value, ...}): all are changed before any is told of. */
  set(name, value) {
    const values = typeof name === "string" ? { [name]: value } : name;
    const changed = Object.keys(values).filter((each) => this.#values[each] !== values[each]);
    Object.assign(this.#values, values);
    for (const each of changed) this.#tell(`change:${each}`);
  }

  on(events, hear) {
    for (const event of events.split(" ")) this.#hearers.push([event, hear]);
  }

  off(events, hear) {
    const gone = events.split(" ");
    this.#hearers = this.#hearers.filter(([event, other]) => other !== hear || !gone.includes(event));
  }

  #tell(event) {
    for (const [heard, hear] of [...this.#hearers]) if (heard === event) hear();
  }

  save_changes() {}

  send(message) {
    this.answer?.(message);
  }
}
