"""The live panels of a page to read, on a page that is made up: it shows for a position what Python gives there."""

import gzip
import json
import re
from html.parser import HTMLParser

import nbformat
import pytest

from bptt_lab.cells import with_givers
from bptt_lab.data import running_example
from bptt_lab.graph.words import cards_html
from bptt_lab.pages import QUESTIONS
from bptt_lab.pages.graphs import GraphPanel
from bptt_lab.panel import Panel, menu, slider
from bptt_site.live.assets import write_assets
from bptt_site.live.build import look, names_of, record_all
from bptt_site.live.record import at
from bptt_site.live.states import controls_of, states, thinned, whole
from bptt_site.live.store import Piece, fragments
from bptt_site.pages import build_pages
from bptt_site.serve import server_for
from tests.harness.hosts import Recorder, running
from tests.harness.which import driven

GRAPH = "GraphPanel('backward', example=running_example(2))"
STEPS = "StepBackPanel(example=running_example(2))"
FOLLOWING = """class FollowingPanel(Panel):
    "k may go as far as n."
    def controls(self):
        sign = menu("sign", [("plus", 1), ("minus", -1)], 1)
        return {"n": slider("n", 3, 1, 5), "k": slider("k", 2, 0, 3), "sign": sign}
    def adjust(self, n, **others):
        return {"k": {"max": n}}
    def build(self, figure):
        self.axes = figure.add_axes((0.1, 0.1, 0.8, 0.8))
        self.axes.set(xlim=(-6, 6), ylim=(0, 6))
        (self.point,) = self.axes.plot([], [], "o", animated=True)
    def update(self, n, k, sign):
        self.point.set_data([sign * n], [k])
        return f"<b>{sign * n}</b> and {k} &lt; 9"
"""
CELLS = (
    "from bptt_lab.data import running_example\nfrom bptt_lab.pages import ask, predict\n"
    "from bptt_lab.pages.graphs import GraphPanel\nfrom bptt_lab.pages.recursion import StepBackPanel\n"
    "from bptt_lab.panel import Panel, menu, slider",
    f"{FOLLOWING}\nFollowingPanel()",
    f"predict({GRAPH}, '02-parameters')",
    STEPS,
    "ask('04-half')",
)
NAMES = ("following", "graph", "step-back")
POLICY = "script-src 'self'"
SHARE = "room => room.scrollLeft / room.scrollWidth"
# How far inside what is seen the left and the right edge of each of these marks is
PLACES = """(panel, marks) => [...panel.querySelectorAll(`.bptt-scroller :is(${marks})`)].map((mark) => {
    const [room, { left, right }] = [mark.closest(".bptt-scroller"), mark].map((one) => one.getBoundingClientRect());
    return [left - room.left, room.right - right];
})"""
# What the page shows of a panel, as Python spells it
SHOWN = """panel => ({
    words: panel.querySelector(".bptt-said").innerHTML,
    charts: [...panel.querySelectorAll(".bptt-chart > div")].map((layer) => layer.innerHTML),
})"""


class Strict(Recorder):
    """A host that lets a page run no script but its own, and nothing else either."""

    def end_headers(self):
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()


SENTENCE = r"The message y − Y, and $dh^{(1)}$; in code `U.T @ delta[2]`. An input x stands in no graph of this page."
FORMULA = r"$$ dh^{(t)} = dh^{(t+1)} f'(\hat h^{(t+1)}) \; {}^t U, \qquad \frac{\partial L}{\partial W}, q $$"


def write_page(path, cells=CELLS):
    written = [nbformat.v4.new_markdown_cell(f"# Title\n\n{FORMULA}\n\n{SENTENCE}")]
    for cell in cells:
        data = {"text/plain": "Predict first. How?"} if "ask(" in cell else {"text/plain": "P\nwords", "image/png": PNG}
        outputs = [nbformat.v4.new_output("execute_result", data, execution_count=1)] if cell != cells[0] else []
        written.append(nbformat.v4.new_code_cell(cell, outputs=outputs))
    nbformat.write(nbformat.v4.new_notebook(cells=written), path)


PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="  # one pixel


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A site with one page, and what was recorded for it."""
    folder = tmp_path_factory.mktemp("live")
    write_page(folder / "00-page.ipynb")
    live = record_all([folder / "00-page.ipynb"], folder / "read" / "live")
    build_pages(folder / "read", [folder / "00-page.ipynb"], folder, live, write_assets(folder / "read" / "live"))
    (folder / "lives.json").write_text(json.dumps([[each.name, each.file, each.states] for each in live]))
    return folder


@pytest.fixture(scope="module")
def host(folder):
    with running(server_for(folder, handler=Strict)) as server:
        yield server


@pytest.fixture
def page(browser, host):
    """The page, open, with nothing done to it; at its end nobody has complained."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("console", lambda line: line.type in ("error", "warning") and page.faults.append(line.text))
    go(page, host)
    yield page
    context.close()
    assert page.faults == []


def go(page, host, state=""):
    page.goto(f"{host.address}read/00-page.html{state}")
    page.locator("#step-back .bptt-panel").wait_for()
    page.locator("[data-live] .bptt-ask").first.wait_for()


def panel_of(page, name):
    """The panel, opened if it asks."""
    panel = page.locator(f"#{name} .bptt-panel")
    go_on = panel.get_by_role("button", name="Go on without a guess")
    if go_on.count():
        go_on.click()
    return panel


def set_slider(panel, label, position):
    """As a reader who drags it."""
    panel.get_by_label(label, exact=True).evaluate(
        "(input, position) => { input.value = position; input.dispatchEvent(new Event('input')); }", position
    )


def words_are(panel, words):
    panel.locator(".bptt-said", has_text=words).wait_for()


def as_html(page, markup):
    """The markup as the browser spells it."""
    return page.evaluate(
        "text => { const room = document.createElement('div'); room.innerHTML = text; return room.innerHTML; }", markup
    )


def made(name):
    """The panel of the page, in Python."""
    names = {}
    exec("\n".join(CELLS[:1]), names)
    exec(FOLLOWING, names)
    return eval({"following": "FollowingPanel()", "graph": GRAPH, "step-back": STEPS}[name], names)


# What is recorded


class FinePanel(Panel):
    """More positions than any page offers."""

    def controls(self):
        return {"T": slider("T", 4, 0, 30), "y": slider("y", 0.9, 0.1, 2, 0.05), "s": menu("s", "abcdef", "b")}

    def build(self, figure):
        self.axes = figure.add_axes((0.1, 0.1, 0.8, 0.8))

    def update(self, **values):
        return str(values)


CODE = {
    1: "import numpy as np",
    2: "a = 1",
    4: "b = np.zeros(3) + a",
    5: "raise ValueError('a long training, of which no panel speaks')",
    6: "b[0] = 4",
    7: "def f():\n    return d",
    8: "d = 5",
    9: "print(b, a)",
    11: "[f() for one in b]",
    12: "a = 2",
}


def test_the_cells_are_run_that_a_panel_needs_and_no_others():
    cells = [CODE.get(number, "") for number in range(13)]
    assert with_givers(cells, [11]) == [1, 2, 4, 6, 7, 8, 11]
    assert with_givers(cells, [8, 9]) == [1, 2, 4, 6, 8, 9]


def test_fine_sliders_are_thinned_and_keep_their_ends_their_start_and_round_numbers():
    found = {control.name: control for control in controls_of(FinePanel())}
    assert len(found["s"].values) == 6
    T, y = found["T"].values, found["y"].values
    assert (T[0], T[-1], T[found["T"].start], found["T"].of) == (0, 30, 4, 31)
    assert T[:5] == [0, 1, 2, 3, 4]
    assert (y[0], y[-1], y[found["y"].start], found["y"].of) == (0.1, 2, 0.9, 39)
    assert {0.25, 0.5, 1.0, 1.5, 2.0} <= set(y)
    assert len(T) * len(y) * 6 <= 1024 < 31 * 39 * 6


