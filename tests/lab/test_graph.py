"""Figs. 7-5, 7-6 and 7-7 as layouts: the right numbers at each node, joined the right way, nothing overlapping."""

import itertools
import re

import matplotlib
import numpy as np
import pytest

from bptt_core import ACTIVATIONS, mse_loss
from bptt_lab.data import run_example
from bptt_lab.example import Example, run_of
from bptt_lab.graph import backward_scene, forward_scene, link_scene, svg
from bptt_lab.graph.layout import MOST_COLUMNS, last_stage
from bptt_lab.graph.scene import CHARACTER, SHAPE_SIZE, WIDTH
from bptt_lab.graph.still import draw_graph
from bptt_lab.look import LEAST_WIDTH, STYLE
from bptt_lab.numbers import number
from bptt_lab.panel.paper import new_figure
from tests.harness.graphs import KINDS, OWN, STEPS, frame_of, own_example, own_runs, scene_of, scenes, wide_run

RUNS = {**{f"T={T}": run_example(T, "tanh") for T in STEPS}, **own_runs(0, 4, 30)}
every_run = pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)


def shown_steps(T):
    """The steps that have a column: all up to nine, else the first four and the last four."""
    return range(T + 1) if T <= 7 else (0, 1, 2, T - 2, T - 1, T)


def check_values(scene, expected):
    assert {node.key for node in scene.nodes} == set(expected)
    for key, value in expected.items():
        np.testing.assert_array_equal(scene.node(key).value, value, err_msg=key)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("T", STEPS)
def test_forward_scene_holds_the_trace(T, activation):
    run = run_example(T, activation)
    example, trace = run.example, run.trace
    W, U, b, V, c = example.net.params
    h_prev = trace.h_init
    expected = {"h_init": trace.h_init, "y_hat": trace.y_hat, "y": trace.y, "Y": example.Y, "c": c}
    expected["loss"] = [[mse_loss(trace.y, example.Y)]]
    for t in range(T + 1):
        if t in shown_steps(T):
            expected |= {
                f"x[{t}]": example.x[t],
                f"W @ x[{t}]": W @ example.x[t],
                f"U @ h[{t - 1}]": U @ h_prev,
                f"b[{t}]": b,
                f"h_hat[{t}]": trace.h_hat[t],
                f"f[{t}]": ACTIVATIONS[activation].df(trace.h_hat[t]),
                f"h[{t}]": trace.h[t],
            }
        h_prev = trace.h[t]
    if T > 7:
        expected["fold"] = np.zeros((0, 0))
    check_values(forward_scene(run), expected)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("T", STEPS)
def test_backward_scene_holds_the_gradients(T, activation):
    run = run_example(T, activation)
    back, terms = run.back, run.terms
    scene = backward_scene(run, unit=1)
    expected = {"dy": run.trace.y - run.example.Y, "loss": [[back.loss]]}
    expected |= back.grads._asdict()
    for t in shown_steps(T):
        expected |= {
            f"dh[{t}]": back.dh[t],
            f"f'(h_hat[{t}])": ACTIVATIONS[activation].df(run.trace.h_hat[t]),
            f"delta[{t}]": back.delta[t],
            f"dU[{t}]": terms.dU[t],
            f"dW[{t}]": terms.dW[t],
            f"db[{t}]": terms.db[t],
        }
    if T > 7:
        expected["fold"] = np.zeros((0, 0))
    check_values(scene, expected)
    for name in ("dU", "dW", "db"):  # the row of unit 1, in the terms and in the sums
        for key, value in ((name, getattr(back.grads, name)), (f"{name}[{T}]", getattr(terms, name)[T])):
            assert [line.strip() for line in scene.node(key).lines] == [number(entry) for entry in value[1]]
            assert scene.node(key).shape == "row 1"


