// Keeps the site in the reader's browser, so that a later visit transfers nothing and needs no network.
// SITE, put before this by the build, is { version, files }: one version's files never change.

{
  // a block: JupyterLite's worker, loaded below, has names of its own
  const CACHE = `bptt-companion-${SITE.version}`;
  const FILES = new Set(SITE.files);
  const BASE = new URL("./", location.href);

  self.addEventListener("fetch", (event) => {
    const { pathname, origin } = new URL(event.request.url);
    // JupyterLite's page asks this every 20 s: by then what it needed at first is here
    if (pathname.endsWith("/api/service-worker-heartbeat")) event.waitUntil(keepAll());
    if (event.request.method !== "GET" || origin !== BASE.origin || !pathname.startsWith(BASE.pathname)) return;
    let file = decodeURIComponent(pathname.slice(BASE.pathname.length));
    if (file === "" || file.endsWith("/")) file += "index.html";
    if (!FILES.has(file)) return; // for JupyterLite's own worker, below
    event.stopImmediatePropagation();
    event.respondWith(kept(file));
  });

  self.addEventListener("activate", (event) => {
    event.waitUntil(forgetOldVersions());
  });

  /** From the cache, else from the server and into the cache. A private window may have none, or no room in it. */
  async function kept(file, options) {
    const url = new URL(file, BASE).href;
    const cache = await caches.open(CACHE).catch(() => null);
    const known = await cache?.match(url);
    if (known) return known;
    const answer = await fetch(url, options);
    if (answer.ok) await cache?.put(url, answer.clone()).catch(() => {});
    return answer;
  }

  let keeping;

  /** The rest of the files, one after the other. What the browser has by now is not transferred again. */
  function keepAll() {
    keeping ??= (async () => {
      for (const file of FILES) await kept(file, { cache: "force-cache", priority: "low" });
    })().catch(() => (keeping = undefined)); // no network: go on at the next heartbeat
    return keeping;
  }

  async function forgetOldVersions() {
    for (const name of await caches.keys())
      if (name.startsWith("bptt-companion-") && name !== CACHE) await caches.delete(name);
  }
}

// A new version waits until the last page of the old one is closed: their files must not mix.
self.skipWaiting = () => Promise.resolve();
importScripts("service-worker-of-jupyterlite.js");
