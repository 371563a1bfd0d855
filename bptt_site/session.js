// Starts the page's Python as soon as JupyterLab can. The notebook, a second later, finds its session running. In a
// narrow window what stands beside the notebook is folded: it would leave it next to nothing.
{
  // JupyterLite would unregister all workers of the host at a second visit: other sites' too, and a version that waits
  if (navigator.serviceWorker) navigator.serviceWorker.getRegistrations = async () => [];

  const path = new URLSearchParams(location.search).get("path");

  async function start({ restored, serviceManager: { sessions } }) {
    await restored;
    await navigator.serviceWorker?.ready; // by which Python reaches the reader's files
    const name = path.split("/").pop(); // as the notebook calls it
    const session = await sessions.startNew({ path, name, type: "notebook", kernel: { name: "python" } });
    session.dispose(); // this end of it: the notebook's own answers the widgets
  }

  /**
   * A notebook that opens asks its kernel for widgets, then takes what was saved with it. JupyterLite's Python is always a
   * new one, and answers late or, if the question is put in the older way, never: here it has none until it answers.
   */
  function tellOfWidgets(kernels) {
    const connectTo = kernels.connectTo.bind(kernels);
    kernels.connectTo = (options) => {
      const kernel = connectTo(options);
      const createComm = kernel.createComm.bind(kernel);
      let answers = false;
      kernel.info.then(() => (answers = true)).catch(() => {});
      kernel.createComm = (target, ...more) => {
        if (target === "jupyter.widget.control" && !answers) throw new Error("Python has not started yet");
        return createComm(target, ...more);
      };
      kernel.requestCommInfo = async () => ({ content: { status: "ok", comms: {} } });
      return kernel;
    };
  }

  /** A browser without room cannot keep a copy to go back to. That is no reason not to open: as in a folder that is read-only. */
  function openWithoutRoom(contents) {
    const createCheckpoint = contents.createCheckpoint.bind(contents);
    contents.createCheckpoint = (...given) =>
      createCheckpoint(...given).catch((error) => {
        if (error.name === "QuotaExceededError") error.response = { status: 403 };
        throw error;
      });
  }

  /** JupyterLab opens the list of files at its start, some time. Later the reader may. */
  function foldSides(shell) {
    const fold = () => {
      if (!shell.leftCollapsed) shell.collapseLeft();
      if (shell.isSideTabBarVisible("right")) shell.toggleSideTabBarVisibility("right");
    };
    shell.layoutModified.connect(fold);
    for (const touch of ["pointerdown", "keydown"])
      addEventListener(touch, () => shell.layoutModified.disconnect(fold), { once: true, capture: true });
  }

  Object.defineProperty(window, "jupyterapp", {
    configurable: true,
    set(app) {
      Object.defineProperty(window, "jupyterapp", { value: app });
      tellOfWidgets(app.serviceManager.kernels);
      openWithoutRoom(app.serviceManager.contents);
      if (path?.endsWith(".ipynb")) start(app);
      if (matchMedia("(max-width: 1000px)").matches) foldSides(app.shell);
    },
  });
}