@pytest.mark.parametrize(("T", "t"), [(0, 0), (1, 0), (1, 1), (4, 2), (30, 17)])
def test_link_scene_holds_one_link(T, t):
    run = run_example(T, "tanh")
    scene = link_scene(run, t)
    U = run.example.net.params.U
    h_prev, dh_prev = (run.trace.h[t - 1], run.back.dh[t - 1]) if t else (run.trace.h_init, run.back.dh_init)
    slope = ACTIVATIONS["tanh"].df(run.trace.h_hat[t])
    np.testing.assert_allclose(slope, 1 - np.tanh(run.trace.h_hat[t]) ** 2, rtol=1e-14)
    expected = {
        f"h[{t - 1}]" if t else "h_init": h_prev,
        f"U[{t}]": U,
        f"h_hat[{t}]": run.trace.h_hat[t],
        f"h[{t}]": run.trace.h[t],
        f"dh[{t}]": run.back.dh[t],
        f"f'(h_hat[{t}])": slope,
        f"delta[{t}]": run.back.delta[t],
        f"U.T[{t}]": U.T,
        f"dh[{t - 1}]": dh_prev,
        f"f[{t}]": slope,
    }
    expected |= {f"× U @ h[{t - 1}]": U @ h_prev, f"⊙ delta[{t}]": run.back.delta[t], f"× U.T[{t}]": U.T}
    check_values(scene, expected)
    # the picture's own claim: what stands on the left of the lower row is the product of the rest
    product = U.T @ (scene.node(f"dh[{t}]").value * slope)
    np.testing.assert_allclose(product, dh_prev, rtol=1e-12)  # three products and two sums of float64


@every_run
@pytest.mark.parametrize("kind", KINDS)
def test_nodes_are_inside_the_picture_and_apart(run, kind):
    scene = scene_of(kind, run)
    for node in scene.nodes:
        assert node.width / 2 <= node.x <= scene.width - node.width / 2, node.key
        assert node.height / 2 <= node.y <= scene.height - node.height / 2, node.key
    for a, b in itertools.combinations(scene.nodes, 2):
        apart = abs(a.x - b.x) >= (a.width + b.width) / 2 or abs(a.y - b.y) >= (a.height + b.height) / 2
        assert apart, f"{a.key} and {b.key} overlap"


@every_run
@pytest.mark.parametrize("kind", KINDS)
def test_no_line_runs_through_a_node(run, kind):
    scene = scene_of(kind, run)
    for edge in scene.edges:
        ends = edge.start, edge.end
        along = np.concatenate(
            [np.linspace(a, b, 60) for a, b in itertools.pairwise(edge.points)]
        )  # points on the line, closer to each other than any box is wide
        for node in scene.nodes:
            inside = np.abs(along - (node.x, node.y)) < (node.width / 2 - 1, node.height / 2 - 1)
            if node.key not in ends or not node.round:
                assert not inside.all(axis=1).any(), f"{edge.key} runs through {node.key}"


@every_run
@pytest.mark.parametrize("kind", KINDS)
def test_labels_on_lines_stand_clear_of_the_nodes(run, kind):
    scene = scene_of(kind, run)
    for edge in scene.edges:
        x, y = edge.place
        for node in scene.nodes:
            beside = abs(x - node.x) >= node.width / 2 + 2 or abs(y - node.y) >= node.height / 2 + 5
            assert beside or not edge.label, f"the label of {edge.key} is on {node.key}"


@pytest.mark.parametrize("T", STEPS)
def test_values_flow_to_the_right_and_gradients_to_the_left(T):
    every = scenes(run_example(T, "tanh"))
    assert {edge.kind for edge in every["forward"].edges} == {"forward"}
    from_the_year_before = [edge for edge in every["forward"].edges if edge.label == "U"]
    assert len(from_the_year_before) == (T + 1 if T <= 7 else 6)
    assert all(edge.points[-1][0] > edge.points[0][0] for edge in from_the_year_before[1:])  # the first: from above
    back_in_time = [edge for edge in every["backward"].edges if edge.label in ("{}^t U", "{}^t V")]
    assert len(back_in_time) == (T + 1 if T <= 7 else 6)
    assert all(edge.points[-1][0] < edge.points[0][0] for edge in back_in_time)


@every_run
@pytest.mark.parametrize("kind", ["forward", "backward"])
def test_a_node_is_computed_after_all_that_leads_to_it(run, kind):
    """At each stage of the walk what is shown can be computed from what was shown before."""
    scene = scene_of(kind, run)
    stages = {part.key: part.stage for part in scene.parts}
    keys = [part.key for part in scene.parts]
    for edge in scene.edges:
        assert stages[edge.start] <= stages[edge.end] <= edge.stage == max(stages[edge.start], stages[edge.end])
        assert keys.index(edge.start) < keys.index(edge.end) or edge.kind == "factor"
    assert sorted(set(stages.values())) == list(range(scene.stages + 1))  # no press of a key without an effect
    assert scene.whole == scene.stages + 1


@pytest.mark.parametrize("T", [0, 4, MOST_COLUMNS - 1, MOST_COLUMNS, 30])
def test_the_last_stage_of_a_walk_is_the_whole_picture(T):
    run = run_example(T, "tanh")
    assert last_stage("forward", T + 1) == forward_scene(run).whole
    assert last_stage("backward", T + 1) == backward_scene(run).whole
    assert last_stage("link", T + 1) == T + 1  # from T back to h^(-1)


