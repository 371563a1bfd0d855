"""The live graph under a reader's hands: a click fills the card, the keys step, and each number is bptt_core's."""

import numpy as np
import pytest

from bptt_core import backward, forward, step_terms
from bptt_lab import graph
from bptt_lab.data import run_example, running_example
from bptt_lab.numbers import number
from tests.harness.checks import check_no_errors, check_readable, check_still
from tests.harness.lab import write_notebook

CELLS = {
    "forward": "from bptt_lab.pages.graphs import GraphPanel\nfrom bptt_lab.pages.recursion import StepBackPanel\n"
    'GraphPanel("forward")',
    "backward": 'GraphPanel("backward")',
    "link": "StepBackPanel()",
    "deaf": "deaf = GraphPanel()\ndeaf.graph.widget._msg_callbacks.callbacks.clear()\ndeaf",
}
run = run_example(4, "tanh")
example = running_example()
trace = forward(example.net, example.x)
back = backward(trace, example.Y)
terms = step_terms(trace, back)
W, U, b, V, c = example.net.params
x, h, h_hat, dh, delta = trace.x, trace.h, trace.h_hat, back.dh, back.delta
slope = 1 - np.tanh(h_hat) ** 2
dy = trace.y - example.Y
one = np.ones((1, 1))


@pytest.fixture(scope="module")
def opened(run_notebook, pages):
    write_notebook(pages / "graph.ipynb", CELLS.values())
    with run_notebook("graph.ipynb") as lab:
        yield lab


@pytest.fixture
def on_page(opened):
    """on_page(name): the graph of that cell, as it was at first. No test may leave an error."""

    def graph_of(name):
        found = GraphOnPage(opened, list(CELLS).index(name))
        found.panel.reset()
        return found

    yield graph_of
    check_no_errors(opened)


class GraphOnPage:
    """A live graph: its parts by their keys, its card, its table."""

    def __init__(self, lab, n):
        self.lab, self.panel = lab, lab.panels[n]
        self.root = self.panel.root
        self.card = self.root.locator(".card")

    def part(self, key):
        return self.root.locator(f'.frame:not([hidden]) [data-key="{key}"]')

    def choose(self, key):
        """Click a node in its middle, or a line half way."""
        part = self.part(key)
        part.scroll_into_view_if_needed()
        if ">" in key:
            half_way = """line => {
                const { x, y } = line.getPointAtLength(line.getTotalLength() / 2);
                const at = new DOMPoint(x, y).matrixTransform(line.getScreenCTM());
                return [at.x, at.y];
            }"""
            self.lab.page.mouse.click(*part.locator("polyline").first.evaluate(half_way))
        else:
            part.click()
        self.lab.settle()

    def press(self, *keys):
        for key in keys:
            self.lab.page.keyboard.press(key)
            self.lab.settle()

    def focused(self):
        """The key of the part that the keyboard is on."""
        return self.root.evaluate("root => root.contains(document.activeElement) && document.activeElement.dataset.key")

    def marked(self, state):
        return self.root.locator(f".frame:not([hidden]) g.node.{state}").evaluate_all(
            "nodes => nodes.map(node => node.dataset.key)"
        )

    def written(self) -> dict:
        """The numbers in each node, by its key."""
        return self.root.evaluate("""root => {
            const seen = (text) => getComputedStyle(text).display !== "none";
            const lines = (node) => [...node.querySelectorAll("text.line, text.unknown")].filter(seen);
            const nodes = [...root.querySelectorAll(".frame:not([hidden]) g.node")];
            return Object.fromEntries(nodes.map((node) => [
                node.dataset.key, lines(node).map((line) => line.textContent.trim())
            ]));
        }""")

    def entry(self, name):
        """The part of the card under that head."""
        return self.card.locator("dl > div").filter(has=self.lab.page.locator("dt", has_text=name)).locator("dd")

    def matrices(self, name):
        """The matrices in that part, each as the texts of its numbers."""
        shown = self.entry(name).locator(".matrix, .number").filter(visible=True).all()
        return [one.locator("span").all_inner_texts() or [one.inner_text()] for one in shown]


def texts(*arrays):
    return [[number(value) for value in np.ravel(array)] for array in arrays]


