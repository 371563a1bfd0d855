"""Every panel shows the numbers it claims: what is drawn is compared with bptt_core, for each control."""

import gc
import re
import weakref
from base64 import b64decode
from functools import cache
from io import BytesIO
from threading import Thread

import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter
from ipywidgets.widgets import widget
from PIL import Image

from bptt_core import (
    ACTIVATIONS,
    Net,
    backward,
    forward,
    mse_loss,
    mse_loss_derivative,
    step_terms,
)
from bptt_lab import graph
from bptt_lab.compare import rough
from bptt_lab.data import running_example, sunspots
from bptt_lab.look import NOTE_HEIGHT
from bptt_lab.numbers import number
from bptt_lab.pages import PANELS
from bptt_lab.pages.graphs import GraphPanel
from bptt_lab.pages.loss import LossPanel
from bptt_lab.pages.recursion.panels import LOPSIDED, turning
from bptt_lab.panel import Panel, slider
from bptt_lab.symbols import plain

STEPS = [0, 1, 4, 5, 30]
EVERY = list(PANELS)
PROOF = ("WitnessPanel", "EpsilonPanel", "BreakPanel")  # more of them in test_proof.py
OTHER_T = {"WitnessPanel": 12}  # each of its numbers takes forward passes of its own
TRAINING = ("LearningPanel", "ForecastPanel", "FadingPanel", "ClippingPanel")  # more of them in test_training.py


def make(name):
    return PANELS[name](*([1.243] if name == "LossPanel" else []))


shared = cache(make)  # built once: a panel must be right after any other values too


def turn(panel, **values):
    """Set controls. A slider whose end moves with T needs T first."""
    for name in sorted(values, key=lambda name: name != "T"):
        panel.inputs[name].value = values[name]
    return plain(panel.words.value)


def computed(T, activation="tanh", U=None, steps=None):
    example = running_example(T)
    params = example.net.params if U is None else example.net.params._replace(U=U)
    trace = forward(Net(params, activation), example.x)
    back = backward(trace, example.Y, steps=steps)
    return example, trace, back, step_terms(trace, back)


def curve(line):
    """The heights of a line's points that are drawn."""
    return np.asarray(line.get_ydata(), dtype=float)


def pixels(panel):
    return np.asarray(panel.still()).astype(int)


def on_the_page(panel):
    """What the page shows of each picture."""
    widgets = [picture.widget for picture in panel.pictures]
    return [
        (widget.svg, widget.slider.value) if hasattr(widget, "svg") else (widget.behind, widget.moving)
        for widget in widgets
    ]


WHOLE = 99  # beyond the end of the walk, where the slider stops


def check_page(panel):
    """The live picture and its words are of the panel's frames; those of its stage are beside it."""
    of, page = panel.graph, panel.graph.widget
    assert page.svg == graph.svg(of.frames, of.unit)
    assert panel.words.value == page.words[panel.inputs["stage"].value]
    assert len(page.words) == panel.inputs["stage"].max + 1


# What each panel shows


@pytest.mark.parametrize("y", [-0.5, 1.24, 3.0])
@pytest.mark.parametrize("Y", [-0.5, 1.9])
@pytest.mark.parametrize("factor", [0.5, 1.0])
def test_loss_panel(y, Y, factor):
    panel = shared("LossPanel")
    words = turn(panel, y=y, Y=Y, factor=factor)
    loss = 2 * factor * mse_loss([[y]], [[Y]])
    slope = 2 * factor * mse_loss_derivative([[y]], [[Y]]).item()
    np.testing.assert_allclose(panel.point.get_xydata(), [[y, loss]], atol=1e-12)
    (x0, y0), (x1, y1) = panel.tangent.get_xydata()
    assert (y1 - y0) / (x1 - x0) == pytest.approx(slope, abs=1e-12)
    assert y0 + slope * (y - x0) == pytest.approx(loss, abs=1e-12)  # it touches the point
    at = panel.curve.get_xdata()
    np.testing.assert_allclose(curve(panel.curve), factor * (at - Y) ** 2, atol=1e-12)
    assert f"L = {number(loss)}" in words
    assert f"tangent is {number(slope)}" in words
    assert ("it is the error itself" in words) == (factor == 0.5)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("h_hat", [-4, -0.35, 0, 2.5])
