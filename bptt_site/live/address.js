// The state of a panel in the page's address: #backward-graph&T=6&f=relu. Back takes back the last control that was moved.
const address = {
  panels: {}, // by name
  last: "", // the panel and the control that were moved last
  timer: 0,
  going: false,

  add(panel) {
    address.panels[panel.name] = panel;
  },

  /** A reader has moved that control. A slider that is dragged makes one entry of the browser's history. */
  moved(panel, name) {
    if (address.going || !(panel.name in address.panels)) return;
    const isNew = address.last !== `${panel.name} ${name}`;
    if (isNew) address.write("pushState", panel);
    address.last = `${panel.name} ${name}`;
    clearTimeout(address.timer);
    address.timer = setTimeout(() => address.write("replaceState", panel), 150); // browsers count these calls
  },

  write(how, panel) {
    const all = Object.fromEntries(Object.entries(address.panels).map(([name, { places }]) => [name, places]));
    history[how](all, "", address.of(panel));
  },

  of({ name, controls, places }) {
    const parts = controls.filter((control) => control.name in places).map(({ name, key, values, texts, walks }) => {
      const value = walks ? places[name] : values[places[name]];
      return `${key}=${encodeURIComponent(typeof value === "object" ? texts[places[name]] : value)}`;
    });
    if (places.card) parts.push(`card=${encodeURIComponent(places.card)}`);
    return `#${[name, ...parts].join("&")}`;
  },

  /** The panel of that name. The number of its page, which tells panels of several pages apart, may be left out. */
  named(name) {
    return address.panels[name] ?? Object.values(address.panels).find((panel) => panel.name.replace(/^\d\d-/, "") === name);
  },

  /** {panel, places} that an address names, or undefined. A value that is not offered goes to the nearest that is. */
  read(hash) {
    const [name, ...parts] = hash.slice(1).split("&");
    const panel = address.named(decodeURIComponent(name));
    if (!panel) return undefined;
    const said = Object.fromEntries(parts.map((part) => part.split("=").map(decodeURIComponent)));
    const places = said.card ? { card: said.card } : {};
    for (const control of panel.controls) {
      const position = control.key in said ? positionOf(control, said[control.key]) : -1;
      if (position >= 0) places[control.name] = position;
    }
    return { panel, places };
  },

  /** To what the address says: at the beginning, and when the reader goes back or on. */
  async go(all) {
    const found = address.read(location.hash);
    address.going = true;
    address.last = "";
    clearTimeout(address.timer);
    try {
      if (all) await Promise.all(Object.values(address.panels).map((panel) => panel.place(all[panel.name] ?? {})));
      else if (found) {
        await found.panel.place(found.places);
        found.panel.element.scrollIntoView();
      }
    } finally {
      address.going = false;
    }
    if (!all) history.replaceState(Object.fromEntries(Object.entries(address.panels).map(([name, { places }]) => [name, places])), "");
  },
};

function positionOf({ kind, values, texts, walks }, said) {
  if (walks) return Number(said);
  const exact = values.findIndex((value, n) => String(value) === said || texts[n] === said);
  if (exact >= 0 || kind === "menu" || said === "" || Number.isNaN(Number(said))) return exact;
  const far = values.map((value) => Math.abs(value - Number(said)));
  return far.indexOf(Math.min(...far));
}

addEventListener("popstate", ({ state }) => address.go(state ?? undefined));
