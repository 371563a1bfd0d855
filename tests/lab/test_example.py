"""A net of the reader's own in the panels: what an example must be, and what the panels show and say of it."""

import itertools
import re

import numpy as np
import pytest

from bptt_core import ACTIVATIONS, Net, backward, forward, init_params
from bptt_lab.data import T_MAX, running_example
from bptt_lab.example import Example, run_of
from bptt_lab.graph import svg
from bptt_lab.numbers import folded, number
from bptt_lab.pages.graphs import GraphPanel
from bptt_lab.pages.recursion import StepBackPanel
from bptt_lab.symbols import plain, short
from tests.harness.graphs import OWN, SOFTSIGN, own_example

NET = Net(init_params(n_x=2, n_h=4, n_y=1))
MANY = NET._replace(outputs="all")
X = np.ones((3, 2, 5))
TARGETS = np.ones((3, 1, 5))
NAMES = ["a", "b", "c"]
every_example = pytest.mark.parametrize("sizes", OWN.values(), ids=OWN)


@pytest.mark.parametrize(
    ("arguments", "kind", "said"),
    [
        (("net", X, TARGETS[0], NAMES), TypeError, r"net must be a Net; got str. Net(params) makes one"),
        ((NET, X[:, 0], TARGETS[0], NAMES), ValueError, "x must have shape (T+1, n_x, N) with n_x = 2 (from W)"),
        ((NET, X, TARGETS, NAMES), ValueError, "Y must have shape (n_y, N) with n_y = 1 (from V) and N = 5 (from x)"),
        ((MANY, X, TARGETS[:2], NAMES), ValueError, "Y must have shape (T+1, n_y, N) with T+1 = 3 (from x)"),
        ((NET, X * np.nan, TARGETS[0], NAMES), ValueError, "x must be finite; got nan at index (0, 0, 0)"),
        ((NET, X, TARGETS[0], NAMES[1:]), ValueError, "labels must be T+1 names, with T+1 = 3 (from x); got 2"),
        ((NET, X, TARGETS[0], "abc"), TypeError, "labels must be a list of T+1 names; got str"),
        ((NET, X, TARGETS[0], None), TypeError, "labels must be a list of T+1 names; got NoneType"),
        ((NET, X, TARGETS[0], np.array(3)), TypeError, "labels must be a list of T+1 names; got ndarray"),
    ],
)
def test_what_is_no_example_is_one_sentence(arguments, kind, said):
    with pytest.raises(kind, match=re.escape(said)):
        Example(*arguments)


@pytest.mark.parametrize("panel", [GraphPanel, StepBackPanel])
def test_a_panel_takes_an_example_and_nothing_else(panel):
    with pytest.raises(TypeError, match=r"example must be an Example\(net, x, Y, labels\); got tuple"):
        panel(example=(NET, X, TARGETS[0], NAMES))


def test_the_last_steps_of_the_running_example_are_the_shorter_one():
    for T in (0, 4, T_MAX):
        for got, expected in zip(running_example(T_MAX).last(T), running_example(T), strict=True):
            if isinstance(got, np.ndarray):
                np.testing.assert_array_equal(got, expected)


def test_the_last_steps_of_many_answers_keep_their_targets():
    net, x, Y, labels = Example(MANY, X, TARGETS * [[[0]], [[1]], [[2]]], NAMES).last(1)
    assert net is MANY
    assert x.shape == (2, 2, 5)
    np.testing.assert_array_equal(Y[:, 0, 0], [1, 2])
    assert labels == ("b", "c")


def on_the_page(panel):
    page = panel.graph.widget
    return "".join([page.svg, *page.cards.values(), page.table, *page.words])


