// Where no panel can be live, for a page that is opened as a file or in an old browser, the still pictures are shown.
if (location.protocol === "file:" || typeof DecompressionStream === "undefined") {
  for (const still of document.querySelectorAll("[data-live] noscript")) still.outerHTML = still.textContent;
}
