"""Every live page of the site, and every control on it: each answers, and Python is not asked for."""

import re

import nbformat
import pytest

from bptt_lab.published import PAGES
from bptt_lab.symbols import plain
from bptt_site.live.cells import may_be_live
from bptt_site.serve import server_for
from tests.harness.comparing import check_same_text
from tests.harness.hosts import Strictest, running
from tests.harness.stored import panel_words

MOST_BYTES = 300_000  # on a first visit, until the first control of a page has answered
# The symbols of a page's formulas that light nothing, as its graph begins: the backward graph shows no forward values.
# Pages 01, 05, 06 and 07 have no graph: there a symbol lights up wherever it stands.
UNLIT = {"02": {"U.T", "f'"}, "03": {*"UVWYbcfhxy", "h_hat", "y_hat"}, "04": set()}
LIGHTS_NOTHING = """async () => {
    const names = new Set([...document.querySelectorAll("[data-symbol]")].map(({ dataset }) => dataset.symbol));
    const unlit = [];
    for (const name of names) {
        const lit = [...document.querySelectorAll(`[data-symbol="${name}"]`)].some((symbol) => {
            symbol.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
            return document.querySelector("[data-key].bptt-lit");
        });
        if (!lit) unlit.push(name);
    }
    return unlit.sort();
}"""


@pytest.fixture(scope="module")
def live_host(site):
    with running(server_for(site, handler=Strictest)) as server:
        yield server


@pytest.fixture
def opened(browser, live_host):
    """opened(path): the page, in a browser that was never there; at its end nobody has complained."""
    contexts, faults = [], []

    def page(path, ready="[data-live] .bptt-panel"):
        contexts.append(browser.new_context(viewport={"width": 1440, "height": 900}))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: line.type in ("error", "warning") and faults.append(line.text))
        live_host.given.clear()
        page.goto(f"{live_host.address}{path}")
        page.locator(ready).first.wait_for()
        return page

    yield page
    for context in contexts:
        context.close()
    assert faults == []
    assert not any(re.search(r"lite|pyodide|[.]py|whl|wasm", path) for path, _ in live_host.given)


def go_on(page):
    waiting = page.get_by_role("button", name="Go on without a guess")
    while waiting.count():
        waiting.first.click()


def shown(panel):
    return panel.evaluate("panel => panel.querySelector('.bptt-room').innerText + panel.querySelectorAll('*').length")


@pytest.mark.parametrize("path", PAGES, ids=[path.stem[:2] for path in PAGES])
def test_every_panel_is_live_and_every_control_answers(opened, live_host, path):
    page = opened(f"read/{path.stem}.html")
    count = len(may_be_live(nbformat.read(path, as_version=4)))
    page.wait_for_function(
        "count => document.querySelectorAll('[data-live] > :is(.bptt-panel, .bptt-ask)').length === count", arg=count
    )
    go_on(page)
    moved = 0
    for panel, stored in zip(page.locator(".bptt-panel").all(), panel_words(path.name), strict=True):
        if "≤" not in stored:  # there stands a bound for rounding errors, of which no two computers make the same
            check_same_text(plain(panel.locator(".bptt-said").inner_html()), stored)
        for control in panel.locator(".bptt-controls :is(input, select)").all():
            words = panel.locator(".bptt-said").inner_html()
            pictures = panel.locator(".bptt-picture").evaluate_all("all => all.map((one) => one.innerHTML)")
            control.focus()
            is_last = control.evaluate(
                "one => one.matches('input') ? one.value === one.max : one.selectedIndex === one.length - 1"
            )
            page.keyboard.press("ArrowLeft" if is_last else "ArrowRight")
            page.wait_for_function(
                """([panel, words, pictures]) => panel.querySelector(".bptt-said").innerHTML !== words
                    || [...panel.querySelectorAll(".bptt-picture")].some((one, n) => one.innerHTML !== pictures[n])""",
                arg=[panel.element_handle(), words, pictures],
            )
            if not moved:
                assert sum(sent for _, sent in live_host.given) <= MOST_BYTES
            moved += 1
    assert moved or count == 0


def test_each_panel_stands_alone_too(opened, site):
    names = sorted(path.stem for path in (site / "embed").glob("*.html"))
    assert len(names) >= 18
    for name in names:
        page = opened(f"embed/{name}.html")
        assert page.locator(".bptt-panel .bptt-picture svg").count() >= 1
        assert page.evaluate("document.documentElement.scrollWidth") <= 1440


@pytest.mark.parametrize("number", UNLIT)
def test_symbols_of_a_page_with_a_graph_light_it(opened, number):
    path = next(path for path in PAGES if path.stem.startswith(number))
    page = opened(f"read/{path.stem}.html", ".scene [data-key]")
    go_on(page)
    assert set(page.evaluate(LIGHTS_NOTHING)) <= UNLIT[number]


def test_no_file_of_the_panels_is_large(site):
    assert max(path.stat().st_size for path in (site / "read" / "live").iterdir()) <= 100_000
