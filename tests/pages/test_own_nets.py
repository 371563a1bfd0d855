"""Every panel shows the net of a reader, of any size: those of all pages, as they are found there."""

import inspect
import re

import numpy as np
import pytest

from bptt_core import backward, forward, step_terms
from bptt_lab.example import Example
from bptt_lab.numbers import number
from bptt_lab.pages import PANELS
from bptt_lab.symbols import plain
from tests.harness.graphs import OWN, SOFTSIGN, own_example

TAKES = {name: kind for name, kind in PANELS.items() if "example" in inspect.signature(kind).parameters}
OTHERS = {  # what they show in place of a net that could be another
    "BreakPanel": "the checks of page 06, each with the net that it needs",
    "ClippingPanel": "a descent on the sunspots",
    "CostPanel": "what nets of many sizes cost",
    **dict.fromkeys(("LearningPanel", "ForecastPanel", "FadingPanel"), "a training run, which they take"),
}
WIDE = {"n_x": 3, "n_h": 8, "n_y": 2, "N": 4}
EXAMPLES = OWN | {"wide batch": WIDE, "one step": {"T": 0, "N": 2}}
every_panel = pytest.mark.parametrize("name", TAKES)


def test_a_panel_takes_an_example_or_says_what_it_shows():
    assert TAKES.keys() | OTHERS.keys() == PANELS.keys()
    assert not TAKES.keys() & OTHERS.keys()


@every_panel
def test_what_is_no_example_is_one_sentence(name):
    with pytest.raises(TypeError, match=r"example must be an Example\(net, x, Y, labels\); got tuple"):
        TAKES[name](example=(1, 2))


def shown(panel):
    """Its words, what the page has of its pictures, and its stored picture."""
    pictures = [picture.widget for picture in panel.pictures]
    return plain(panel.words.value), [getattr(one, "svg", "") or one.behind + one.moving for one in pictures]


@every_panel
@pytest.mark.parametrize("own", EXAMPLES)
def test_every_control_of_a_panel_over_any_net(name, own):
    """At both ends of each slider and at each end of each menu, the panel has words, and a picture of numbers."""
    panel = TAKES[name](example=own_example(**{"T": 3, **EXAMPLES[own]}))
    for control in panel.inputs.values():
        values = [value for _, value in map(_pair, control.options)] if hasattr(control, "options") else None
        for value in (values[-1], values[0]) if values else (control.min, control.max):
            control.value = value
            words, pictures = shown(panel)
            assert words
            assert not re.search(r"\bnan\b|\binf\b", words + "".join(pictures)), control.description
    panel.still()


def _pair(option):
    return option if isinstance(option, tuple) else (option, option)


@every_panel
def test_sequences_can_be_chosen_where_one_is_shown(name):
    """Another sequence is another picture; a panel that has no such menu shows what all of them add up to."""
    panel = TAKES[name](example=own_example(**WIDE, T=3))
    if "sequence" not in panel.inputs:
        assert name in ("ActivationPanel", "EpsilonPanel", "TermsPanel", "TruncationPanel", "WitnessPanel")
        return
    seen = []
    for sequence in range(4):
        panel.inputs["sequence"].value = sequence
        words, pictures = shown(panel)
        assert f"Sequence {sequence} of 4" in words
        seen.append(tuple(pictures))
    assert len(set(seen)) == 4


@every_panel
def test_names_from_the_reader_are_text(name):
    plainly = own_example(T=4)
    net = plainly.net._replace(activation=SOFTSIGN._replace(name="<b>own"))
    labels = ['<img src=x onerror="1">', "a & b", "$x^2", "`c`^(2)", "{0}"]
    panel = TAKES[name](example=Example(net, plainly.x, plainly.Y, labels, "<u>x", "<u>Y", "<u>target"))
    page = panel.words.value + "".join(shown(panel)[1])
    assert not re.search("<img|<b>own|<u>|&amp;(amp|lt|gt);|<sup>.2.</sup></code>", page)
    panel.still()  # matplotlib reads no name as a formula


