// Starts the page's Python as soon as JupyterLab can. The notebook, a second later, finds its session running.
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

  Object.defineProperty(window, "jupyterapp", {
    configurable: true,
    set(app) {
      Object.defineProperty(window, "jupyterapp", { value: app });
      if (path?.endsWith(".ipynb")) start(app);
    },
  });
}
