"""The graph as a page shows it: well-formed SVG, every part a button with a name, marks where they belong."""

import re
from xml.etree import ElementTree

import pytest

from bptt_core import ACTIVATIONS
from bptt_lab.data import run_example
from bptt_lab.graph import Edge, Frame, frames_of, svg
from bptt_lab.graph.markup import html_matrix
from bptt_lab.numbers import number
from bptt_lab.symbols import html_symbol, pieces, spoken, svg_text
from tests.harness.graphs import KINDS, STEPS, frame_of, scene_of, scenes

NAMESPACE = "{http://www.w3.org/2000/svg}"


def drawn(scene, *args, **kwargs):
    return ElementTree.fromstring(svg([frame_of(scene)], *args, **kwargs))


def buttons(root):
    return {g.get("data-key"): g for g in root.iter(f"{NAMESPACE}g") if g.get("data-key")}


def words(element):
    return ["".join(text.itertext()) for text in element.iter(f"{NAMESPACE}text")]


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("T", STEPS)
def test_every_part_is_drawn_with_its_numbers(T, activation):
    for scene in scenes(run_example(T, activation)).values():
        found = buttons(drawn(scene))
        assert list(found) == [part.key for part in scene.parts]  # in the order of the pass: the order of the keys
        for node in scene.nodes:
            shown = words(found[node.key])
            assert [word for word in shown if word in node.lines] == list(node.lines), node.key
            assert not node.lines or node.shape in shown


@pytest.mark.parametrize("T", STEPS)
def test_every_part_can_be_reached_and_says_what_it_is(T):
    for kind, scene in scenes(run_example(T, "tanh")).items():
        root = drawn(scene)
        assert root.get("role") == "group"
        assert f"T = {T}" in root.get("aria-label") or kind == "link"
        names = []
        for part in scene.parts:
            button = buttons(root)[part.key]
            assert (button.get("role"), button.get("tabindex")) == ("button", "-1")
            names.append(button.get("aria-label"))
            if not isinstance(part, Edge) and part.lines:
                assert number(part.value.ravel()[0]) in names[-1]
        if kind != "forward":  # there b has the same name in each column, as it should
            assert len(set(names)) == len(names)


@pytest.mark.parametrize("kind", KINDS)
def test_each_part_carries_its_stage_its_card_and_its_two_names(kind):
    scene = scene_of(kind, run_example(4, "tanh"))
    found = buttons(ElementTree.fromstring(svg([Frame(scene, 3, 4, offset=3)])))
    for part in scene.parts:
        button = found[part.key]
        assert (button.get("data-from"), button.get("data-card")) == (str(part.stage + 3), part.about.key)
        assert button.get("data-words") == button.get("aria-label")
        if isinstance(part, Edge):
            assert button.get("data-waiting") == button.get("data-words")
        else:
            assert button.get("data-waiting").endswith(": not computed yet")
            assert not re.search(r"\d\.\d", button.get("data-waiting"))
            assert ("?" in words(button)) == bool(part.lines)  # which graph.css shows until then


def test_links_stand_one_after_the_other_in_one_picture():
    frames = frames_of("link", run_example(4, "tanh"))
    drawn = ElementTree.fromstring(svg(frames))
    shown = [
        (int(g.get("data-first")), int(g.get("data-last"))) for g in drawn.iter(f"{NAMESPACE}g") if g.get("data-first")
    ]
    assert shown == [(0, 1), (2, 2), (3, 3), (4, 4), (5, 5)]
    for t, frame in zip((4, 3, 2, 1, 0), frames, strict=True):
        assert frame.scene.link == t
        assert {part.key: start for part, start in frame.parts}[f"dh[{t}]"] == 4 - t


@pytest.mark.parametrize("unit", [0, 2])
def test_the_numbers_of_the_chosen_unit_stand_out(unit):
    scene = scene_of("forward", run_example(4, "tanh"))
    found = buttons(drawn(scene, unit=unit))["h[2]"]
    lines = [text for text in found.iter(f"{NAMESPACE}text") if text.get("class").startswith("line")]
    assert [line.get("class") == "line chosen" for line in lines] == [i == unit for i in range(3)]