def test_the_stages_are_the_steps_of_the_pass():
    run = run_example(4, "tanh")
    ahead = forward_scene(run)
    assert [ahead.node(f"h[{t}]").stage for t in range(5)] == [1, 2, 3, 4, 5]
    assert {ahead.node(key).stage for key in ("y_hat", "y", "loss")} == {6}
    assert {node.stage for node in ahead.nodes if node.kind == "given"} == {0}
    back = backward_scene(run)
    assert [back.node(f"dh[{t}]").stage for t in range(5)] == [5, 4, 3, 2, 1]
    assert [back.node(f"delta[{t}]").stage for t in range(5)] == [6, 5, 4, 3, 2]
    assert [back.node(f"dW[{t}]").stage for t in range(5)] == [6, 5, 4, 3, 2]
    assert {back.node(key).stage for key in ("dU", "dW", "db")} == {7}
    assert {back.node(f"f'(h_hat[{t}])").stage for t in range(5)} == {0}  # known since the forward pass


@pytest.mark.parametrize("T", [8, 9, 30])
def test_the_fold_says_which_steps_it_holds(T):
    for scene in list(scenes(run_example(T, "tanh")).values())[:2]:
        (note,) = [note.text for note in scene.notes if "more" in note.text]
        first, last = map(int, re.findall(r"t = (\d+)", note))
        assert [*range(first, last + 1)] == sorted(set(range(T + 1)) - set(shown_steps(T)))
        assert f"{last - first + 1} more" in note


@pytest.mark.parametrize("stage", [None, 2])
@pytest.mark.parametrize("kind", KINDS)
def test_the_drawing_writes_each_nodes_numbers(kind, stage):
    scene = scene_of(kind, run_example(4, "tanh"))
    figure = new_figure(scene.width, scene.height)
    with matplotlib.rc_context(STYLE):
        artists = draw_graph(figure.add_axes((0, 0, 1, 1)), scene, stage)
    written = [artist.get_text() for artist in artists if hasattr(artist, "get_text")]
    for node in scene.nodes:
        if node.lines and (stage is None or node.stage <= stage):
            assert set(node.lines) <= set(written), node.key
        assert node.kind == "fold" or tex(node.label) in written
    assert ("?" in written) == (stage is not None and kind != "link")
    assert {tex(edge.label) for edge in scene.edges if edge.label} <= set(written)


def tex(symbol):
    return "$" + symbol.replace("hat{h}", "hat{h}{}").replace("hat{y}", "hat{y}{}") + "$"


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("T", range(31))
def test_numbers_are_large_enough_to_read_and_fit_their_boxes(T, kind, activation):
    for node in scene_of(kind, run_example(T, activation)).nodes:
        if node.lines:
            widest = max(len(line) for line in node.lines)
            assert widest * CHARACTER * node.number_size <= node.width - 5 + 1e-9
            assert node.number_size > 8  # CSS pixels


@every_run
@pytest.mark.parametrize("kind", KINDS)
def test_numbers_of_any_net_are_large_enough_and_fit_their_boxes(run, kind):
    for node in scene_of(kind, run).nodes:
        if node.lines:
            assert max(map(len, node.lines)) * CHARACTER * node.number_size <= node.width - 5 + 1e-9
            assert node.number_size * LEAST_WIDTH / WIDTH >= 9


@pytest.mark.parametrize("kind", KINDS)
def test_a_character_is_as_wide_as_the_layout_believes(kind):
    scene = scene_of(kind, run_example(MOST_COLUMNS - 1, "tanh"))
    figure = new_figure(scene.width, scene.height)
    axes = figure.add_axes((0, 0, 1, 1))
    with matplotlib.rc_context(STYLE):
        artists = draw_graph(axes, scene)
    figure.canvas.draw()
    texts = {artist.get_text(): artist for artist in artists if hasattr(artist, "get_text")}
    for node in scene.nodes:
        if node.lines:
            for line in node.lines:
                extent = texts[line].get_window_extent().transformed(axes.transData.inverted())
                assert abs(extent.width) <= node.width - 3, node.key


@pytest.mark.parametrize("T", range(31))
@pytest.mark.parametrize("kind", KINDS)
def test_no_number_is_ever_below_nine_pixels_on_screen(kind, T):
    """At the least width that a picture has. What no longer fits then scrolls."""
    scene = scene_of(kind, run_example(T, "tanh"))
    sizes = [node.number_size for node in scene.nodes if node.lines] + [SHAPE_SIZE]
    assert min(sizes) * LEAST_WIDTH / WIDTH >= 9