def test_a_slider_is_whole_where_that_makes_few_states():
    panel = made("following")
    assert [control.values for control in controls_of(panel)] == [[1, 2, 3, 4, 5], [0, 1, 2, 3, 4, 5], [1, -1]]
    T = whole("T", FinePanel().inputs["T"])
    assert thinned({"T": T})["T"] == T


def test_a_slider_that_follows_another_ends_where_that_says():
    controls = controls_of(made("following"))
    n, k, _ = controls
    assert (k.follows, k.ends, n.follows) == ("n", [1, 2, 3, 4, 5], None)
    there = [values for _, values in states(controls)]
    assert len(there) == 2 * (2 + 3 + 4 + 5 + 6)
    assert all(values["k"] <= values["n"] for values in there)


def test_texts_come_back_from_a_piece_as_they_were():
    texts = [
        "<svg><g a/>\n<g b/>\n<g c/></svg>" * 3,
        "<div>one</div><div>two</div>" * 4,
        "<g b/>\n<g c/></svg>",
        "short",
    ]
    piece = Piece()
    piece.add(3, {"words": texts[0], "more": [texts[1], 7, {"x": texts[2]}]})
    piece.add(4, {"words": texts[3], "more": [texts[0], True, {}]})
    stored = json.loads(json.dumps(piece.written()))
    assert unfolded(stored, 3) == {"words": texts[0], "more": [texts[1], 7, {"x": texts[2]}]}
    assert unfolded(stored, 4) == {"words": texts[3], "more": [texts[0], True, {}]}
    assert all("".join(fragments(text)) == text for text in texts)


def unfolded(piece, number):
    def put_together(value):
        if isinstance(value, dict):
            if "text" in value:
                return "".join(piece["texts"][n] for n in value["text"])
            return {name: put_together(part) for name, part in value.items()}
        return [put_together(part) for part in value] if isinstance(value, list) else value

    return put_together(piece["states"][str(number)])


def read(folder, file):
    return json.loads(gzip.decompress((folder / "read" / "live" / file).read_bytes()))


def spec_of(folder, name):
    return read(folder, next(file for each, file, _ in json.loads((folder / "lives.json").read_text()) if each == name))


@pytest.mark.parametrize("name", NAMES)
def test_every_state_is_stored_and_is_what_the_panel_gives(folder, name):
    spec, panel = spec_of(folder, name), made(name)
    panel.hold(False)
    controls = {control["name"]: control for control in spec["controls"]}
    pieces = [(first, read(folder, file)) for first, file in spec["pieces"]]
    stored = {int(number): piece for _, piece in pieces for number in piece["states"]}
    count = 0
    for number, values in states(controls_with_weights(panel, spec)):
        shown, _ = at(panel, values, spec["title"])
        assert unfolded(stored[number], number) == json.loads(json.dumps(shown)), values
        count += 1
    assert count == len(stored) > 30
    assert [control["texts"] for control in controls.values()]


def controls_with_weights(panel, spec):
    weights = {name: len(spec["order"]) - n for n, name in enumerate(spec["order"])}
    return [control._replace(weight=weights.get(control.name, 0)) for control in controls_of(panel)]


def test_panels_of_one_class_are_named_apart_and_what_they_show_alike_is_recorded_once(tmp_path):
    write_page(tmp_path / "00-page.ipynb", [CELLS[0], GRAPH, GRAPH.replace("backward", "forward"), "ask('04-half')"])
    looks = look(tmp_path / "00-page.ipynb", tmp_path)
    assert names_of(looks) == ["backward-graph", "forward-graph", ""]
    assert looks[0]["sample"] == looks[1]["sample"] != ""