def test_forward_and_backward_differ_in_more_than_colour():
    from bptt_lab.graph.live import LiveGraph

    css = LiveGraph._css
    assert re.search(r"\.backward \.line \{[^}]*stroke-dasharray", css)
    assert not re.search(r"\.forward \.line \{[^}]*stroke-dasharray", css)
    assert re.search(r"\.paper[^{]*\{ fill: var\(--bptt-paper\)", css)  # its own background, for the dark theme


def test_several_graphs_on_a_page_do_not_meet():
    """No id: of two elements with one id a page knows the first, which may be hidden."""
    for scene in scenes(run_example(4, "tanh")).values():
        assert not re.search(r"\bid=|url\(#", svg([frame_of(scene)]))


def test_each_line_ends_in_a_head_that_points_along_it():
    scene = scene_of("backward", run_example(8, "tanh"))
    found = buttons(drawn(scene))
    for edge in scene.edges:
        (head,) = found[edge.key].iter(f"{NAMESPACE}polygon")
        tip, *base = ([float(c) for c in corner.split(",")] for corner in head.get("points").split())
        (x0, y0), (x1, y1) = edge.points[-2:]
        assert tip == pytest.approx((x1, y1), abs=0.06)
        middle = [(a + b) / 2 for a, b in zip(*base, strict=True)]
        length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
        along = ((tip[0] - middle[0]) * (x1 - x0) + (tip[1] - middle[1]) * (y1 - y0)) / length
        assert along == pytest.approx(min(8, length), abs=0.15)  # places are written with one decimal


def test_nothing_is_fetched_from_a_network():
    from bptt_lab.graph.live import LiveGraph

    without_comments = re.sub(r"//[^\n]*|/\*.*?\*/", "", LiveGraph._esm + LiveGraph._css, flags=re.DOTALL)
    assert not re.search(r"https?:|@import|\bimport\b|fetch\(|url\(", without_comments)


@pytest.mark.parametrize(
    ("tex", "plain", "page"),
    [
        (r"$\hat{h}^{(2)}$", "ĥ^(2)", "ĥ<sup>(2)</sup>"),
        ("${}^t U$", "^tU", "<sup>t</sup>U"),
        ("$dU_{4}$", "dU_4", "dU<sub>4</sub>"),
        ("$W x^{(-1)}$", "W x^(−1)", "W x<sup>(−1)</sup>"),
        (r"$f'(\hat{h}^{(0)})$", "f′(ĥ^(0))", "f′(ĥ<sup>(0)</sup>)"),
    ],
)
def test_symbols(tex, plain, page):
    assert spoken(tex) == plain
    assert html_symbol(tex) == f'<span class="symbol">{page}</span>'
    drawn = ElementTree.fromstring(f"<t>{svg_text(tex, 10)}</t>")
    assert "".join(drawn.itertext()).replace("\u2009", "") == plain.replace("^", "").replace("_", "")


def test_raised_is_up_lowered_is_down_and_the_line_goes_on():
    shifts = [float(dy) for dy in re.findall(r'dy="([-\d.]+)"', svg_text("$x^{(2)}y_{3}z$", 10))]
    up, back_up, down, back_down = shifts
    assert up < 0 < down  # y points down
    assert (up + back_up, down + back_down) == (0, 0)


@pytest.mark.parametrize("tex", [r"\frac{1}{2}", "x^", "x^{a", r"\sigma", "x_i"])
def test_tex_that_is_not_known_is_an_error(tex):
    with pytest.raises(ValueError, match="tex must be"):
        pieces(tex)


def test_matrices():
    import numpy as np

    assert html_matrix([[1.5]]) == '<span class="number">1.500</span>'
    assert html_matrix(np.eye(2)).count("<span>") == 4
    large = html_matrix(np.ones((9, 7)))
    assert large.count("1.000") == 9
    assert large.count("⋯") == 3
    assert "--columns:4" in large
