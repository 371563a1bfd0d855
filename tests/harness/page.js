// What runs inside the front end's page, for lab.py. The front end shows itself there as window.jupyterapp.

const VIEW = "application/vnd.jupyter.widget-view+json"; // the output of a widget

window.bptt = {
  reports: [], // errors and warnings that the kernel sent: an error in a widget's callback is seen nowhere else
  pending: new Set(), // what was sent to the kernel's widgets and is not dealt with yet

  /** The answer of one of the functions below, or an error when it is late: no test waits for ever. */
  inTime(name, args, seconds) {
    const late = (_, fail) => setTimeout(() => fail(new Error(`${name} has not come to an end in ${seconds} s`)), 1000 * seconds);
    return Promise.race([bptt[name](...args), new Promise(late)]);
  },

  /** Opens a notebook, and waits until its kernel answers. */
  async open(path) {
    await window.jupyterapp.restored;
    await window.jupyterapp.commands.execute("docmanager:open", { path });
    await bptt.opened(path);
    const { shell } = window.jupyterapp;
    while (!bptt.notebook.isVisible) {
      shell.activateById(bptt.notebook.id); // the launcher may have come later, and in front
      await bptt.moment();
    }
  },

  /** Opens a notebook in the place of the one that is open, with its kernel. */
  async openInPlace(path) {
    const { sessionContext } = bptt.notebook;
    const { id } = sessionContext.session.kernel;
    bptt.notebook.dispose();
    await window.jupyterapp.commands.execute("docmanager:open", { path, kernel: { id } });
    await bptt.opened(path);
  },

  /** The notebook that was opened, or that the page's address names, once it can be read and run. */
  async there(path) {
    await window.jupyterapp.restored;
    const found = () => [...window.jupyterapp.shell.widgets("main")].find(({ context }) => context?.path === path);
    while (!found()) await bptt.moment();
    await found().context.ready;
    await found().sessionContext.ready;
    return found();
  },

  /** Waits for that notebook, and until its kernel answers. */
  async opened(path) {
    const notebook = (bptt.notebook = await bptt.there(path));
    notebook.sessionContext.session.kernel.anyMessage.connect((_, { msg, direction }) => {
      if (direction === "send" && msg.header.msg_type === "comm_msg") bptt.pending.add(msg.header.msg_id);
    });
    notebook.sessionContext.iopubMessage.connect((_, { header, content, parent_header }) => {
      if (content.execution_state === "idle") bptt.pending.delete(parent_header.msg_id);
      if (header.msg_type === "error") bptt.reports.push(`${content.ename}: ${content.evalue}`);
      // JupyterLab greets a kernel that has no widgets yet; that is no fault of a notebook
      if (content.name === "stderr" && !content.text.startsWith("No such comm")) bptt.reports.push(content.text);
    });
    await bptt.answered();
  },

  /** Runs every cell; returns what went wrong. Waits until the panels are painted. */
  async runAll() {
    const faults = await bptt.run();
    if (!faults.length) await bptt.shown();
    return faults;
  },

  /** The same where only cells in view are in the page: it waits for no panel. */
  async run() {
    await window.jupyterapp.commands.execute("notebook:run-all-cells");
    const cells = [...bptt.notebook.content.model.cells].filter((cell) => cell.type === "code");
    const outputs = cells.flatMap((cell) => cell.outputs.toJSON());
    const faults = outputs.filter((output) => output.output_type === "error").map((error) => `${error.ename}: ${error.evalue}`);
    faults.push(...cells.filter((cell) => cell.executionCount === null).map((cell) => `not run: ${cell.sharedModel.source}`));
    return faults;
  },

  /** Waits until every panel among the outputs is there, its pictures are painted, and it has its words. */
  async shown() {
    const cells = [...bptt.notebook.content.model.cells].filter((cell) => cell.type === "code");
    const isPanel = ({ data }) => data && VIEW in data && "image/png" in data; // it brings a still picture of itself along
    const panels = cells.flatMap((cell) => cell.outputs.toJSON()).filter(isPanel).length;
    const ready = () => {
      const found = [...document.querySelectorAll(".bptt-panel")];
      return found.length === panels && found.every(bptt.whole);
    };
    while (!ready()) await bptt.moment();
  },

  runCell(n) {
    bptt.notebook.content.activeCellIndex = n;
    return window.jupyterapp.commands.execute("notebook:run-cell");
  },

  save() {
    return bptt.notebook.context.save();
  },

  /** Starts a kernel, if there is none. */
  wake() {
    const { sessionContext } = bptt.notebook;
    return sessionContext.session?.kernel ?? sessionContext.startKernel();
  },

  /** Does what the kernel's menu does, without asking first; waits until every panel has noticed. */
  async lose(how) {
    const { sessionContext } = bptt.notebook;
    if (how === "restart") await sessionContext.restartKernel();
    else if (how === "shut down") await sessionContext.shutdown();
    else await sessionContext.changeKernel({ name: "python3" });
    while (document.querySelector(".bptt-panel:not(.jupyter-widgets-disconnected)")) await bptt.moment();
  },

  /** What each code cell has printed. */
  printed() {
    const cells = [...bptt.notebook.content.model.cells].filter((cell) => cell.type === "code");
    const texts = (cell) => cell.outputs.toJSON().filter((output) => output.output_type === "stream").map((output) => output.text);
    return cells.map((cell) => texts(cell).flat().join(""));
  },

  /** Waits until the kernel has answered all that it was asked, and the answers are in the page and painted. */
  async settled() {
    do await bptt.answered();
    while (bptt.pending.size); // callbacks have a thread of their own in the kernel
    await bptt.frame();
  },

  answered() {
    const { kernel } = bptt.notebook.sessionContext.session;
    return kernel.requestExecute({ code: "", silent: true, store_history: false }).done;
  },

  /** A pause between two looks. A frame asked for again and again would leave a busy page no idle time, in which cells are made. */
  moment() {
    return new Promise((resolve) => setTimeout(resolve, 50));
  },

  /** Waits until the next frame is drawn. */
  frame() {
    return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  },

  /** Whether all of a panel is there: its parts come one by one. */
  whole(panel) {
    const pictures = [...panel.querySelectorAll(".bptt-picture")];
    return pictures.length > 0 && pictures.every(bptt.painted) && panel.querySelector(".bptt-words .widget-html-content") !== null;
  },

  /** A picture is an SVG: a chart or a live graph. */
  painted(picture) {
    return picture.querySelector("svg > *") !== null;
  },

  /** The elements of a picture, to compare. "" where it shows nothing. */
  content(picture) {
    if (!bptt.painted(picture)) return "";
    // where Tab would land is no part of what is shown
    return picture.innerHTML.replace(/ tabindex="-?\d"/g, "");
  },

  /** Where the parts of a panel are, from its corner. */
  boxes(panel) {
    const origin = panel.getBoundingClientRect();
    return [...panel.querySelectorAll(".bptt-picture, .bptt-words")].map((part) => {
      const { left, top, width, height } = part.getBoundingClientRect();
      return [left - origin.left, top - origin.top, width, height];
    });
  },

  /** The errors since the last call. */
  reported() {
    return bptt.reports.splice(0);
  },

  /** Closes the notebook and its kernel. */
  async leave() {
    await bptt.shutdown();
    bptt.notebook?.dispose();
    bptt.pending.clear();
    bptt.reported();
  },

  shutdown() {
    return bptt.notebook?.sessionContext.shutdown();
  },
};
