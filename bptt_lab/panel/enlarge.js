// A picture that is wider than its place scrolls there. What matters in it is brought into sight, and it can be enlarged.
const BEFORE = 48; // pixels that are seen before the first part, where its title may begin

/** Whether that part of the picture is seen without scrolling. */
function isSeen(scroller, part) {
  const [room, { left, right }] = [scroller.getBoundingClientRect(), part.getBoundingClientRect()];
  return left >= room.left && right <= room.right;
}

/** Scroll to the middle of these parts, or to where they begin if not all of them fit.
 * smoothly: for a reader who follows. someWillDo: if not all of them fit, it is enough that some are seen. */
function bringIntoSight(scroller, parts, { smoothly = false, someWillDo = false } = {}) {
  if (!scroller.scrolls || parts.every((part) => isSeen(scroller, part))) return;
  const room = scroller.getBoundingClientRect();
  const boxes = parts.map((part) => part.getBoundingClientRect());
  const left = Math.min(...boxes.map((box) => box.left));
  const right = Math.max(...boxes.map((box) => box.right));
  const fit = right - left <= room.width;
  if (!fit && someWillDo && parts.some((part) => isSeen(scroller, part))) return;
  const calm = !smoothly || matchMedia("(prefers-reduced-motion: reduce)").matches;
  scroller.scrollBy({
    left: fit ? (left + right - room.left - room.right) / 2 : left - room.left - BEFORE,
    behavior: calm ? "instant" : "smooth",
  });
}

/** Note whether the picture scrolls, so that no step must ask for the layout; `begin` is called when it comes to that. */
function watchWidth(scroller, begin) {
  new ResizeObserver(() => {
    const before = scroller.scrolls;
    scroller.scrolls = scroller.scrollWidth > scroller.clientWidth;
    if (scroller.scrolls && !before) begin();
  }).observe(scroller);
}

/** Have a button show the picture over the whole window. */
function enlargeable(scroller, picture, wholePictureIsAButton) {
  const button = document.createElement("button");
  button.className = "bptt-enlarge";
  button.textContent = "Enlarge the picture";
  scroller.after(button);

  function enlarge() {
    const dialog = document.createElement("dialog");
    dialog.className = "bptt-large";
    dialog.innerHTML = '<button class="bptt-close">Close</button>';
    dialog.setAttribute("aria-label", "the picture, enlarged");
    const copy = picture.cloneNode(true);
    copy.querySelectorAll("[tabindex]").forEach((part) => part.removeAttribute("tabindex"));
    dialog.append(copy);
    scroller.after(dialog); // in its panel, whose style it keeps; as a modal it is above all
    dialog.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      button.focus({ preventScroll: true });
    });
    dialog.showModal();
    dialog.scrollLeft = (scroller.scrollLeft / scroller.scrollWidth) * dialog.scrollWidth; // where the reader was
  }

  button.addEventListener("click", enlarge);
  if (wholePictureIsAButton) picture.addEventListener("click", () => button.offsetParent && enlarge());
}

