// Shows the two layers of a chart that Python drew.
function render({ model, el }) {
  el.innerHTML = `
    <div class="bptt-scroller">
      <div class="bptt-picture bptt-chart" role="img" aria-label="chart; the words below have its numbers">
        <div></div><div></div>
      </div>
    </div>`;
  const scroller = el.firstElementChild;
  const chart = scroller.firstElementChild;
  const [behind, moving] = chart.children;
  const shown = {
    behind: () => (behind.innerHTML = model.get("behind")),
    moving: () => {
      moving.innerHTML = model.get("moving");
      follow();
    },
    height: () => chart.style.setProperty("--height", model.get("height")),
  };
  const follow = () => bringIntoSight(scroller, [...moving.querySelectorAll("use")], { someWillDo: true });
  for (const [name, show] of Object.entries(shown)) {
    model.on(`change:${name}`, show);
    show();
  }
  watchWidth(scroller, follow);
  enlargeable(scroller, chart, true);
}

export default { initialize, render };