# What the page shows


@pytest.mark.parametrize("name", ["following", "step-back"])
def test_a_page_shows_at_a_position_what_python_gives_there(page, host, name):
    panel, python = panel_of(page, name), made(name)
    python.hold(False)
    spec = {"following": {"n": 4, "k": 3, "sign": -1}, "step-back": {"T": 1, "activation": "relu", "unit": 2}}[name]
    places = {
        "following": (("n", 3), ("k", 3), ("sign", "minus")),
        "step-back": (("T", 1), ("activation f", "relu"), ("hidden unit", "2")),
    }
    for label, position in places[name]:
        if isinstance(position, int):
            set_slider(panel, label, position)
        else:
            panel.get_by_label(label, exact=True).select_option(position)
    shown, _ = at(python, spec, {"following": "FollowingPanel", "step-back": "StepBackPanel"}[name])
    last = shown["pictures"][-1] if name == "following" else shown["stages"][0]["1"]
    wanted = [as_html(page, last["behind"]), as_html(page, last["moving"])]
    page.wait_for_function(
        """([panel, wanted]) => [...panel.querySelectorAll('.bptt-chart > div')]
            .every((layer, n) => layer.innerHTML === wanted[n])""",
        arg=[panel.element_handle(), wanted],
    )
    words = shown["words"] if name == "following" else shown["pictures"][0]["words"][0]
    assert panel.evaluate(SHOWN)["words"] == as_html(page, words)


def test_a_follower_is_cut_when_its_end_comes_nearer(page, host):
    panel = panel_of(page, "following")
    set_slider(panel, "k", 3)
    words_are(panel, "3 and 3 < 9")
    set_slider(panel, "n", 0)
    words_are(panel, "1 and 1 < 9")
    set_slider(panel, "n", 4)
    words_are(panel, "5 and 1 < 9")
    panel.get_by_role("button", name="Reset").click()
    words_are(panel, "3 and 2 < 9")


def test_alt_texts_change_with_the_picture(page):
    panel = panel_of(page, "following")
    assert panel.locator(".bptt-chart").get_attribute("aria-label") == "chart: 3 and 2 < 9"
    panel.get_by_label("sign", exact=True).select_option("minus")
    words_are(panel, "-3 and 2 < 9")
    assert panel.locator(".bptt-chart").get_attribute("aria-label") == "chart: -3 and 2 < 9"


def test_a_page_waits_for_the_guess_and_then_gives_the_reason(page):
    panel = page.locator("#graph .bptt-panel")
    words = panel.locator(".bptt-said")
    assert not words.is_visible()
    assert panel.get_by_text("open after your guess").is_visible()
    assert panel.get_by_label("T", exact=True).is_disabled()
    found = QUESTIONS["02-parameters"].find()
    wrong = next(option for option in QUESTIONS["02-parameters"].options if option != found.right)
    panel.get_by_role("button", name=wrong, exact=True).click()
    answer = panel.locator(".bptt-answer")
    assert "✗ Not so" in answer.inner_text()
    assert answer.evaluate("answer => answer === document.activeElement")
    assert panel.get_by_role("button", name=f"✓ {found.right}").is_visible()
    assert words.is_visible()
    assert panel.get_by_label("T", exact=True).is_enabled()


def test_a_question_alone_answers(page):
    question = page.locator("[data-live] > .bptt-ask")
    found = QUESTIONS["04-half"].find()
    question.get_by_role("button", name=found.right, exact=True).click()
    assert "✓ Right" in question.locator(".bptt-answer").inner_text()


# The graph


