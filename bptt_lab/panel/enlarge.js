// A picture that is wider than its place scrolls there; this shows it over the whole window.
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
  }

  button.addEventListener("click", enlarge);
  if (wholePictureIsAButton) picture.addEventListener("click", () => button.offsetParent && enlarge());
}

