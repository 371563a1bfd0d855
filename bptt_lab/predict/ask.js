// Shows the answer to a guess, and takes the focus: the button that had it is dead by then.
function render({ model, el }) {
  el.innerHTML = '<div class="bptt-answer" tabindex="-1"></div>';
  const answer = el.firstElementChild;
  const show = () => (answer.innerHTML = model.get("value"));
  model.on("change:value", () => {
    show();
    answer.focus({ preventScroll: true });
  });
  show();
}

export default { initialize, render };