def test_the_graph_walks_by_keys_and_opens_a_card(page):
    panel = panel_of(page, "graph")
    stage = panel.get_by_label("stage", exact=True)
    last = int(stage.get_attribute("max"))
    assert stage.input_value() == str(last)
    part = panel.locator('[data-key="dh[1]"]')
    part.click()
    card = panel.locator(".card")
    python = GraphPanel("backward", example=running_example(2))
    wanted = cards_html(python.graph.frames, 0)["dh[1]"]
    card.locator("h4").wait_for()
    assert card.locator("h4").inner_html() == as_html(page, re.search("<h4>(.*?)</h4>", wanted)[1])
    page.keyboard.press("ArrowLeft")  # from the whole picture to the first stage
    assert stage.input_value() == "1"
    words_are(panel, f"Stage 1 of {last}")
    panel.get_by_label("activation f", exact=True).select_option("relu")
    words_are(panel, f"Stage 1 of {last}")  # it stays at its stage
    set_slider(panel, "T", 0)
    panel.locator('[data-key="dh[1]"]').wait_for(state="detached")
    panel.get_by_label("graph", exact=True).select_option("forward, Fig. 7-5")
    words_are(panel, "T = 0: 1 input")  # a new graph begins where it rests
    assert stage.input_value() == stage.get_attribute("max")


def test_the_graph_plays_and_has_a_table(page):
    panel = panel_of(page, "graph")
    panel.get_by_role("button", name="Play").click()
    words_are(panel, "Stage 0 of")
    words_are(panel, "Stage 1 of")
    panel.get_by_role("button", name="Pause").click()
    panel.get_by_text("The same numbers as a table").click()
    panel.locator("details table").first.wait_for()


def test_a_chart_beside_a_graph_follows_its_stages(page):
    panel = panel_of(page, "step-back")
    before = panel.evaluate(SHOWN)["charts"]
    set_slider(panel, "steps back", 1)
    assert panel.evaluate(SHOWN)["charts"][1] != before[1]
    words_are(panel, "Step back number 1")


def test_of_a_walk_only_what_is_shown_is_laid_out(page):
    """A browser lays out the hidden parts of an SVG too: with those of all steps a move took four times as long."""
    panel = panel_of(page, "step-back")
    names = set()
    for step in (1, 2):
        set_slider(panel, "steps back", step)
        words_are(panel, f"Step back number {step}")
        assert panel.locator(".frame").count() == 1
        names.add(panel.locator(".frame").get_attribute("data-name"))
    assert len(names) == 2


# The address


def test_the_state_stands_in_the_address_and_back_works(page, host):
    panel = panel_of(page, "graph")
    set_slider(panel, "T", 1)
    panel.get_by_label("activation f", exact=True).select_option("relu")
    page.wait_for_function("() => location.hash === '#graph&T=1&f=relu'")
    page.go_back()
    page.wait_for_function("() => location.hash === '#graph&T=1'")
    assert panel.get_by_label("activation f", exact=True).evaluate("menu => menu.value") == "tanh"
    page.go_back()
    page.wait_for_function("() => location.hash === ''")
    assert panel.get_by_label("T", exact=True).input_value() == "2"


def test_an_address_opens_a_panel_in_its_state(page, host):
    page.goto("about:blank")
    go(page, host, "#graph&mode=forward&T=1&f=relu&stage=2")
    panel = panel_of(page, "graph")
    words_are(panel, "Stage 2 of")
    assert panel.get_by_label("stage", exact=True).input_value() == "2"
    assert panel.get_by_label("activation f", exact=True).evaluate("menu => menu.value") == "relu"


# What is touched lights up


def symbol(page, name, step=None):
    """The first such symbol of the page's text."""
    at = f'[data-step="{step}"]' if step else ":not([data-step])"
    return page.locator(f'.rendered_html [data-symbol="{name}"]{at}').first


def lit(page, some="[data-key]"):
    """The boxes and lines of graphs, and the symbols, that are lit, once something is."""
    page.locator(f".bptt-lit{some}").first.wait_for(state="attached")
    return page.evaluate("""() => ({
        parts: [...document.querySelectorAll(".bptt-panel .bptt-lit[data-key]")].map((part) => part.dataset.key),
        symbols: [...document.querySelectorAll(".bptt-lit[data-symbol]")].map((symbol) => symbol.dataset.symbol),
    })""")


