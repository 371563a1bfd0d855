// Sees to it that a page is whole. All else that a page loads is named after its content, so that nothing of another
// version comes in its place: what a host with a newer version no longer has is missing. Then the page is loaded anew, once.
// This file alone keeps its name. It serves the pages of all versions, and knows of them: data-begun on the document, once
// its script runs; data-live on the places of panels, with the still ones in a noscript; the events below.
{
  const isSecond = performance.getEntriesByType("navigation")[0]?.type === "reload";
  const sheets = [...document.querySelectorAll("link[rel=stylesheet]")];

  function showStill() {
    for (const still of document.querySelectorAll("[data-live] noscript")) still.outerHTML = still.textContent;
  }

  /** The newest page that the host has, whatever the browser has kept and however alike their dates are. */
  async function loadAnew() {
    const answer = await fetch(location.href, { cache: "reload" }).catch(() => undefined);
    if (answer?.ok) location.reload();
  }

  function missing() {
    showStill();
    if (!isSecond) loadAnew();
  }

  addEventListener("bptt-missing", missing); // a file of the page
  addEventListener("bptt-anew", loadAnew); // the reader's own wish
  if (location.protocol === "file:" || typeof DecompressionStream === "undefined") showStill(); // no panel can be live
  else
    addEventListener("load", () => {
      if (!("begun" in document.documentElement.dataset) || sheets.some(({ sheet }) => !sheet)) missing();
    });
}
