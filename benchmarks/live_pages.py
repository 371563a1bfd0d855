"""How long a reader of a live page waits, on a line like a school's: until a control has answered, and for a key.

python -m benchmarks.live_pages               prints which positions of which sliders the pages do not offer
python -m benchmarks.live_pages FOLDER        prints the other table too, for the site in FOLDER
"""

import sys
from pathlib import Path
from statistics import median

from playwright.sync_api import sync_playwright

from bptt_lab.panel import Panel
from bptt_lab.published import PAGES
from bptt_site.live.cells import live_results
from bptt_site.live.record import make_ready
from bptt_site.live.states import MOST, MOST_OF_GRAPHS, controls_of
from tests.harness.hosts import serving
from tests.harness.lab import find_chromium, launch_options

PRESSES, VISITS = 20, 3
LINE = {"offline": False, "latency": 20, "downloadThroughput": 10e6 / 8, "uploadThroughput": 10e6 / 8}
# The reader opens what waits for a guess, and presses a key on the first slider as soon as it is there
ANSWERED = """() => new Promise((resolve) => {
    const step = () => {
        const panel = document.querySelector(".bptt-panel");
        const control = panel?.querySelector(".bptt-controls :is(input, select)");
        if (!control) return requestAnimationFrame(step);
        [...panel.querySelectorAll(".bptt-predict > button")].forEach((button) => button.click());
        const said = panel.querySelector(".bptt-said");
        const before = said.innerHTML;
        if (control.matches("input")) control.value = Number(control.value) - 1;
        else control.selectedIndex = (control.selectedIndex + 1) % control.length;
        control.dispatchEvent(new Event(control.matches("input") ? "input" : "change"));
        const look = () => {
            if (said.innerHTML === before) return requestAnimationFrame(look);
            requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now())));
        };
        look();
    };
    step();
})"""
PRESSED = """(panel) => new Promise((resolve) => {
    const input = panel.querySelector("input");
    const said = panel.querySelector(".bptt-said");
    const before = said.innerHTML;
    const start = performance.now();
    input.value = Number(input.value) + (input.value === input.max ? -1 : 1);
    input.dispatchEvent(new Event("input"));
    const look = () => {
        if (said.innerHTML === before) return requestAnimationFrame(look);
        requestAnimationFrame(() => resolve(performance.now() - start));
    };
    look();
})"""
HEAD = """
## Live pages to read

A first visit on a line of 10 Mbit/s and 20 ms, with nothing kept: kilobytes that the server sent, and seconds, until
the first control of the page has answered; the medians of {visits} readers. Then milliseconds from a move of the first
slider to the frame that shows it, when its piece is there: the median of {presses} and, in brackets, the largest. No
Python is asked for.

| page | kB | seconds | slider, ms |
|---|---|---|---|
"""

OFFERS = """
## What a page does not offer

A page has a picture for each state that its controls offer, drawn while the site is built: at most {most} of a panel,
and {graphs} of a graph, whose pictures are ten times as large. Menus offer all they have in the notebook. These sliders
offer fewer positions, by the rule of `bptt_site/live/states.py`. All others offer the notebook's.

| page | panel | slider | offers | of | which |
|---|---|---|---|---|---|
"""


def offer_rows():
    """Yields the lines of the table of thinned sliders. It runs the pages' cells."""
    yield OFFERS.format(most=MOST, graphs=MOST_OF_GRAPHS)
    for page in PAGES:
        for panel in (result for result in live_results(page).values() if isinstance(result, Panel)):
            make_ready(panel)
            for control in controls_of(panel):
                if len(control.values) < control.of:
                    title, texts = type(panel).__name__.removesuffix("Panel"), ", ".join(control.texts)
                    count = f"{len(control.values)} | {control.of}"
                    yield f"| {page.name[:2]} | {title} | {control.label} | {count} | {texts} |\n"


def live_rows(browser, site):
    """Yields the lines of the table."""
    yield HEAD.format(visits=VISITS, presses=PRESSES)
    with serving(site) as host:
        for path in PAGES:
            firsts = [_first_visit(browser, host, path) for _ in range(VISITS)]
            kilobytes, seconds = (median(values) for values in zip(*firsts, strict=True))
            pressed = _presses(browser, host, path)
            yield f"| {path.name[:2]} | {kilobytes:.0f} | {seconds:.2f} | {pressed} |\n"


def _first_visit(browser, host, path):
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    context.new_cdp_session(page).send("Network.emulateNetworkConditions", LINE)
    host.given.clear()
    page.goto(f"{host.address}read/{path.stem}.html", wait_until="commit")
    milliseconds = page.evaluate(ANSWERED)
    context.close()
    return sum(sent for _, sent in host.given) / 1000, milliseconds / 1000


def _presses(browser, host, path):
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"{host.address}read/{path.stem}.html")
    page.evaluate(ANSWERED)
    panel = page.locator(".bptt-panel:has(input)").first
    if not panel.count():
        return "no slider"
    for button in panel.locator(".bptt-predict > button").all():
        button.click()
    handle = panel.element_handle()
    for _ in range(2 * PRESSES):
        page.evaluate(PRESSED, handle)  # until its pieces are there
    times = [page.evaluate(PRESSED, handle) for _ in range(PRESSES)]
    page.close()
    return f"{median(times):.0f} ({max(times):.0f})"


if __name__ == "__main__":
    print(*offer_rows(), sep="", flush=True)
    if len(sys.argv) < 2:
        sys.exit()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options(find_chromium(playwright)))
        for line in live_rows(browser, Path(sys.argv[1])):
            print(line, end="", flush=True)