def dark(page):
    page.wait_for_function("() => document.querySelectorAll('.bptt-lit').length === 0")


def test_a_symbol_lights_its_boxes_in_the_nearest_graph(page):
    symbols = page.locator(".formula [data-symbol]")
    names = [symbol.get_attribute("data-symbol") for symbol in symbols.all()]
    assert names == ["dh", "dh", "f'", "h_hat", "U.T", "dW"]
    symbols.nth(0).hover()
    found = lit(page)
    assert {"dh[0]", "dh[1]", "dh[2]"} <= set(found["parts"])
    assert not any(key.startswith(("dW", "db", "x")) for key in found["parts"])
    page.get_by_role("heading", name="Title").hover()
    dark(page)


def test_a_symbol_of_a_sentence_or_of_code_lights_the_boxes_of_its_step(page):
    symbol(page, "dh", 1).hover()
    assert "dh[1]" in (found := lit(page)["parts"])
    assert not {"dh[0]", "dh[2]"} & set(found)
    symbol(page, "delta", 2).hover()
    page.locator('.bptt-panel .bptt-lit[data-key="delta[2]"]').wait_for(state="attached")
    assert "delta[1]" not in lit(page)["parts"]
    symbol(page, "dy").hover()
    page.locator('.bptt-panel .bptt-lit[data-key="dy"]').wait_for(state="attached")


def test_the_keys_go_from_symbol_to_symbol_and_into_the_map(page):
    first = page.locator(".formula [data-symbol]").first
    first.focus()
    lit(page)
    focused = "document.activeElement.dataset.{}"
    for name in ("dh", "f'", "h_hat", "U.T", "dW", "dy"):
        page.keyboard.press("ArrowRight")
        assert page.evaluate(focused.format("symbol")) == name
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(focused.format("symbol")) == "dW"
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.closest('.bptt-map')")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focused.format("key"))
    page.keyboard.press("Escape")
    assert page.evaluate(focused.format("symbol")) == "dW"
    assert not page.locator(".bptt-map").is_visible()


def test_what_no_graph_in_sight_has_is_shown_on_a_map_that_a_click_keeps(page):
    the_map, x = page.locator(".bptt-map"), symbol(page, "x")
    x.hover()
    the_map.wait_for(state="visible")
    assert {"x[0]", "x[1]", "x[2]"} <= set(
        the_map.locator(".bptt-lit").evaluate_all("all => all.map((one) => one.dataset.key)")
    )
    assert the_map.get_by_role("status").inner_text().startswith("forward graph: 3 boxes")
    page.get_by_role("heading", name="Title").hover()
    the_map.wait_for(state="hidden")
    x.click()
    the_map.wait_for(state="visible")
    page.get_by_role("heading", name="Title").hover()
    the_map.locator('[data-key="x[0]"]').hover()
    page.wait_for_function("() => document.querySelector('.rendered_html [data-symbol=x].bptt-lit')")
    the_map.get_by_role("button", name="Close").click()
    the_map.wait_for(state="hidden")


def test_a_box_lights_the_formulas_that_speak_of_it(page):
    panel_of(page, "graph").locator('[data-key="dh[1]"]').hover()
    assert set(lit(page, "[data-symbol]")["symbols"]) == {"dh"}
    assert symbol(page, "dh", 1).evaluate("one => one.classList.contains('bptt-lit')")


def test_a_tap_lights_until_the_next_one(browser, host):
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    go(page, host)
    symbol(page, "dh", 1).tap()
    the_map = page.locator(".bptt-map")
    the_map.wait_for(state="visible")
    assert lit(page)["symbols"][0] == "dh"
    page.get_by_role("heading", name="Title").tap()
    the_map.wait_for(state="hidden")
    dark(page)
    context.close()


