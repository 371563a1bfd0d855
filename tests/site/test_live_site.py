"""Every live page of the site, and every control on it: each answers, and Python is not asked for."""

import gzip
import json
import re

import nbformat
import pytest

from bptt_lab.published import PAGES
from bptt_lab.symbols import plain
from bptt_site.live.cells import may_be_live
from bptt_site.serve import server_for
from tests.harness.checks import readable
from tests.harness.comparing import check_same_text
from tests.harness.hosts import Strictest, running
from tests.harness.stored import panel_words

EVERY_PAGE = pytest.mark.parametrize("path", PAGES, ids=[path.stem[:2] for path in PAGES])
MOST_BYTES = 300_000  # on a first visit, until the first control of a page has answered
SIZES = {"phone": (320, 640), "tablet": (820, 1180), "projector": (1920, 1080)}
MOST_SHIFT = 0.1  # of what is seen, moved while a page comes (web.dev: "good" up to here)
# The symbols of a page that light nothing in its own graph, as it begins, but on the map alone: in the backward graph
# no forward value stands, and in the link of page 04 no W and no b. Pages 01 and 05 to 08 have no graph.
ON_THE_MAP = {
    "02": {"f'", "U.T"},
    "03": {*"UVWYbcfhxy", "h_hat", "y_hat"},
    "04": {"b", "h_init", "W"},
}
# What each symbol lights: {name: [whether in a panel's graph, whether on the map]}
WHAT_LIGHTS = """async () => {
    const frame = () => new Promise(requestAnimationFrame);
    const lit = (room) => Boolean(document.querySelector(`${room} [data-key].bptt-lit`));
    const found = {};
    const symbols = [...document.querySelectorAll("[data-symbol]")];
    if (!symbols.length) return found;
    symbols[0].dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
    while (document.querySelectorAll(".bptt-map svg").length < 2) await frame();
    for (const symbol of symbols) {
        symbol.dispatchEvent(new PointerEvent("pointerout", { bubbles: true }));
        symbol.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
        await frame();
        const { symbol: name } = symbol.dataset;
        const [inPanel, onMap] = found[name] ?? [false, false];
        found[name] = [inPanel || lit(".bptt-panel"), onMap || lit(".bptt-map")];
    }
    return found;
}"""
SHIFTS = """addEventListener("DOMContentLoaded", () => {
    window.shifts = [];
    new PerformanceObserver((list) => {
        for (const { value, hadRecentInput, sources } of list.getEntries())
            if (!hadRecentInput) shifts.push([value, sources.map(({ node }) => (node?.outerHTML ?? "").slice(0, 80))]);
    }).observe({ type: "layout-shift", buffered: true });
});"""
# What is wider than the screen, and does not scroll in its place
TOO_WIDE = """() => [document.documentElement.scrollWidth - innerWidth, ...[...document.querySelectorAll("main *")]
    .filter((part) => part.getBoundingClientRect().right > innerWidth + 1 && part.checkVisibility())
    .filter((part) => !part.closest("pre, table, .formula, .bptt-scroller, .card, .bptt-words, .table, math, svg"))
    .map((part) => part.outerHTML.slice(0, 100))]"""

CUT = "all => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent.slice(0, 80))"


@pytest.fixture(scope="module")
def live_host(site):
    with running(server_for(site, handler=Strictest)) as server:
        yield server


@pytest.fixture
def opened(browser, live_host):
    """opened(path): the page, in a browser that was never there; at its end nobody has complained."""
    contexts, faults = [], []

    def page(path, ready="[data-live] > *", size=(1440, 900), scripts=(), **options):
        contexts.append(browser.new_context(viewport=dict(zip(("width", "height"), size, strict=True)), **options))
        page = contexts[-1].new_page()
        for script in scripts:
            page.add_init_script(script)
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


def all_live(page, path):
    """Every panel and every question of the page is there; returns how many."""
    count = len(may_be_live(nbformat.read(path, as_version=4)))
    page.wait_for_function(
        "count => document.querySelectorAll('[data-live] > :is(.bptt-panel, .bptt-ask)').length === count", arg=count
    )
    return count


@EVERY_PAGE
def test_every_panel_is_live_and_every_control_answers(opened, live_host, path):
    page = opened(f"read/{path.stem}.html")
    count = all_live(page, path)
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
        for width in (1440, 1280, 1220):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.locator(".bptt-scroller").evaluate_all(CUT) == [], f"{name} at {width}"


