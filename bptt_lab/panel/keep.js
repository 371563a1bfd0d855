// A widget outlives its kernel: it stands still then, says so, and is saved with its notebook, to be seen the next day.
//
// JupyterLab's own setting, saveState, saves only what has a kernel: whoever opens a saved page, reads, and saves again,
// or restarts the kernel and saves, finds "model not found" the next time.
const STATE = "application/vnd.jupyter.widget-state+json";
const VIEW = "application/vnd.jupyter.widget-view+json";

function keepState(manager) {
  const { context } = manager; // of the notebook, in JupyterLab, Jupyter Notebook and JupyterLite
  // elsewhere there is none, or, in VS Code, one whose notebook is of an older kind and is not saved
  if (!context?.saveState || !context.model?.getMetadata || manager.keepsState) return;
  manager.keepsState = true; // once for all widgets of a notebook
  let known = { ...context.model.getMetadata("widgets")?.[STATE]?.state };
  const look = () => Object.assign(known, manager.get_state_sync({ drop_defaults: true }).state);

  context.sessionContext.statusChanged.connect((_, status) => /restarting/.test(status) && look()); // the last moment
  context.sessionContext.kernelChanged.connect(() => {
    look();
    manager.disconnect(); // JupyterLab does so after a restart only, not when a kernel is shut down or another is chosen
  });
  context.saveState.connect((_, moment) => {
    if (moment !== "started") return;
    known = shown(look(), context.model.cells);
    const state = { version_major: 2, version_minor: 0, state: known };
    if (Object.keys(known).length) context.model.setMetadata("widgets", { [STATE]: state });
    else context.model.deleteMetadata("widgets");
  });
}

/** The widgets that a cell's output shows, and those that they are made of. */
function shown(known, cells) {
  const found = {};
  const follow = (id) => {
    if (!(id in known) || id in found) return;
    found[id] = known[id];
    for (const [, part] of JSON.stringify(known[id].state).matchAll(/"IPY_MODEL_(\w+)"/g)) follow(part);
  };
  for (const { outputs } of cells) {
    for (let n = 0; n < (outputs?.length ?? 0); n++) follow(outputs.get(n).data[VIEW]?.model_id);
  }
  return found;
}