# What some of them show: the numbers of bptt_core


@pytest.fixture(scope="module")
def wide():
    example = own_example(**WIDE, T=5)
    example = Example(*example, h_init=np.random.default_rng(2).normal(size=(8, 4)))
    trace = forward(example.net, example.x, h_init=example.h_init)
    back = backward(trace, example.Y)
    return example, trace, back, step_terms(trace, back)


def test_the_states_of_the_chosen_sequence(wide):
    example, trace, *_ = wide
    panel = TAKES["StatesPanel"](example=example)
    panel.inputs["sequence"].value, panel.inputs["unit"].value = 2, 5
    np.testing.assert_array_equal([line.get_ydata() for line in panel.x.lines], trace.x[:, :, 2].T)
    order = [0, 1, 2, 3, 4, 6, 7, 5]  # the chosen one lies above the others
    np.testing.assert_array_equal([line.get_ydata() for line in panel.h.lines], trace.h[:, order, 2].T)
    assert f"y = ({number(trace.y[0, 2])}, {number(trace.y[1, 2])})" in shown(panel)[0]


def test_the_loss_of_the_chosen_output_and_sequence(wide):
    example, trace, *_ = wide
    panel = TAKES["LossPanel"](example=example)
    panel.inputs["output"].value, panel.inputs["sequence"].value = 1, 3
    y, Y = trace.y[1, 3], example.Y[1, 3]
    np.testing.assert_allclose(panel.point.get_xydata(), [[y, (y - Y) ** 2 / 2]], rtol=1e-12)
    assert f"Output 1. Sequence 3 of 4. y = {number(y)}, Y = {number(Y)}" in shown(panel)[0]
    panel.reset()
    assert panel.inputs["y"].value == pytest.approx(trace.y[0, 0], abs=1e-3)  # rounded, as it was at the beginning


def test_the_window_of_the_chosen_input(wide):
    example, trace, *_ = wide
    panel = TAKES["WindowPanel"](example=example)
    for name, value in (("entry", 2), ("output", 1), ("sequence", 3)):
        panel.inputs[name].value = value
    np.testing.assert_array_equal(panel.inputs_line.get_ydata(), example.x[:, 2, 3])
    assert panel.target.get_ydata() == [example.Y[1, 3]]
    assert f"y = {number(trace.y[1, 3])}; the target is Y = {number(example.Y[1, 3])}" in shown(panel)[0]


def test_the_blame_of_the_chosen_sequence(wide):
    example, _, back, _ = wide
    panel = TAKES["BlamePanel"](example=example)
    panel.inputs["sequence"].value = 1
    np.testing.assert_allclose(panel.size.get_ydata(), np.linalg.norm(back.dh[:, :, 1], axis=1), rtol=1e-15)


def test_the_terms_of_any_entry_begin_at_h_init(wide):
    example, _, back, terms = wide
    panel = TAKES["TermsPanel"](example=example)
    names = [name for name, _ in panel.inputs["entry"].options]
    assert len(names) == 8 * 3 + 8 * 8 + 8
    panel.inputs["entry"].value = names.index("dU[6, 7]")
    heights = [bar.get_height() for bar in panel.bars[:6]]
    np.testing.assert_array_equal(heights, terms.dU[:, 6, 7])
    assert heights[0] != 0
    words = shown(panel)[0]
    assert f"dU[6, 7] = {number(back.grads.dU[6, 7])}, the sum of 6 terms, each over all sequences" in words
    assert "zeros" not in words