def test_activation_panel(activation, h_hat):
    panel = shared("ActivationPanel")
    words = turn(panel, activation=activation, h_hat=h_hat)
    f, df = ACTIVATIONS[activation].f, ACTIVATIONS[activation].df
    h, slope = f(np.array([h_hat + 0.0])).item(), df(np.array([h_hat + 0.0])).item()
    assert [point.get_xydata().tolist() for point in panel.points] == [[[h_hat, h]], [[h_hat, slope]]]
    np.testing.assert_array_equal(curve(panel.f), f(panel.f.get_xdata()))
    np.testing.assert_array_equal(curve(panel.df), df(panel.df.get_xdata()))
    (x0, y0), (x1, y1) = panel.tangent.get_xydata()
    assert (y1 - y0) / (x1 - x0) == pytest.approx(slope)
    assert f"h = f(ĥ) = {number(h)}" in words
    assert f"f′(ĥ) = {number(slope)}" in words


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("T", STEPS)
class TestForTAndActivation:
    """Each panel that has both controls, over T from one input to 31 and every activation."""

    def test_window_panel(self, T, activation):
        panel = shared("WindowPanel")
        words = turn(panel, T=T, activation=activation)
        example, trace, _, _ = computed(T, activation)
        series = sunspots()
        shown = dict(zip(series.time, series.value, strict=True))
        np.testing.assert_array_equal(panel.inputs_line.get_xdata(), example.labels)
        np.testing.assert_allclose(curve(panel.inputs_line), [shown[year] for year in example.labels])
        y = 100 * trace.y.item()
        ((year, at),) = panel.answer.get_xydata()
        assert year == 1957
        if -30 <= y <= 215:
            assert at == pytest.approx(y)
            assert panel.outside.get_text() == ""
        else:  # at the rim, with its number
            assert at == (215 if y > 0 else -30)
            assert panel.outside.get_text() == f"{y:.0f}"
        assert f"{y:.1f} sunspots".replace("-", "−") in words
        assert f"off by {abs(y - 190.2):.1f}" in words

    def test_graph_panel_forward(self, T, activation):
        panel = shared("GraphPanel")
        words = turn(panel, mode="forward", T=T, activation=activation, stage=WHOLE)
        example, trace, back, _ = computed(T, activation)
        np.testing.assert_array_equal(panel.graph.scene.node(f"h[{T}]").value, trace.h[T])
        check_page(panel)
        assert f"y = {number(trace.y.item())}" in words
        assert f"L = {number(back.loss)}" in words
        assert f"Parameters: {sum(weight.size for weight in example.net.params)}" in words
        assert f"{trace.x.size} in x, {trace.h_hat.size} in ĥ, {trace.h.size} in h" in words

    @pytest.mark.parametrize("unit", [0, 2])
    def test_graph_panel_backward(self, T, activation, unit):
        panel = shared("GraphPanel")
        words = turn(panel, mode="backward", T=T, activation=activation, unit=unit, stage=WHOLE)
        _, trace, back, terms = computed(T, activation)
        np.testing.assert_array_equal(panel.graph.scene.node("dh[0]").value, back.dh[0])
        np.testing.assert_array_equal(panel.graph.scene.node(f"dU[{T}]").value, terms.dU[T])
        check_page(panel)
        assert f"({', '.join(number(v) for v in back.grads.dU[unit])})" in words
        slopes = trace.net.activation.df(trace.h_hat)
        which = "Every" if slopes.min() == slopes.max() else "smallest"
        assert f"{which} f′(ĥ) is {number(slopes.min())}" in words

    def test_states_panel(self, T, activation):
        panel = shared("StatesPanel")
        words = turn(panel, T=T, activation=activation)
        example, trace, _, _ = computed(T, activation)
        np.testing.assert_array_equal(curve(panel.x.lines[0]), example.x[:, 0, 0])
        for unit, line in enumerate(panel.h.lines):
            np.testing.assert_array_equal(curve(line), trace.h[:, unit, 0])
        low, high = panel.below.get_ylim()
        assert low <= trace.h.min()
        assert trace.h.max() <= high
        assert ", ".join(number(value) for value in trace.h[-1, :, 0]) in words
        check_step_labels(panel.step_axis, panel.x.lines[0].get_xdata(), example.labels)

    def test_step_back_panel(self, T, activation):
        panel = shared("StepBackPanel")
        example, _, back, _ = computed(T, activation)
        for steps_back in {0, 1, (T + 1) // 2, T + 1}:
            words = turn(panel, T=T, activation=activation, stage=steps_back)
            t = T - steps_back  # the last one that is known; -1 stands for h^(-1)
            for unit, line in enumerate(panel.dh.lines):  # what is not computed yet is not shown
                np.testing.assert_array_equal(curve(line), back.dh[max(t, 0) :, unit, 0])
            known = back.dh[t] if t >= 0 else back.dh_init
            assert f"dh^({t})".replace("-", "−") in words
            assert f"({', '.join(number(v) for v in known[:, 0])})" in words
            assert ("the message ends" in words) == (t < 0)
            scene = panel.graph.scene
            np.testing.assert_array_equal(scene.node(f"dh[{min(t + 1, T)}]").value, back.dh[min(t + 1, T)])
            check_page(panel)
            if steps_back:
                np.testing.assert_array_equal(scene.node(f"dh[{t}]").value, known)
            else:  # delta and the next dh are still to come, and the products that make them
                assert fresh(panel, 1) == {f"⊙ delta[{T}]", f"delta[{T}]", f"× U.T[{T}]", f"dh[{T - 1}]"}
                assert f"in {example.labels[T]}" in words

    def test_blame_panel(self, T, activation):
        panel = shared("BlamePanel")
        words = turn(panel, T=T, activation=activation)
        example, _, back, _ = computed(T, activation)
        size = np.sqrt((back.dh**2).sum(axis=(1, 2)))
        np.testing.assert_allclose(curve(panel.size), np.where(size > 0, size, np.nan), rtol=1e-14)
        low, high = panel.axes.get_ylim()
        assert low <= size[size > 0].min()
        assert size.max() <= high
        assert f"|dh^(0)| = {number(size[0])}" in words
        assert ("exactly 0" in words) == (size[0] == 0)
        check_step_labels(panel.step_axis, panel.size.get_xdata(), example.labels)

    def test_terms_panel(self, T, activation):
        panel = shared("TermsPanel")
        example, _, back, terms = computed(T, activation)
        for entry in (0, 4, 14):
            words = turn(panel, T=T, activation=activation, entry=entry)
            name, index = panel.entries[entry]
            heights = [bar.get_height() for bar in panel.bars if bar.get_visible()]
            np.testing.assert_array_equal(heights, getattr(terms, name)[(slice(None), *index)])
            ends = [bar.get_y() + bar.get_height() for bar in panel.bars if bar.get_visible()]
            total = getattr(back.grads, name)[index]
            scale = np.abs(heights).max() or 1.0
            assert ends[-1] == pytest.approx(total, abs=1e-14 * scale * len(heights))  # rounding of the sum
            assert panel.total.get_height() == total
            starts = [bar.get_y() for bar in panel.bars if bar.get_visible()]
            np.testing.assert_allclose(starts, [0, *ends[:-1]], atol=1e-14 * scale * len(heights))
            low, high = panel.axes.get_ylim()
            assert low <= min(ends)
            assert max(ends) <= high
            assert f"{name}[{index[0]}, {index[1]}] = {number(total)}" in words
            assert ("At t = 0 U multiplies zeros" in words) == (name == "dU")
            labels = [label for label in panel.labels if label.get_visible()]
            assert len(labels) == (T + 1 if T < 10 else 0)
            for label, height, start, end in zip(labels, heights, [0, *ends[:-1]], ends, strict=False):
                assert label.get_text().lstrip("+") == number(height)
                assert label.get_position()[1] == pytest.approx(max(start, end), abs=1e-12 * scale)
            biggest = int(np.abs(heights).argmax())
            assert f"the term of {example.labels[biggest]} (t = {biggest}), {number(heights[biggest])}" in words

    def test_truncation_panel(self, T, activation):
        panel = shared("TruncationPanel")
        _, _, whole, _ = computed(T, activation)
        for k in {1, (T + 2) // 2, T + 1}:
            words = turn(panel, T=T, activation=activation, steps=k)
            assert panel.marker.get_xdata()[0] == k
            assert f"k = {k} of {T + 1}" in words
            short = computed(T, activation, steps=k)[2].grads
            for name in ("dW", "dU", "db"):
                total = getattr(whole.grads, name)
                size = np.linalg.norm(total)
                bias = np.linalg.norm(getattr(short, name) - total) / size if size else 0.0
                drawn = curve(panel.curves[name])
                assert len(drawn) == T + 1
                assert np.nan_to_num(drawn[k - 1]) == pytest.approx(bias, rel=1e-12)
                assert f"{name} {number(bias)}" in words
            assert np.isnan([curve(line)[-1] for line in panel.curves.values()]).all()  # no bias at k = T+1

    @pytest.mark.parametrize("radius", [0.1, 0.9, 2.0])
    @pytest.mark.parametrize("matrix", ["turning", "lopsided"])
    def test_radius_panel(self, T, activation, radius, matrix):
        panel = shared("RadiusPanel")
        words = turn(panel, T=T, activation=activation, radius=radius, matrix=matrix)
        U = radius * {"turning": turning(), "lopsided": LOPSIDED}[matrix]
        _, trace, back, _ = computed(T, activation, U=U)
        message, product, by_radius, bound = map(curve, panel.lines)
        size = np.sqrt((back.dh**2).sum(axis=(1, 2)))[::-1]
        np.testing.assert_allclose(np.nan_to_num(message), size / size[0], rtol=1e-12)
        jacobian, norms = np.eye(3), [1.0]
        for t in range(T, 0, -1):  # the product written out, D^(T) U ... D^(t) U
            jacobian = jacobian @ np.diag(trace.net.activation.df(trace.h_hat[t])[:, 0]) @ U
            norms.append(np.sqrt(np.linalg.eigvalsh(jacobian @ jacobian.T).max().clip(0)))
        # a singular value as the root of an eigenvalue has half the digits, and the smallest ones are lost
        np.testing.assert_allclose(np.nan_to_num(product), norms, rtol=1e-7, atol=1e-7 * max(norms))
        steps = np.arange(T + 1)
        np.testing.assert_allclose(by_radius, radius**steps, rtol=1e-12)
        gamma = 0.25 if activation == "sigmoid" else 1
        np.testing.assert_allclose(bound, (gamma * np.linalg.svd(U)[1].max()) ** steps, rtol=1e-12)
        assert f"at most {number(bound[-1])}." in words
        assert f"spectral radius is {number(radius)}" in words
        assert f"the message is {number(size[-1] / size[0])} times" in words
        if np.nanargmax(product):
            assert f"reaches {number(np.nanmax(product))}, {np.nanargmax(product)} steps back" in words
        else:
            assert "never passes 1" in words


def check_step_labels(step_axis, centres, years):
    """The labels that are shown stand under their steps, T among them, and name the right year."""
    shown = [label for label in step_axis.labels if label.get_visible()]
    for label in shown:
        t, year = map(int, re.fullmatch(r"t = (\d+)\n(\d+)", label.get_text()).groups())
        assert years[t] == year
        assert label.get_position()[0] == pytest.approx(centres[t])
    assert f"t = {len(years) - 1}\n" in shown[-1].get_text()
    assert len(shown) == min(len(years), len(shown)) <= step_axis.LABELS


# What all panels share


def test_lopsided_has_spectral_radius_one_and_stretches():
    assert np.abs(np.linalg.eigvals(LOPSIDED)).max() == pytest.approx(1)
    assert np.linalg.svd(LOPSIDED)[1].max() > 2
    np.testing.assert_allclose(turning() @ turning().T, np.eye(3), atol=1e-15)


@pytest.mark.parametrize("name", EVERY)
def test_T_goes_from_0_to_30_and_every_activation_is_offered_where_they_are_asked_for(name):
    inputs = shared(name).inputs
    if "T" in inputs:
        assert (inputs["T"].min, inputs["T"].max) == (0, OTHER_T.get(name, 30)), "if it is meant, say so in OTHER_T"
    if "activation" in inputs:
        assert list(inputs["activation"].options) == list(ACTIVATIONS)


@pytest.mark.parametrize("name", EVERY)
def test_every_control_changes_the_picture_and_the_words(name):
    panel = make(name)
    for key, control in panel.inputs.items():
        before, words = on_the_page(panel), panel.words.value
        start = control.value
        if hasattr(control, "options"):
            control.index = (control.index + 1) % len(control.options)
        else:
            control.value = control.min if control.value != control.min else control.max
        assert on_the_page(panel) != before, control.description
        if (name, key) not in SAID_BY_THE_CARD:
            assert panel.words.value != words, control.description
        control.value = start
        assert on_the_page(panel) == before  # nothing of the other value is left behind


SAID_BY_THE_CARD = {("GraphPanel", "unit"), ("StepBackPanel", "unit")}  # the words below are of all units


@pytest.mark.parametrize("name", EVERY)
def test_reset_brings_back_the_first_picture(name):
    panel = make(name)
    first, values = on_the_page(panel), {key: control.value for key, control in panel.inputs.items()}
    for control in panel.inputs.values():
        if hasattr(control, "options"):
            control.index = len(control.options) - 1
        else:
            control.value = control.max
    panel.reset()
    assert {key: control.value for key, control in panel.inputs.items()} == values
    assert on_the_page(panel) == first


@pytest.mark.parametrize("name", EVERY)
def test_a_still_picture_and_the_words_stand_beside_the_widget(name):
    panel = make(name)
    bundle, _ = DisplayFormatter().format(panel)
    assert set(bundle) == {"text/plain", "image/png", "application/vnd.jupyter.widget-view+json"}
    words = panel.told(rough) if name in PROOF else panel.words.value  # what is rounding alone is not stored
    assert bundle["text/plain"] == repr(panel) == f"{name}\n{plain(words)}"
    assert "0x" not in repr(panel)
    height = sum(picture.height for picture in panel.pictures)
    assert pixels(panel).shape == (round(1.5 * height), round(1.5 * 910), 3)
    stored = np.asarray(Image.open(BytesIO(b64decode(bundle["image/png"]))).convert("RGB")).astype(int)
    still, note = np.split(stored, [round(1.5 * height)])
    assert np.abs(still - pixels(panel)).mean() < 1  # of 255: fewer colours, the same picture
    assert len(note) == NOTE_HEIGHT
    assert note.min() < 200 < note.mean()  # below it stands how to move it


@pytest.mark.parametrize("name", EVERY)
def test_every_control_has_a_label(name):
    assert all(control.description for control in make(name).inputs.values())


@pytest.mark.parametrize("name", [name for name in EVERY if "activation" in shared(name).inputs])
def test_a_name_from_the_reader_is_text(name, monkeypatch):
    """An activation of the reader's own may be called anything."""
    monkeypatch.setitem(ACTIVATIONS, "<b>own</b>", ACTIVATIONS["tanh"]._replace(name="<b>own</b>"))
    panel = make(name)
    panel.inputs["activation"].value = "<b>own</b>"
    if hasattr(panel, "graph"):
        page = panel.graph.widget
        page._handle_custom_msg({"cards of": page.edition}, [])
        cards = "".join(page.cards.values())
        assert "&lt;b&gt;own" in cards
        assert "<b>own" not in cards + page.svg + page.table + "".join(page.words)
    assert "<b>own" not in panel.words.value + repr(panel).replace("f = <b>own</b>", "")


@pytest.mark.parametrize("name", EVERY)
def test_a_closed_panel_keeps_nothing(name):
    gc.freeze()  # what the other tests have left need not be gone through, which takes a second each time
    alive = widget._instances if hasattr(widget, "_instances") else widget.Widget.widgets  # in ipywidgets 8, and in 7
    before = len(alive)
    panel = make(name)
    parts = [weakref.ref(part) for part in (panel, *panel.pictures, *panel.inputs.values())]
    panel.close()
    del panel
    gc.collect()
    gc.unfreeze()
    assert len(alive) == before
    assert [part() for part in parts] == [None] * len(parts)


def test_the_sliders_of_the_loss_begin_at_the_numbers_of_the_page():
    example = running_example()
    y = forward(example.net, example.x).y
    words = plain(LossPanel(y.item()).words.value)
    error = (y - example.Y).item()
    assert f"y = {number(y.item())}, Y = {number(example.Y.item())}: the error y − Y is {number(error)}" in words
    assert f"L = {number(mse_loss(y, example.Y))}" in words


class Broken(Panel):
    """A panel whose update fails for 3."""

    def controls(self):
        return {"n": slider("n", 1, 0, 5)}

    def build(self, figure):
        self.label = figure.add_axes((0, 0, 1, 1)).text(0.5, 0.5, "", animated=True)

    def update(self, n):
        if n == 3:
            raise ValueError("n must not be 3 <here>")
        self.label.set_text(str(n))
        return f"n = {n}"


def test_an_error_is_shown_in_the_panel_and_raised_on():
    panel = Broken()
    before = on_the_page(panel)
    with pytest.raises(ValueError, match="n must not be 3"):
        panel.inputs["n"].value = 3
    assert panel.notice.alert == '<div role="alert">ValueError: n must not be 3 &lt;here&gt;</div>'
    assert on_the_page(panel) == before
    panel.inputs["n"].value = 4
    assert panel.notice.alert == ""
    assert plain(panel.words.value) == "n = 4"


def test_callbacks_from_several_threads_leave_one_true_picture():
    panel = make("StatesPanel")
    errors = []

    def move(values):
        try:
            for T in values:
                panel.inputs["T"].value = T
        except Exception as error:
            errors.append(error)

    threads = [Thread(target=move, args=(range(start, 31, 3),)) for start in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    turn(panel, T=4)
    np.testing.assert_array_equal(pixels(panel), pixels(make("StatesPanel")))


class Beside(Panel):
    """Its adjust and update let another thread move T, and wait until it has."""

    during = ""

    def controls(self):
        return {"T": slider("T", 4, 0, 9), "t": slider("t", 4, 0, 4)}

    def build(self, figure):
        self.seen = []

    def meanwhile(self, place, T):
        if self.during == place:
            self.during = ""
            self.other = Thread(target=setattr, args=(self.inputs["T"], "value", T), daemon=True)
            self.other.start()
            while self.inputs["T"].value != T:
                self.other.join(0.001)

    def adjust(self, T, t):
        self.meanwhile("adjust", 2)
        return {"t": {"max": T}}

    def update(self, T, t):
        self.meanwhile("update", 2)
        self.seen.append((T, t))
        return f"t = {t} of T = {T}"


@pytest.mark.parametrize("during", ["adjust", "update"])
def test_a_control_that_another_thread_moves_meanwhile_is_answered_afterwards(during):
    """The values of one update belong together, and none is lost."""
    panel = Beside()
    panel.during = during
    turn(panel, T=7)
    panel.other.join()
    assert panel.seen == [(4, 4), (7, 4), (2, 2)]
    assert panel.notice.alert == ""
    assert plain(panel.words.value) == "t = 2 of T = 2"


# Walking through the graph


def fresh(panel, stage):
    """The keys of the nodes that this stage computes."""
    (frame,) = (frame for frame in panel.graph.frames if frame.first <= stage <= frame.last)
    return {part.key for part, start in frame.parts if start == stage > 0 and part in frame.scene.nodes}


@pytest.mark.parametrize("mode", ["forward", "backward", "link"])
def test_each_stage_has_its_words_and_computes_something_new(mode):
    panel = GraphPanel(mode)
    stage = panel.inputs["stage"]
    seen = []
    for n in range(stage.max + 1):
        stage.value = n
        check_page(panel)
        seen.append(fresh(panel, n))
    assert seen[0] == set()
    assert all(seen[1:-1])
    assert set.intersection(*seen[1:-1]) == set()
    assert bool(seen[-1]) == (mode == "link")  # the last stage of a pass is the whole picture
    stage.value = 0
    says = {"forward": "Nothing is computed yet", "backward": "No message", "link": "0 steps back"}
    assert says[mode] in plain(panel.words.value)


def test_a_step_of_the_walk_makes_no_picture_and_another_control_one():
    panel = GraphPanel("forward")
    before = panel.graph.widget.edition
    for n in range(5):
        panel.inputs["stage"].value = n
        assert panel.graph.widget.edition == before
    panel.inputs["T"].value = 8  # the end of the walk moves too
    assert panel.graph.widget.edition == before + 1
    panel.inputs["mode"].value = "link"
    assert panel.graph.widget.edition == before + 2


def test_the_cards_are_made_when_the_page_asks_and_with_the_picture_where_one_is_open():
    panel = GraphPanel("forward")
    page = panel.graph.widget
    page._handle_custom_msg({"cards of": page.edition - 1}, [])  # of a picture that is gone
    assert (page.complete, page.cards, page.table) == (False, {}, "")
    page._handle_custom_msg({"cards of": page.edition}, [])
    assert page.complete
    assert page.cards == graph.cards_html(panel.graph.frames, 0)
    assert page.table == graph.table_html(panel.graph.frames)
    turn(panel, activation="relu")
    assert (page.complete, page.cards) == (False, {})
    page.chosen = "h[2]"
    turn(panel, T=6, unit=1)
    assert page.complete
    assert page.cards == graph.cards_html(panel.graph.frames, 1)


def playing(player) -> set:
    """What the page is told, under the name that ipywidgets 8 has for it, and with 7 under its name too."""
    return {value for name, value in player.get_state().items() if name in ("playing", "_playing")}


def test_reset_ends_the_walk_and_the_choice():
    panel = GraphPanel("backward")
    panel.graph.widget.chosen = "dh[2]"
    panel.play.playing = True
    assert playing(panel.play) == {True}
    turn(panel, stage=3)
    panel.reset()
    assert (panel.graph.widget.chosen, playing(panel.play)) == ("", {False})
    assert panel.inputs["stage"].value == panel.inputs["stage"].max


def test_the_walk_fits_T_and_the_mode():
    panel = GraphPanel("forward")
    stage = panel.inputs["stage"]
    for mode, T, last in (("forward", 7, 10), ("backward", 7, 11), ("backward", 0, 4), ("forward", 30, 9)):
        turn(panel, mode=mode, T=T)
        assert (stage.value, stage.max, panel.play.max) == (last, last, last)
        assert fresh(panel, last) == set()  # the whole picture stays whole
    turn(panel, T=4, stage=3)
    turn(panel, T=8)
    assert stage.value == 3  # who walks stays where they are
    turn(panel, mode="link")
    assert (stage.value, stage.max) == (0, 9)
    turn(panel, stage=2)
    assert panel.graph.scene.find("dh[6]") is not None


def test_a_mode_that_is_not_there():
    with pytest.raises(ValueError, match="mode must be one of forward, backward, link; got 'sideways'"):
        GraphPanel("sideways")