CARDS = [
    ("forward", "h_hat[2]", h_hat[2], (dh[2], slope[2], delta[2]), "7.2.2", "forward in bptt_core/forward.py"),
    ("forward", "f[4]", slope[4], (dh[4], slope[4], delta[4]), "7.2.3", "Activation.f and Activation.df"),
    ("forward", "h[4]", h[4], (V.T, dy, dh[4]), "7.4 and 7.5", "forward in"),
    ("forward", "x[1]>W @ x[1]", W, (delta[1], x[1].T, terms.dW[1]), "7.7", "step_terms and backward in"),
    ("forward", "h[2]>U @ h[2]", U, (delta[3], h[2].T, terms.dU[3]), "7.8", "step_terms and backward in"),
    ("forward", "b[3]", b, (delta[3], one, terms.db[3]), "7.9", "step_terms and backward in"),
    ("forward", "h[4]>y_hat", V, (dy, h[4].T, back.grads.dV), "7.2.3", "backward in bptt_core/backward.py"),
    ("forward", "y", trace.y, (one, dy, dy), "7.2.1", "forward in"),
    ("backward", "dh[2]", dh[2], (U.T, delta[3], dh[2]), "7.6", "backward in bptt_core/backward.py"),
    ("backward", "delta[2]>dh[1]", dh[1], (U.T, delta[2], dh[1]), "7.6", "backward in"),
    ("backward", "delta[2]>dU[2]", terms.dU[2], (delta[2], h[1].T, terms.dU[2]), "7.8", "step_terms and backward in"),
    ("backward", "delta[2]>dW[2]", terms.dW[2], (delta[2], x[2].T, terms.dW[2]), "7.7", "step_terms and backward in"),
    ("backward", "dU[2]", terms.dU[2], (delta[2], h[1].T, terms.dU[2]), "7.8", "step_terms and backward in"),
    ("link", "f'(h_hat[4])", slope[4], (dh[4], slope[4], delta[4]), "7.2.3", "Activation.df in"),
    ("link", "U.T[4]", U.T, (U.T, delta[4], dh[3]), "7.6", "backward in"),
]


@pytest.mark.parametrize(
    ("name", "key", "value", "gradient", "equation", "function"), CARDS, ids=[f"{c[0]}: {c[1]}" for c in CARDS]
)
def test_a_click_fills_the_card_with_the_numbers_of_bptt_core(on_page, name, key, value, gradient, equation, function):
    shown = on_page(name)
    assert "Choose a node" in shown.card.inner_text()
    shown.choose(key)
    assert shown.part(key).get_attribute("aria-pressed") == "true"
    assert shown.matrices("value") == texts(value)
    assert f"shape {np.shape(value)}" in shown.entry("value").inner_text()
    if name == "link":  # a local derivative is there at once, the message that it passes on is not
        assert shown.matrices("gradient") == []
        shown.press("ArrowLeft")
    assert shown.matrices("gradient") == texts(*gradient)
    assert {"upstream", "local", "result"} <= set(shown.entry("gradient").locator("small").all_inner_texts())
    assert equation in shown.entry("equation").inner_text()
    assert function in shown.entry("computed by").inner_text()
    shown.press("Escape")
    assert "Choose a node" in shown.card.inner_text()


def test_the_formula_has_its_numbers_put_in(on_page):
    shown = on_page("forward")
    shown.choose("h_hat[3]")
    assert shown.matrices("formula") == texts(h_hat[3], W, x[3], U, h[2], b)
    shown.choose("loss")
    assert shown.matrices("formula") == texts(back.loss, trace.y, example.Y)


@pytest.mark.parametrize(
    ("name", "key", "weight"), [("forward", "b[0]", "db"), ("backward", "dW", "dW"), ("backward", "dU[1]", "dU")]
)
def test_a_weight_shows_the_sum_over_all_its_uses(on_page, name, key, weight):
    shown = on_page(name)
    shown.choose(key)
    rows = [row.locator("td").all_inner_texts() for row in shown.card.locator("tbody tr").all()]
    every = [*getattr(terms, weight), getattr(back.grads, weight)]
    assert rows == texts(*(term[0] for term in every))


def test_the_hidden_unit_is_chosen_beside_it(on_page):
    shown = on_page("backward")
    shown.choose("dU[3]")
    shown.panel.control("hidden unit").turn("2")
    assert shown.written()["dU[3]"] == texts(terms.dU[3][2])[0]
    assert shown.card.locator("tbody tr").last.locator("td").all_inner_texts() == texts(back.grads.dU[2])[0]
    assert "unit 2:" in shown.entry("gradient").inner_text()


