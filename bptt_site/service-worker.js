// Keeps the site in the reader's browser, so that a later visit transfers nothing and needs no network.
// SITE, put before this by the build, is one version: { version, files: { path: its sha256 } }. A file is kept if it has
// that hash and not otherwise: a host may have moved on to another version, and a captive portal says 200 to all.

{
  // a block: JupyterLite's worker, put after this by the build, has names of its own
  const PREFIX = "bptt-companion-";
  const CACHE = PREFIX + SITE.version;
  const BASE = new URL("./", location.href);
  const WHOLE = new URL("whole", BASE).href; // an entry of the cache that has every file
  const NEWER = new URL("newer.html", BASE).href;
  const takeOver = self.skipWaiting.bind(self);
  self.skipWaiting = () => Promise.resolve(); // JupyterLite's own would let two versions mix

  self.addEventListener("install", (event) => event.waitUntil(begin()));
  self.addEventListener("activate", (event) => event.waitUntil(replaceOldVersions()));
  self.addEventListener("fetch", (event) => {
    const { pathname, origin, searchParams } = new URL(event.request.url);
    // JupyterLite's page asks this every 20 s: by then what it needed at first is here
    if (pathname.endsWith("/api/service-worker-heartbeat")) event.waitUntil(keepAll());
    if (event.request.method !== "GET" || origin !== BASE.origin || !pathname.startsWith(BASE.pathname)) return;
    let file = decodeURIComponent(pathname.slice(BASE.pathname.length));
    if (file === "" || file.endsWith("/")) file += "index.html";
    if (!Object.hasOwn(SITE.files, file)) return; // for JupyterLite's own worker, below
    event.stopImmediatePropagation();
    const wanted = event.request.mode === "navigate" && file === "lab/index.html" && searchParams.get("version");
    // the page that led here is of another version than this one
    if (wanted && wanted !== SITE.version) event.respondWith(Response.redirect(`${NEWER}?${searchParams}`));
    else event.respondWith(give(file));
  });
  self.addEventListener("message", (event) => {
    if (event.data === "begin") event.waitUntil(beginIfAlone(event.ports[0]));
  });

  let interrupts = false; // another version, whose pages are open

  /**
   * An older version that is whole serves on until this one is whole too and its last page is closed.
   * One that is not cannot be completed any more, as the host has this one now: then this one begins at once.
   */
  async function begin() {
    if (registration.active && (await stored(WHOLE))) {
      try {
        return await fill();
      } catch (error) {
        if (!noRoom(error)) throw error; // the browser tries again at a later visit
      }
    }
    interrupts = Boolean(registration.active);
    await takeOver();
  }

  /** Begin at once, unless a page of the older version is open. The answer: how many are. */
  async function beginIfAlone(port) {
    const pages = await clients.matchAll({ type: "window", includeUncontrolled: true });
    const open = pages.filter(({ url }) => url.startsWith(BASE.href) && !url.startsWith(NEWER));
    if (!open.length) {
      interrupts = true; // whoever opens one in this moment
      await takeOver();
    }
    port.postMessage(open.length);
  }

  async function replaceOldVersions() {
    for (const name of await caches.keys().catch(() => []))
      if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
    if (!interrupts) return;
    for (const page of await clients.matchAll()) page.navigate(page.url).catch(() => {}); // it has files of both
  }

  /** A file for a page. What the host gives in its place is passed on, and not kept. */
  async function give(file) {
    const cache = await caches.open(CACHE).catch(() => null); // a private window may have none, or no room in it
    const known = await cache?.match(urlOf(file));
    if (known) return known;
    const { answer, right } = await find(file);
    if (right) await cache?.put(urlOf(file), answer.clone()).catch(() => {});
    else lookForNewer();
    return answer;
  }

  let keeping;

  function keepAll() {
    keeping ??= fill().catch((error) => {
      if (noRoom(error)) return;
      keeping = undefined; // go on at the next heartbeat
      lookForNewer();
    });
    return keeping;
  }

  /** Keeps the files that are not kept yet, one after the other, so that pages go first. */
  async function fill() {
    const cache = await caches.open(CACHE);
    for (const file of Object.keys(SITE.files)) {
      if (await cache.match(urlOf(file))) continue;
      const { answer, right } = await find(file, { priority: "low" });
      if (!right) throw new Error(`the host has no ${file} of this version`);
      await cache.put(urlOf(file), answer);
    }
    await cache.put(WHOLE, new Response());
  }

  /** {answer, right}: the file as this version has it, or what there is in its place. */
  async function find(file, options) {
    const url = urlOf(file);
    const sources = [
      () => stored(url), // an older version's, and mostly the same
      () => fetch(url, { ...options, cache: "no-cache" }), // what the browser has, if the host says that it is so still
      () => fetch(url, { ...options, cache: "reload" }), // which hosts say of changed files too that are of one date
    ];
    let answer;
    for (const source of sources) {
      answer = await source();
      const bytes = await answer?.clone().arrayBuffer();
      // made anew, because a page does not take an answer that the host has redirected
      if (bytes && (await sha256(bytes)) === SITE.files[file]) return { answer: new Response(bytes, answer), right: true };
    }
    return { answer, right: false };
  }

  const urlOf = (file) => new URL(encodeURI(file), BASE).href;
  const stored = (url) => caches.match(url).catch(() => undefined);
  const noRoom = (error) => error.name === "QuotaExceededError";
  const lookForNewer = () => registration.update().catch(() => {});

  async function sha256(bytes) {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
}