def test_a_symbol_has_the_colour_of_its_part(page):
    colour = "part => getComputedStyle(part).{}"
    dh = page.locator('.formula [data-symbol="dh"]').first.evaluate(colour.format("color"))
    assert dh == page.locator("#graph .backward .label").first.evaluate(colour.format("fill"))


# Around it


class Tags(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))


def test_without_javascript_the_page_is_still(browser, host):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{host.address}read/00-page.html")
    assert page.locator("figure img").count() == 3
    page.locator("figure img").first.scroll_into_view_if_needed()
    assert page.locator("figcaption").first.inner_text() == "words"
    context.close()


def test_on_paper_there_are_all_pictures_and_words_and_no_control(page):
    page.emulate_media(media="print")
    for name in NAMES:
        panel = page.locator(f"#{name} .bptt-panel")
        assert panel.locator(".bptt-said").is_visible()
        assert panel.locator(".bptt-picture svg").first.is_visible()
        assert not panel.locator(".bptt-controls").is_visible()
    assert page.locator(".bptt-on-paper").first.is_visible()
    assert not page.get_by_role("button", name="Go on without a guess").is_visible()
    assert not page.get_by_text("The same numbers as a table").first.is_visible()  # it is filled when it is opened
    sizes = page.locator("body, .bptt-said, .bptt-on-paper").evaluate_all(
        "all => all.map((one) => getComputedStyle(one).fontSize)"
    )
    assert len(set(sizes)) == 1


def test_where_there_is_only_a_finger_no_keys_are_spoken_of(browser, host, page):
    def said(page):
        graph = panel_of(page, "graph")
        return graph.locator(".help").inner_text(), graph.locator(".card").inner_text()

    assert all("↑ ↓" in words for words in said(page))
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    phone = context.new_page()
    go(phone, host)
    nothing = "Choose a node or a line: click it. Here stands what it computes, with its numbers."
    assert said(phone) == ("Numbers are rounded", nothing)
    context.close()