def test_without_a_mouse(on_page):
    """Tab into the graph, up and down from part to part in the order of the pass, Enter for the card."""
    shown = on_page("forward")
    shown.root.locator(".widget-slider").last.get_by_role("slider").focus()
    for _ in range(8):  # past the play buttons and Reset
        shown.press("Tab")
        if shown.focused():
            break
    assert shown.focused()
    order = [part.key for part in graph.forward_scene(run).parts]
    shown.press("Home")
    assert shown.focused() == order[0]
    for key in order[1:6]:
        shown.press("ArrowDown")
        assert shown.focused() == key
    shown.press("ArrowUp", "Enter")
    assert shown.focused() == order[4]
    assert shown.part(order[4]).get_attribute("aria-pressed") == "true"
    assert "equation" in shown.card.inner_text()
    shown.press("End")
    assert shown.focused() == order[-1]
    shown.press("Home", "Tab")
    assert shown.card.evaluate("card => card === document.activeElement")  # one Tab stop, then the card
    shown.press("Shift+Tab")
    assert shown.focused() == order[0]
    shown.press("Escape")


@pytest.mark.parametrize(
    ("name", "onward", "back_again"), [("forward", "ArrowRight", "ArrowLeft"), ("backward", "ArrowLeft", "ArrowRight")]
)
def test_the_keys_step_and_show_what_is_computed_by_then(on_page, name, onward, back_again):
    shown = on_page(name)
    scene = {"forward": graph.forward_scene, "backward": graph.backward_scene}[name](run)
    shown.choose("x[0]" if name == "forward" else "loss")
    for stage in range(1, scene.stages + 1):
        shown.press(onward)
        assert shown.marked("fresh") == [node.key for node in scene.nodes if node.stage == stage]
        assert shown.marked("waiting") == [node.key for node in scene.nodes if node.stage > stage]
        assert shown.written() == {
            node.key: [line.strip() for line in node.lines] if node.stage <= stage else ["?"][: len(node.lines)]
            for node in scene.nodes
        }
        assert shown.focused() == ("x[0]" if name == "forward" else "loss")  # the keyboard stays where it is
    shown.press(back_again)
    assert shown.marked("fresh") == [node.key for node in scene.nodes if node.stage == scene.stages - 1]
    shown.press("Escape")
    assert shown.marked("fresh") == shown.marked("waiting") == []
    assert "Choose a node" in shown.card.inner_text()


@pytest.mark.parametrize(("name", "onward"), [("forward", "ArrowRight"), ("backward", "ArrowLeft")])
def test_a_walk_begins_again_after_its_end_and_ends_at_its_beginning(on_page, name, onward):
    shown = on_page(name)
    back_again = {"ArrowRight": "ArrowLeft", "ArrowLeft": "ArrowRight"}[onward]
    stage = shown.panel.control("stage")
    whole = stage.value
    shown.part("loss").focus()
    shown.press(onward)
    assert stage.value == "1"  # from the whole picture
    shown.press(back_again, back_again)
    assert stage.value == "0"
    shown.press("Escape")
    assert stage.value == whole


def test_a_choice_stays_with_its_node_while_there_is_one(on_page):
    shown = on_page("forward")
    shown.choose("h[2]")
    before = shown.card.inner_html()
    shown.panel.control("activation f").turn("relu")
    assert shown.part("h[2]").get_attribute("aria-pressed") == "true"
    assert shown.card.inner_html() != before
    shown.panel.control("T").turn("Home")  # there is no such step
    assert "Choose a node" in shown.card.inner_text()


def test_held_keys_never_part_the_stage_from_its_words_its_card_and_its_picture(on_page):
    """Looked at in each frame that is painted, while the kernel is behind."""
    shown = on_page("backward")
    shown.choose("dW[2]")
    shown.lab.page.evaluate(WATCH, shown.root.element_handle())
    for key in 3 * (12 * ["ArrowLeft"] + 12 * ["ArrowRight"]):
        shown.lab.page.keyboard.press(key)
    shown.lab.settle()
    seen = shown.lab.page.evaluate("watching = false, seen")
    assert len({stage for stage, *_ in seen}) > 5
    last = int(shown.panel.control("stage").value)
    node = graph.backward_scene(run).node("dW[2]").stage
    whole = graph.backward_scene(run).whole
    for stage, words, waiting, card in seen:
        assert words == (stage if stage < whole else None), seen
        assert waiting == card == (stage < node), seen
    assert seen[-1][0] == last


# [stage, that of the words, whether the chosen node waits, whether its card does], in each frame
WATCH = """(root) => {
    [window.seen, window.watching] = [[], true];
    const slider = root.querySelectorAll(".widget-readout");
    const look = () => {
        const stage = Number(slider[slider.length - 1].textContent);
        const words = root.querySelector(".bptt-words").textContent.match(/Stage ([0-9]+) of/);
        const waiting = root.querySelector('[data-key="dW[2]"]').classList.contains("waiting");
        const told = root.querySelector(".card [data-until]");
        seen.push([stage, words && Number(words[1]), waiting, !told.hidden]);
        if (window.watching) requestAnimationFrame(look);
    };
    look();
}"""


