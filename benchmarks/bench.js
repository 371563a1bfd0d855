// The clock, in the page. It runs from the key press to the first frame that shows the new picture.

window.bench = {
  pictures: (root) => [...root.querySelectorAll(".bptt-picture, .jp-RenderedImage img")],

  show: (picture) => (picture instanceof HTMLImageElement ? picture.src : picture.innerHTML),

  /** A panel's picture is an SVG; the usual way makes images. */
  painted: (picture) =>
    picture instanceof HTMLImageElement ? picture.complete && picture.naturalWidth > 0 : bptt.painted(picture),

  /** The next key starts the clock; it stops when every picture has changed and was painted. */
  arm(root) {
    const before = bench.pictures(root).map(bench.show);
    bench.result = new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error("no new picture within 20 seconds")), 20_000);
      let start;
      window.addEventListener("keydown", (event) => (start = event.timeStamp), { capture: true, once: true });
      const look = () => {
        const now = bench.pictures(root);
        const changed = now.length === before.length && now.every((picture, i) => bench.show(picture) !== before[i]);
        if (start === undefined || !changed || !now.every(bench.painted)) return;
        observer.disconnect();
        root.removeEventListener("load", look, true);
        // The frame is drawn after the callbacks that ask for it; a message sent from there is read when it is done.
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => resolve(performance.now() - start);
          port2.postMessage(null);
        });
      };
      const observer = new MutationObserver(look);
      observer.observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
      root.addEventListener("load", look, true); // of an image; it does not bubble
    });
    bench.result.catch(() => {}); // it is reported to whoever awaits it
  },

  /** Adds up what moves on the page without being told to, until the function that it stores is called. */
  watchShifts() {
    let sum = 0;
    const add = (entries) => entries.forEach((entry) => (sum += entry.value));
    const observer = new PerformanceObserver((list) => add(list.getEntries()));
    observer.observe({ type: "layout-shift" });
    bench.shifts = () => {
      add(observer.takeRecords());
      observer.disconnect();
      return sum;
    };
  },

  /** What an expression is in the kernel. */
  async kernel(expression) {
    const { kernel } = bptt.notebook.sessionContext.session;
    const request = { code: "", silent: true, store_history: false, user_expressions: { it: expression } };
    const { content } = await kernel.requestExecute(request).done;
    return content.user_expressions.it.data["text/plain"];
  },
};