@every_example
@pytest.mark.parametrize("mode", ["forward", "backward", "link"])
def test_the_graph_of_an_example(sizes, mode):
    example = own_example(**sizes, T=9)
    panel = GraphPanel(mode, example=example)
    assert (panel.inputs["T"].value, panel.inputs["T"].max) == (9, 9)
    n_h, N = len(example.net.params.U), example.x.shape[2]
    assert ("unit" in panel.inputs, "sequence" in panel.inputs) == (n_h > 1, N > 1)
    if n_h > 1:
        assert [value for _, value in panel.inputs["unit"].options] == list(range(n_h))
    for T in (9, 8, 0):
        panel.inputs["T"].value = T
        if n_h > 1:
            panel.inputs["unit"].value = n_h - 1
        sequence = N - 1
        if N > 1:
            panel.inputs["sequence"].value = sequence
        scene = panel.graph.scene
        trace = forward(example.net, example.x[9 - T :])
        back = backward(trace, example.Y[9 - T :] if example.net.outputs == "all" else example.Y)
        key, whole = {"forward": (f"h[{T}]", trace.h[T]), "backward": (f"dh[{T}]", back.dh[T])}.get(
            mode, (f"dh[{T}]", back.dh[T])
        )
        np.testing.assert_array_equal(scene.node(key).value, whole)
        assert scene.node(key).lines[-1].strip() == number(whole[-1, sequence])  # the chosen unit is the last one
        assert scene.height <= panel.height
        words = plain(panel.words.value)
        assert ("Sequence" in words) == (N > 1)
        assert f"day {9 - T if mode == 'forward' else 9}" in words or mode == "backward"
        y, Y = (each[-1] if example.net.outputs == "all" else each for each in (trace.y, example.Y))
        if mode == "forward":
            assert f"the target is Y = {column(Y[:, sequence])}; L = {number(back.loss)}" in words
            assert f"y = {column(y[:, sequence])}" in words
        if mode == "backward":
            assert f"y − Y = {column((y - Y)[:, sequence])}" in words
    panel.still()


def column(values):
    texts = [number(value) for value in values]
    return texts[0] if len(texts) == 1 else f"({', '.join(texts)})"


@every_example
def test_the_steps_back_of_an_example(sizes):
    example = own_example(**sizes, T=5)
    panel = StepBackPanel(example=example)
    n_h, N = len(example.net.params.U), example.x.shape[2]
    back = run_of(example).back
    if n_h > 1:
        panel.inputs["unit"].value = n_h - 1
    if N > 1:
        panel.inputs["sequence"].value = N - 1
    panel.inputs["stage"].value = 2
    curves = panel.dh.lines
    assert len(curves) == n_h
    drawn = sorted(tuple(line.get_ydata()) for line in curves)
    assert drawn == sorted(map(tuple, back.dh[3:, :, N - 1].T))
    assert curves[-1].get_ydata().tolist() == back.dh[3:, n_h - 1, N - 1].tolist()
    assert ("what the answer of step 3 sends is added" in plain(panel.words.value)) == (example.net.outputs == "all")
    panel.inputs["stage"].value = 6
    assert "the message ends" in plain(panel.words.value)
    panel.still()


def test_the_menu_offers_the_readers_own_activation_first():
    panel = GraphPanel(example=own_example(f=SOFTSIGN))
    menu = panel.inputs["activation"]
    assert [name for name, _ in menu.options] == ["softsign", *ACTIVATIONS]
    assert menu.value is SOFTSIGN
    own = panel.graph.scene.node("h[30]").value
    menu.value = "relu"
    assert panel.graph.run.trace.net.activation is ACTIVATIONS["relu"]
    menu.value = SOFTSIGN
    np.testing.assert_array_equal(panel.graph.scene.node("h[30]").value, own)
    assert GraphPanel(example=own_example(f="relu")).inputs["activation"].value == "relu"
    taken = GraphPanel(example=own_example(f=SOFTSIGN._replace(name="tanh"))).inputs["activation"]
    assert [name for name, _ in taken.options][:2] == ["tanh, your own", "tanh"]


NASTY = ['<img src=x onerror="1">', "a & b", "$x^2", "`c`^(2)", r"$\frac$"]


@pytest.mark.parametrize("outputs", ["last", "all"])
@pytest.mark.parametrize("panel", [GraphPanel, StepBackPanel])
def test_a_readers_names_are_text_in_a_panel_too(panel, outputs):
    plainly = own_example(T=4, outputs=outputs)
    net = plainly.net._replace(activation=SOFTSIGN._replace(name="<b>own"))
    shown = panel(example=Example(net, plainly.x, plainly.Y, NASTY, "<u>x", "<u>Y", "<u>&target"))
    written = []
    for mode in ("forward", "backward", "link") if panel is GraphPanel else ("link",):
        if panel is GraphPanel:
            shown.inputs["mode"].value = mode
        for stage in range(shown.inputs["stage"].max + 1):
            shown.inputs["stage"].value = stage
            shown.graph.widget._handle_custom_msg({"cards of": shown.graph.widget.edition}, [])
            written.append(shown.words.value + on_the_page(shown))
        shown.still()  # matplotlib reads no name as a formula
    page = "".join(written)
    assert not re.search("<img|<b>own|<u>|&amp;(amp|lt|gt);", page)
    assert "`c`^(2)" in page
    if panel is GraphPanel:
        assert "&lt;u&gt;&amp;target Y = " in page


