// The way into JupyterLite when the page that led here is of another version than the one that the browser has kept. If
// the host has a newer one, it is brought and begins, once no page of the older one is open; then the notebook opens.
{
  const notebook = new URLSearchParams(location.search);
  notebook.delete("version"); // whatever comes next is the newest that there is
  const address = `lab/index.html?${notebook}`;
  const [told, instead] = document.querySelectorAll("p");
  instead.firstElementChild.href = address;

  async function bring() {
    const registration = await navigator.serviceWorker.getRegistration();
    await registration.update();
    if (registration.installing) {
      told.textContent = "A newer version of the companion is on its way. The page opens once it is here.";
      await reached(registration.installing, "installed");
    }
    const { waiting } = registration;
    if (!waiting) return;
    while (await askToBegin(waiting)) {
      told.textContent =
        "The older version of the companion is open in another tab. Save what you did there and close it: the newer one then begins.";
      instead.hidden = false;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    await reached(waiting, "activated");
  }

  const ORDER = ["installing", "installed", "activating", "activated", "redundant"];

  /** Until the worker has come so far, or has failed. */
  function reached(worker, state) {
    return new Promise((resolve) => {
      const look = () => ORDER.indexOf(worker.state) >= ORDER.indexOf(state) && resolve();
      worker.addEventListener("statechange", look);
      look();
    });
  }

  /** How many pages of the older version are open; if none is, the newer one begins. */
  function askToBegin(worker) {
    return new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }) => resolve(data);
      worker.postMessage("begin", [port2]);
    });
  }

  bring()
    .catch((error) => console.info(error.message)) // no line: what the browser has is whole
    .then(() => location.replace(address));
}