def test_the_link_moves_back_and_the_card_moves_with_it(on_page):
    shown = on_page("link")
    shown.choose("delta[4]")
    assert "not computed yet" in shown.card.inner_text()
    for t in (3, 2, 1, 0):
        shown.press("ArrowLeft")
        assert shown.written()[f"dh[{t}]"] == texts(dh[t])[0]
        assert shown.matrices("value") == texts(delta[t + 1])
    shown.press("ArrowLeft", "ArrowLeft")
    assert shown.written()["dh[-1]"] == texts(back.dh_init)[0]
    shown.press("ArrowRight")
    assert shown.written()["dh[0]"] == texts(dh[0])[0]


def test_space_plays_and_stops(on_page):
    shown = on_page("forward")
    shown.part("h[0]").focus()
    shown.press("Space")
    stage = shown.panel.control("stage")
    shown.lab.page.wait_for_function(
        "graph => graph.querySelectorAll('.fresh').length", arg=shown.root.element_handle()
    )
    assert int(stage.value) >= 1
    shown.press("Space")
    at = stage.value
    assert shown.root.locator(".widget-play .fa-play").count() == 1  # it shows that it can be played on
    shown.press("ArrowRight")
    assert int(stage.value) == int(at) + 1
    shown.press("Space", "Escape")
    assert shown.marked("waiting") == []


def test_keys_typed_in_the_graph_do_not_reach_the_notebook(on_page):
    shown = on_page("backward")
    shown.choose("dh[1]")
    state = (
        "[bptt.notebook.content.model.cells.length, bptt.notebook.content.activeCellIndex, bptt.notebook.content.mode]"
    )
    before = shown.lab.page.evaluate(state)
    shown.press(*"abddxmyz", "Enter", "ArrowUp", "ArrowDown", "Space", "Space", "Escape")
    assert shown.lab.page.evaluate(state) == before
    assert shown.focused() == "dh[1]"


def test_the_table_holds_the_same_numbers(on_page):
    shown = on_page("backward")
    shown.root.locator("summary").click()
    shown.root.locator(".table tbody tr").first.wait_for()  # a browser tells of the opening a moment later
    rows = [row.locator("td").all_inner_texts() for row in shown.root.locator(".table tbody tr").all()]
    assert [row[0] for row in rows] == [node.quantity.in_code for node in graph.backward_scene(run).nodes]
    for key, array in ((f"dh[{t}]", dh[t]) for t in range(5)):
        assert next(row for row in rows if row[0] == key)[2].split("; ") == texts(array)[0]
    shown.part("loss").focus()
    shown.press("ArrowLeft")
    waiting = shown.root.locator(".table tbody [data-until]").filter(visible=True).count()
    assert waiting == sum(node.stage > 1 for node in graph.backward_scene(run).nodes)
    shown.root.locator("summary").click()


@pytest.mark.parametrize("T", [0, 8, 30])
@pytest.mark.parametrize("name", ["forward", "backward"])
def test_every_T_shows_the_numbers_of_bptt_core(on_page, name, T):
    shown = on_page(name)
    slider = shown.panel.control("T").row.get_by_role("slider")
    slider.focus()
    shown.press("Home")
    for _ in range(T):
        shown.lab.page.keyboard.press("ArrowRight")
    shown.lab.settle()
    assert shown.panel.control("T").value == str(T)
    longer = running_example(T)
    states = forward(longer.net, longer.x)
    messages = backward(states, longer.Y)
    for t in {0, T}:
        key, value = (f"h[{t}]", states.h[t]) if name == "forward" else (f"dh[{t}]", messages.dh[t])
        assert shown.written()[key] == texts(value)[0]
    assert (shown.part("fold").count() == 1) == (T > 7)


def test_nothing_jumps(on_page):
    check_still(on_page("forward").panel)


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_readable_in_both_themes_and_by_a_screen_reader(on_page, theme):
    shown = on_page("backward")
    with shown.lab.in_theme(theme):
        shown.choose("dU[2]")
        shown.root.locator("summary").click()
        shown.root.locator(".table tbody tr").first.wait_for()
        check_readable(shown.lab, ".bptt-graph", least=80)  # the cells of the table and the card among them
        shown.root.locator("summary").click()


# Checks that cannot fail prove nothing


def test_a_kernel_that_does_not_listen_is_found(on_page):
    shown = on_page("deaf")
    shown.choose("h[2]")
    assert shown.card.inner_text() == ""