@EVERY_PAGE
def test_every_symbol_lights_something(opened, path):
    """Those of each formula, sentence and piece of code: in a graph of the page, or on the map."""
    page = opened(f"read/{path.stem}.html")
    all_live(page, path)
    go_on(page)
    found = page.evaluate(WHAT_LIGHTS)
    assert found
    assert {name for name, lights in found.items() if not any(lights)} == set()
    on_the_map = {name for name, (in_panel, _) in found.items() if not in_panel}
    if path.stem[:2] in ON_THE_MAP:
        assert on_the_map <= ON_THE_MAP[path.stem[:2]]


@EVERY_PAGE
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_readable(opened, path, scheme):
    page = opened(f"read/{path.stem}.html", color_scheme=scheme)
    all_live(page, path)
    go_on(page)
    readable(page, "body", least=10)


@EVERY_PAGE
@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_wider_than_the_screen(opened, path, size):
    page = opened(f"read/{path.stem}.html", size=SIZES[size])
    all_live(page, path)
    go_on(page)
    assert page.evaluate(TOO_WIDE) == [0]


@EVERY_PAGE
def test_a_projector_shows_whole_lines_of_code_and_of_what_it_prints(opened, path):
    page = opened(f"read/{path.stem}.html", ready="main pre", size=SIZES["projector"])
    page.locator("details").evaluate_all("all => all.forEach((one) => (one.open = true))")
    assert page.locator("main pre").count() > 4
    assert page.locator("main pre").evaluate_all(CUT) == []


@EVERY_PAGE
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)], ids=["desk", "phone"])
def test_nothing_jumps_while_a_page_comes(opened, path, size):
    page = opened(f"read/{path.stem}.html", size=size, scripts=[SHIFTS])
    all_live(page, path)
    page.wait_for_load_state("networkidle")
    shifts = page.evaluate("new Promise((tell) => requestAnimationFrame(() => setTimeout(() => tell(shifts))))")
    assert sum(value for value, _ in shifts) <= MOST_SHIFT, shifts


def test_an_address_opens_a_panel_and_back_takes_a_step_back(opened):
    page = opened("read/03-backward-graph.html#backward-graph&T=6&f=relu")
    panel = page.locator(".bptt-panel", has=page.locator('[data-key="dh[6]"]'))
    panel.wait_for()
    menu = panel.get_by_label("activation f", exact=True)
    assert menu.evaluate("menu => menu.value") == "relu"
    menu.select_option("sigmoid")
    page.wait_for_function("() => location.hash.endsWith('T=6&f=sigmoid')")
    page.go_back()
    page.wait_for_function("() => location.hash === '#backward-graph&T=6&f=relu'")
    page.wait_for_function("menu => menu.value === 'relu'", arg=menu.element_handle())


def test_an_exercise_says_where_it_is_done(opened):
    page = opened("read/04-recursive-dh.html")
    exercise = page.locator(".code_cell", has_text='check("04-link"')
    link = exercise.get_by_role("link", name="Run this page")
    assert "04-recursive-dh.ipynb" in link.get_attribute("href")
    assert page.get_by_text("Run All Cells").count() == 0


@pytest.mark.parametrize("size", SIZES)
def test_what_is_solved_is_counted_in_the_notebook(opened, size):
    page = opened("read/06-check-your-gradients.html", size=SIZES[size])
    counted = page.locator(".code_cell", has_text="progress()")
    assert counted.locator("p").all_inner_texts() == ["The notebook counts here what you have solved: Run this page."]
    assert counted.locator("td").count() > 20
    assert counted.locator("table").evaluate_all(CUT) == []


@EVERY_PAGE
def test_a_slider_offers_what_the_text_of_its_page_names(site, path):
    text = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown")
    for control in sliders_of(site, path):
        word = re.escape(control["label"].split()[0].strip(","))
        named = re.findall(
            rf"(?<![\w`]){word}(?: =| is| goes from| from)? (\d+(?:\.\d+)?)(?: to (\d+(?:\.\d+)?))?", text
        )
        numbers = {float(number) for pair in named for number in pair if number}
        values = control["values"]
        assert {number for number in numbers if values[0] <= number <= values[-1]} <= set(map(float, values)), control[
            "label"
        ]


def sliders_of(site, path):
    """What the sliders of a page offer."""
    for file in re.findall(r'data-live="([^"]*)"', (site / "read" / f"{path.stem}.html").read_text(encoding="utf-8")):
        spec = json.loads(gzip.decompress((site / "read" / "live" / file).read_bytes()))
        yield from (each for each in spec.get("controls", ()) if each["kind"] == "slider" and not each["walks"])


def test_no_file_of_the_panels_is_large(site):
    assert max(path.stat().st_size for path in (site / "read" / "live").iterdir()) <= 100_000