@pytest.mark.parametrize("T", range(31))
@pytest.mark.parametrize("kind", KINDS)
def test_every_box_is_on_the_canvas(kind, T):
    scene = scene_of(kind, run_example(T, "tanh"))
    for node in scene.nodes:
        assert node.width / 2 < node.x < scene.width - node.width / 2, node.key
        assert node.height / 2 < node.y < scene.height - node.height / 2, node.key


def test_many_hidden_units_are_shortened():
    scene = forward_scene(wide_run())
    assert scene.node("h[2]").lines[-1] == "⋮"
    assert len(scene.node("h[2]").lines) == 3
    assert scene.node("h[2]").shape == "(8, 2)"


@pytest.mark.parametrize("unit", range(8))
def test_the_chosen_unit_is_always_in_the_box(unit):
    run = run_of(own_example(**OWN["wide"]).last(4))
    U = run.trace.net.params.U
    for scene in scenes(run, unit=unit).values():
        for node in scene.nodes:
            if node.quantity.of_units and not node.shape.startswith("row") and node.lines:
                assert node.rows.count(unit) == 1, node.key
                shown = node.lines[node.rows.index(unit)]
                assert number(node.value[unit, unit if node.key in ("U[4]", "U.T[4]") else 0]) in shown.split()
                assert ("⋮" in node.lines) == (node.rows.count(None) > 0)
    link = scene_of("link", run, unit=unit)
    assert ("⋯" in " ".join(link.node("U[4]").lines)) == (len(U) > 3)
    assert scene_of("backward", run, unit=unit).node("dU[4]").shape == f"row {unit}"


@pytest.mark.parametrize("sequence", [0, 3])
def test_the_chosen_sequence_is_the_one_in_the_box(sequence):
    run = run_of(own_example(**OWN["batch"]).last(4))
    for kind, scene in scenes(run, sequence=sequence).items():
        of_sequences = [node for node in scene.nodes if node.value.shape[1:] == (4,) and node.lines]
        assert len(of_sequences) > 6
        for node in of_sequences:
            assert [line.strip() for line in node.lines] == [number(value) for value in node.value[:, sequence]]
        assert kind != "forward" or f"sequence {sequence} of 4" in scene.name
        labels = [
            label
            for label in re.findall(r'aria-label="([^"]*)"', svg([frame_of(scene)]))
            if "^(4), shape (3, 4)" in label
        ]
        assert any(f": {number(run.trace.h[4, 0, sequence])}," in label for label in labels) or kind == "backward"


@pytest.mark.parametrize("T", [0, 4, 30])
def test_many_answers_are_above_their_steps(T):
    """Each step has its answer, its target and its first message; each dh but the last has two arrows."""
    run = run_of(own_example(**OWN["many answers"]).last(T))
    trace, back = run.trace, run.back
    ahead, behind = forward_scene(run), backward_scene(run)
    for t in shown_steps(T):
        for key, value in ((f"y_hat[{t}]", trace.y_hat[t]), (f"y[{t}]", trace.y[t]), (f"Y[{t}]", run.Y[t])):
            np.testing.assert_array_equal(ahead.node(key).value, value)
            assert ahead.node(key).y < ahead.node(f"h[{t}]").y
        assert {f"h[{t}]>y_hat[{t}]", f"y[{t}]>loss", f"Y[{t}]>loss"} <= {edge.key for edge in ahead.edges}
        np.testing.assert_array_equal(behind.node(f"dy[{t}]").value, (trace.y - run.Y)[t])
        np.testing.assert_array_equal(behind.node(f"dh[{t}]").value, back.dh[t])
        arriving = [edge.start for edge in behind.edges if edge.end == f"dh[{t}]"]
        after = f"delta[{t + 1}]" if t + 1 in shown_steps(T) else "fold"
        assert arriving == [f"dy[{t}]", *[after] * (t < T)]
    np.testing.assert_array_equal(behind.node("dV").value, back.grads.dV)
    for t in range(T + 1):
        link = link_scene(run, t)
        assert (link.find(f"grad_dense[{t - 1}]") is not None) == (t > 0)


def test_long_names_of_steps_are_cut():
    example = own_example(T=8)
    named = Example(example.net, example.x, example.Y, ["a name that is\nfar too long for its column"] * 9)
    for scene in scenes(run_of(named)).values():
        for note in scene.notes:
            if note.text.startswith("$t = 0"):
                assert note.text == "$t = 0$\na name that i…"
