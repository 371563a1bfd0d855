"""How long a reader of the static site waits: for the first picture, on a first and a later visit, and after each key.

    PYODIDE_DIR=folder python -m benchmarks.bench_site        writes benchmarks/site.md

The site is built, served on this computer and opened in a headless Chromium; each first visit is a new reader's.
"""

import os
import tempfile
from importlib.metadata import version
from pathlib import Path
from statistics import median

from playwright.sync_api import sync_playwright

from benchmarks.bench_panels import LOOK, p95, press
from benchmarks.live_pages import live_rows, offer_rows
from bptt_lab.published import PAGES
from bptt_site.build import build, size_of
from bptt_site.runtime import CORE_VERSION, Folder
from tests.harness.hosts import keep_all, refusing, serving, site_page
from tests.harness.lab import Slider, find_chromium, launch_options

HERE = Path(__file__).resolve().parent
FIRST = "00-start-here.ipynb"
VISITS, PRESSES = 5, 20
MEGABYTE = 1_000_000
PARTS = (("Python and its packages", "lite/pyodide"), ("JupyterLite, with these", "lite"), ("pages to read", "read"))
# The reader chooses "Run All Cells" as soon as the page is there; it ends when a live picture is painted.
FIRST_PICTURE = """async (path) => {
    await bptt.there(path);
    const there = performance.now();
    window.jupyterapp.commands.execute("notebook:run-all-cells");
    const painted = () => [...document.querySelectorAll(".bptt-panel .bptt-picture")].some(bptt.painted);
    while (!painted()) await bptt.frame();
    return [there, performance.now()];
}"""


def visit(lab, host) -> tuple:
    """(seconds until the notebook can be read, until its first live picture, megabytes transferred until then)."""
    host.given.clear()
    lab.go(FIRST)
    there, picture = lab.page.evaluate(FIRST_PICTURE, FIRST)
    return there / 1000, picture / 1000, sum(sent for _, sent in host.given) / MEGABYTE


def visits(browser, host, outside, site):
    """Of each of some readers, a first visit and a later one."""
    pairs = []
    for _ in range(VISITS):
        lab = site_page(browser, host.address, outside)
        first = visit(lab, host)
        keep_all(lab.page, site)
        pairs.append((first, visit(lab, host)))
        lab.context.close()
    return pairs


def sliders(browser, host, outside):
    """Yields (page, slider, milliseconds of each press) for the first slider of each panel."""
    for path in PAGES:
        lab = site_page(browser, host.address, outside)
        lab.open(path.name)
        lab.run_all()
        lab.go_on()
        lab.page.add_script_tag(path=HERE / "bench.js")
        for panel in lab.panels:
            panel.root.evaluate("root => root.scrollIntoView()")  # JupyterLab leaves out what is not in view
            lab.settle()
            for control in [control for control in panel.controls if isinstance(control, Slider)][:1]:
                control.turn("ArrowLeft")  # so that there is room to the right
                press(panel, control.label, 2)  # to warm up
                yield path.name[:2], control.label, press(panel, control.label, PRESSES)
        lab.context.close()


HEAD = """\
# How long a reader of the site waits

`PYODIDE_DIR=folder make bench-site` builds the site with a Python runtime of its own, serves it on this computer and
measures anew. A slow line adds its own time.

## Size

| what | MB |
|---|---|
"""
VISIT_HEAD = """
## Visits

Seconds from opening page 00 until it is there to read, and until its first live picture is painted, when *Run All
Cells* was chosen at once; megabytes that the server sent until then. The medians of {visits} readers and, in brackets,
the largest.

| visit | page is there | first live picture | MB sent |
|---|---|---|---|
"""
SLIDER_HEAD = """
## Sliders

Milliseconds from the key press on a panel's first slider to the first frame that shows the new picture: the median of
{presses} presses and, in brackets, their 95th percentile. Before each press the page rests for {look} ms.

| page | slider | milliseconds |
|---|---|---|
"""


def spread(values, digits=1) -> str:
    return f"{median(values):.{digits}f} ({max(values):.{digits}f})"


def run():
    """Yields the report, some lines at a time."""
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        site = Path(temporary, "site")
        build(site, Folder(os.environ["PYODIDE_DIR"]))
        yield HEAD
        for what, folder in PARTS:
            yield f"| {what} | {size_of(site / folder) / MEGABYTE:.1f} |\n"
        yield f"| **the whole site** | **{size_of(site) / MEGABYTE:.1f}** |\n"
        browser = playwright.chromium.launch(**launch_options(find_chromium(playwright)))
        yield from live_rows(browser, site)
        yield from offer_rows()
        with serving(site) as host, refusing() as outside:
            yield VISIT_HEAD.format(visits=VISITS)
            firsts, laters = zip(*visits(browser, host, outside, site), strict=True)
            for name, times in (("first", firsts), ("later", laters)):
                there, picture, sent = zip(*times, strict=True)
                yield f"| {name} | {spread(there)} | {spread(picture)} | {spread(sent)} |\n"
            yield SLIDER_HEAD.format(presses=PRESSES, look=LOOK)
            for page, label, times in sliders(browser, host, outside):
                yield f"| {page} | {label} | {median(times):.0f} ({p95(times):.0f}) |\n"
            yield f"\nRequests to other hosts: {len(outside.asked)}.\n"
        versions = f"Chromium {browser.version}, jupyterlite-core {version('jupyterlite-core')}, Pyodide {CORE_VERSION}"
        yield f"\n{versions}; {os.cpu_count()} processors.\n"


if __name__ == "__main__":
    if "PYODIDE_DIR" not in os.environ:
        raise SystemExit(
            "PYODIDE_DIR must name a folder with the Python runtime for browsers: make runtime fetches one"
        )
    parts = []
    for part in run():
        print(part, end="", flush=True)
        parts.append(part)
    (HERE / "site.md").write_text("".join(parts), encoding="utf-8")