def test_the_radius_of_the_readers_own_U(wide):
    example, *_ = wide
    panel = TAKES["RadiusPanel"](example=example)
    assert [value for _, value in panel.inputs["matrix"].options] == ["yours", "turning", "lopsided"]
    panel.inputs["sequence"].value, panel.inputs["radius"].value = 2, 1.3
    U = example.net.params.U
    U = 1.3 * U / np.abs(np.linalg.eigvals(U)).max()
    trace = forward(example.net._replace(params=example.net.params._replace(U=U)), example.x, h_init=example.h_init)
    size = np.linalg.norm(backward(trace, example.Y).dh[::-1, :, 2], axis=1)
    np.testing.assert_allclose(panel.lines[0].get_ydata(), size / size[0], rtol=1e-12)  # a division in another order


def test_a_U_that_is_nilpotent_has_no_radius_to_scale():
    example = own_example(T=3)
    params = example.net.params._replace(U=np.triu(np.ones((3, 3)), 1))
    panel = TAKES["RadiusPanel"](example=Example(example.net._replace(params=params), *list(example)[1:]))
    assert [value for _, value in panel.inputs["matrix"].options] == ["turning", "lopsided"]


def test_a_message_of_one_answer_where_there_are_many():
    example = own_example(T=5, outputs="all")
    panel = TAKES["RadiusPanel"](example=example)
    panel.inputs["radius"].value = 0.5
    U = 0.5 * example.net.params.U / np.abs(np.linalg.eigvals(example.net.params.U)).max()
    net = example.net._replace(params=example.net.params._replace(U=U), outputs="last")
    size = np.linalg.norm(backward(forward(net, example.x), example.Y[-1]).dh[::-1, :, 0], axis=1)
    np.testing.assert_allclose(panel.lines[0].get_ydata(), size / size[0], rtol=1e-12)
    assert "last answer alone" in shown(panel)[0]


@pytest.mark.parametrize("name", ["WitnessPanel", "EpsilonPanel"])
def test_witnesses_that_an_activation_would_mislead_are_silent(name):
    """The absolute value of a complex number is real: a complex step through softsign finds another slope."""
    panel = TAKES[name](example=own_example(f=SOFTSIGN, T=4))
    words = shown(panel)[0]
    assert "A complex step cannot read softsign" in words or "no complex step for this f" in words
    assert "wrong" not in words
    panel.inputs["activation"].value = "tanh"
    assert "complex step cannot" not in shown(panel)[0]
    assert "no complex step" not in shown(panel)[0]


@pytest.mark.parametrize("name", ["WitnessPanel", "EpsilonPanel"])
def test_a_net_that_would_take_minutes_is_one_sentence(name):
    with pytest.raises(ValueError, match="example must have a net of at most 400 weights for this panel; got 1331"):
        TAKES[name](example=own_example(n_h=35, T=1))


def test_a_state_before_the_first_input_goes_all_the_way(wide):
    example, trace, back, terms = wide
    panel = TAKES["GraphPanel"]("forward", example=example)
    panel.inputs["sequence"].value = 1
    before = panel.graph.scene.node("h_init")
    np.testing.assert_array_equal(before.value, example.h_init)
    assert before.lines[0].strip() == number(example.h_init[0, 1])
    assert before.quantity.note == "Given."
    np.testing.assert_array_equal(before.quantity.gradient.result.value, back.dh_init)
    np.testing.assert_array_equal(panel.graph.scene.node("h[5]").value, trace.h[5])
    panel.inputs["mode"].value = "backward"
    first = panel.graph.scene.node("dU[0]")
    np.testing.assert_array_equal(first.value, terms.dU[0])
    assert "7.8 begins there" in first.quantity.note


@pytest.mark.parametrize("h_init", [np.zeros((8, 3)), np.zeros(8), np.full((8, 4), np.nan)])
def test_a_state_that_does_not_fit_is_one_sentence(wide, h_init):
    example, *_ = wide
    with pytest.raises(ValueError, match=r"h_init must (have shape \(n_h, N\) with n_h = 8|be finite)"):
        Example(*example, h_init=h_init)


def test_a_shorter_window_begins_at_the_same_state(wide):
    example, *_ = wide
    np.testing.assert_array_equal(example.last(1).h_init, example.h_init)