def test_a_phone_shows_of_a_wide_picture_where_something_stands(browser, host):
    """A graph with few columns has free space at its left, and the point of the chart moves through the whole chart."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    page = context.new_page()
    go(page, host)
    graph, following = panel_of(page, "graph"), panel_of(page, "following")
    assert 0 < min(left for left, _ in graph.evaluate(PLACES, "[data-key]")) < 60
    last = int(graph.get_by_label("stage", exact=True).get_attribute("max"))
    for stage in range(1, last):
        set_slider(graph, "stage", stage)
        words_are(graph, f"Stage {stage} of {last}")
        assert min(map(min, graph.evaluate(PLACES, ".fresh"))) >= 0
        graph.get_by_role("button", name="Enlarge the picture").click()
        assert page.locator("dialog").evaluate(SHARE) == pytest.approx(
            graph.locator(".bptt-scroller").evaluate(SHARE), abs=0.01
        )
        page.get_by_role("button", name="Close").click()
    steps = panel_of(page, "step-back")
    set_slider(steps, "steps back", 1)
    words_are(steps, "Step back number 1")
    assert min(map(min, steps.evaluate(PLACES, ".bptt-chart > :last-child use"))) >= 0  # both steps of three
    for sign in ("minus", "plus"):
        following.get_by_label("sign").select_option(label=sign)
        for position, n in enumerate(range(1, 6)):
            set_slider(following, "n", position)
            words_are(following, f"{n if sign == 'plus' else -n} and")
            assert min(map(min, following.evaluate(PLACES, ".bptt-chart > :last-child use"))) >= 0
    context.close()


def test_a_piece_that_is_gone_is_told_of_and_the_picture_stays(page, host, folder):
    panel = panel_of(page, "following")
    before = panel.evaluate(SHOWN)
    page.route("**/*.bin", lambda route: route.fulfill(status=404))
    set_slider(panel, "n", 4)
    panel.get_by_text("Load the page again").wait_for()
    assert panel.evaluate(SHOWN) == before
    page.faults.clear()
    page.unroute("**/*.bin")
    set_slider(panel, "n", 3)
    words_are(panel, "4 and 2 < 9")
    assert panel.get_by_text("Load the page again").count() == 0


def test_a_page_whose_files_are_gone_is_loaded_anew(browser, host, folder):
    """The browser has kept an older page, and the host has the new one alone: the reader gets the new one, whole."""
    page = browser.new_page()
    older = (folder / "read" / "00-page.html").read_text().replace('data-live="', 'data-live="gone-')
    page.route("**/00-page.html", lambda route: route.fulfill(body=older, content_type="text/html"), times=1)
    page.goto(f"{host.address}read/00-page.html")
    page.locator("#step-back .bptt-panel").wait_for()
    assert page.locator('[data-live^="gone-"]').count() == 0
    page.close()


# In another browser, by its own protocol
IN_FIREFOX = """async () => {
    const found = async (ask) => {
        for (let n = 0; n < 1000; n++) {
            const answer = ask();
            if (answer) return answer;
            await new Promise((resolve) => setTimeout(resolve, 20));
        }
        throw new Error("not there");
    };
    const panel = (name) => document.querySelector(`#${name} .bptt-panel`);
    const control = (name, label) => panel(name).querySelector(`[aria-label="${label}"]`);
    const set = (name, label, value, event) => {
        control(name, label).value = value;
        control(name, label).dispatchEvent(new Event(event));
    };
    const said = (name) => panel(name).querySelector(".bptt-said").innerText;
    await found(() => panel("following") && panel("graph") && panel("step-back"));
    [...panel("graph").querySelectorAll("button")].find(({ textContent }) => /Go on/.test(textContent)).click();
    set("following", "n", 4, "input");
    set("graph", "T", 1, "input");
    await found(() => said("following").startsWith("5"));
    await found(() => !panel("graph").querySelector('[data-key="dh[2]"]'));
    panel("graph").querySelector('[data-key="dh[1]"]').dispatchEvent(new MouseEvent("click", { bubbles: true }));
    await found(() => panel("graph").querySelector(".card h4"));
    document.querySelector('[data-symbol="dW"]').dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
    await found(() => document.querySelector("[data-key].bptt-lit"));
    return {
        words: said("following"),
        card: panel("graph").querySelector(".card h4").textContent,
        lit: document.querySelectorAll("[data-key].bptt-lit").length > 0,
        hash: await found(() => location.hash.includes("T=1") && location.hash),
        width: document.documentElement.scrollWidth <= innerWidth,
    };
}"""


def test_the_page_is_live_in_firefox(host, tmp_path):
    with driven("firefox", tmp_path) as page:
        page.goto(f"{host.address}read/00-page.html")
        answer = page.evaluate(IN_FIREFOX)
    assert answer["words"] == "5 and 2 < 9"
    assert answer["card"].startswith("dh(1)")
    assert answer["hash"].startswith("#graph&T=1")
    assert answer["lit"]
    assert answer["width"]


def test_one_exchanged_state_is_noticed(page, host, folder):
    """Each state of a piece in the place of the next: what the page shows is not Python's, and these tests see it."""
    spec = spec_of(folder, "following")
    (_, file), *_ = spec["pieces"]
    piece = read(folder, file)
    numbers = list(piece["states"])
    piece["states"] = {number: piece["states"][numbers[n - 1]] for n, number in enumerate(numbers)}
    page.route(f"**/{file}", lambda route: route.fulfill(body=json.dumps(piece)))
    panel = panel_of(page, "following")
    set_slider(panel, "n", 4)
    shown = "panel => panel.querySelector('.bptt-said').innerText !== '3 and 2 < 9'"
    page.wait_for_function(shown, arg=panel.element_handle())
    assert panel.locator(".bptt-said").inner_text() != "5 and 2 < 9"