def test_the_numbers_of_a_chosen_unit_stand_out_in_a_folded_box():
    panel = GraphPanel("forward", example=own_example(**OWN["wide"], T=2))
    panel.inputs["unit"].value = 5
    (chosen,) = set(re.findall(r'<text class="line chosen"[^>]*>([^<]*)<', node_of(panel, "h[2]")))
    assert chosen.strip() == number(panel.graph.run.trace.h[2, 5, 0])
    assert "chosen" not in node_of(panel, "x[2]")  # its rows are inputs
    assert panel.graph.widget.svg == svg(panel.graph.frames, 5)


def test_each_line_can_be_clicked_where_it_is_alone():
    panel = GraphPanel("forward", example=own_example(T=2, outputs="all"))
    reaches = re.findall(r'data-key="([yY]\[\d\]&gt;loss)".*?class="reach" points="([^"]*)"', panel.graph.widget.svg)
    assert len(reaches) == 6 == len({points for _, points in reaches})


def test_walking_computes_nothing_anew():
    panel = GraphPanel("forward", example=own_example(N=2))
    run = panel.graph.run
    for name, value in (("stage", 2), ("unit", 1), ("sequence", 1), ("mode", "backward")):
        panel.inputs[name].value = value
        assert panel.graph.run is run
    panel.inputs["T"].value = 3
    assert panel.graph.run is not run


def test_a_very_large_net_is_told_in_few_words():
    """What is left out is marked, in the table and in the spoken names too."""
    example = own_example(n_h=100, N=50, T=1)
    panel = GraphPanel("forward", example=example)
    panel.inputs["unit"].value, panel.inputs["sequence"].value = 60, 40
    page = panel.graph.widget
    page._handle_custom_msg({"cards of": page.edition}, [])
    assert len(page.svg) < 200_000
    assert len(page.table) < 200_000
    assert max(map(len, page.cards.values())) < 50_000
    entry = number(panel.graph.run.trace.h[1, 60, 40])
    assert entry in re.search("aria-label=.*?>", node_of(panel, "h[1]"))[0]
    assert "…" in re.search("aria-label=.*?>", node_of(panel, "h[1]"))[0]
    (row,) = re.findall(r"<code>h\[1\].*?</tr>|<td>h\[1\]</td>.*?</tr>", page.table)
    assert entry in row
    assert "…" in row


def node_of(panel, key):
    return re.search(rf'data-key="{re.escape(key)}".*?</g>', panel.graph.widget.svg)[0]


@pytest.mark.parametrize("most", [3, 4])
def test_what_is_folded_keeps_the_chosen_one(most):
    for size in range(1, 12):
        for chosen in range(size):
            shown = folded(size, most, chosen)
            kept = [i for i in shown if i is not None]
            assert chosen in kept
            assert len(shown) == min(size, most)
            assert kept == list(range(kept[0], kept[-1] + 1))
            assert (shown[0] is None, shown[-1] is None) == (kept[0] > 0, kept[-1] < size - 1)


@pytest.mark.parametrize(("name", "cut"), [("short", "short"), (1957, "1957"), ("two\n lines", "two lines")])
def test_a_name_that_fits_is_whole(name, cut):
    assert short(name, 6) == cut


def test_a_name_that_does_not_fit_ends_in_dots():
    assert short("one two three", 5.5) == "one two…"
    assert short("MMMM", 3) == "MM…"  # wide letters count for more


@pytest.mark.parametrize("name", ["M" * 30, "W m" * 9, "step after step, " * 3, "2024-01-01 00:00", "@%" * 9, "ÄÖ" * 9])
def test_names_of_steps_do_not_touch(name):
    """Measured as matplotlib sets them."""
    example = own_example(T=8)
    panel = StepBackPanel(example=Example(example.net, example.x, example.Y, [name] * 9))
    labels = [label for label in panel.step_axis.labels if label.get_visible()]
    figure = panel.axes.figure
    boxes = [label.get_window_extent(figure.canvas.get_renderer()) for label in labels]
    assert all(left.x1 < right.x0 for left, right in itertools.pairwise(boxes))
    (heading,) = {note.text for note in panel_notes(example, name) if note.text.startswith("$t = 0$")}
    text = figure.text(0, 0, heading.split("\n")[1], fontsize=8.5)
    assert text.get_window_extent().width / figure.dpi * 96 < 92  # the width of a column, in CSS pixels


def panel_notes(example, name):
    return GraphPanel(example=Example(example.net, example.x[:8], example.Y, [name] * 8)).graph.scene.notes
