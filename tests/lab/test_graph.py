"""Figs. 7-5, 7-6 and 7-7 as layouts: the right numbers at each node, joined the right way, nothing overlapping."""

import itertools

import matplotlib
import numpy as np
import pytest

from bptt_core import ACTIVATIONS, backward, forward, mse_loss, step_terms
from bptt_lab.data import running_example
from bptt_lab.figures import STYLE, draw_graph, new_figure
from bptt_lab.graph import backward_scene, forward_scene, link_scene
from bptt_lab.wording import number

STEPS = [0, 1, 3, 4, 5, 6, 30]


def computed(T, activation="tanh"):
    example = running_example(T)
    trace = forward(example.params, example.x, activation=activation)
    back = backward(trace, example.Y)
    return example, trace, back, step_terms(trace, back)


def scenes(T, activation="tanh"):
    example, trace, back, terms = computed(T, activation)
    return {
        "forward": forward_scene(trace, example.Y, back.loss, example.years),
        "backward": backward_scene(trace, back, example.Y, terms, example.years, row=1),
        "link": link_scene(trace, back, T),
    }


def shown_steps(T):
    """The steps that have a column: all up to five, else the first two and the last two."""
    return range(T + 1) if T <= 4 else (0, 1, T - 1, T)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("T", STEPS)
def test_forward_scene_holds_the_trace(T, activation):
    example, trace, _, _ = computed(T, activation)
    scene = scenes(T, activation)["forward"]
    W, U, b, V, c = example.params
    h_prev = trace.h_init
    expected = {"h_init": trace.h_init, "y_hat": trace.y_hat, "y": trace.y, "Y": example.Y, "V": V, "c": c}
    expected["loss"] = [[mse_loss(trace.y, example.Y)]]
    for t in range(T + 1):
        if t in shown_steps(T):
            expected |= {
                f"x[{t}]": example.x[t],
                f"W @ x[{t}]": W @ example.x[t],
                f"U @ h[{t - 1}]": U @ h_prev,
                f"b[{t}]": b,
                f"h_hat[{t}]": trace.h_hat[t],
                f"h[{t}]": trace.h[t],
            }
        h_prev = trace.h[t]
    if T > 4:
        expected["fold"] = np.zeros((0, 0))
    assert {node.key for node in scene.nodes} == set(expected)
    for key, value in expected.items():
        np.testing.assert_array_equal(scene.node(key).value, value, err_msg=key)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("T", STEPS)
def test_backward_scene_holds_the_gradients(T, activation):
    example, trace, back, terms = computed(T, activation)
    scene = scenes(T, activation)["backward"]
    expected = {"dy": trace.y - example.Y, "loss": [[back.loss]], "dV": back.grads.dV, "dc": back.grads.dc}
    expected |= {"dU": back.grads.dU, "dW": back.grads.dW, "db": back.grads.db}
    for t in shown_steps(T):
        expected |= {
            f"dh[{t}]": back.dh[t],
            f"f'(h_hat[{t}])": ACTIVATIONS[activation].df(trace.h_hat[t]),
            f"delta[{t}]": back.delta[t],
            f"dU[{t}]": terms.dU[t],
            f"dW[{t}]": terms.dW[t],
            f"db[{t}]": terms.db[t],
        }
    if T > 4:
        expected["fold"] = np.zeros((0, 0))
    assert {node.key for node in scene.nodes} == set(expected)
    for key, value in expected.items():
        np.testing.assert_array_equal(scene.node(key).value, value, err_msg=key)
    assert scene.node("dU").lines == tuple(f"{number(v):>{_width(back.grads.dU[1])}}" for v in back.grads.dU[1])


def _width(values):
    return max(len(number(value)) for value in values)


@pytest.mark.parametrize(("T", "t"), [(0, 0), (1, 0), (1, 1), (4, 2), (30, 17)])
def test_link_scene_holds_one_link(T, t):
    example, trace, back, _ = computed(T)
    scene = link_scene(trace, back, t)
    U = example.params.U
    before = (trace.h[t - 1], back.dh[t - 1]) if t else (trace.h_init, back.dh_init)
    np.testing.assert_array_equal(scene.node("U").value, U)
    np.testing.assert_array_equal(scene.node("U.T").value, U.T)
    np.testing.assert_array_equal(scene.node(f"h[{t - 1}]").value, before[0])
    np.testing.assert_array_equal(scene.node(f"dh[{t - 1}]").value, before[1])
    np.testing.assert_array_equal(scene.node(f"h[{t}]").value, trace.h[t])
    # the picture's own claim: what stands on the left of the lower row is the product of the rest
    product = scene.node("U.T").value @ (scene.node(f"dh[{t}]").value * scene.node(f"f'(h_hat[{t}])").value)
    np.testing.assert_allclose(product, before[1], rtol=1e-12)  # three products and two sums of float64


@pytest.mark.parametrize("T", STEPS)
@pytest.mark.parametrize("kind", ["forward", "backward", "link"])
def test_nodes_are_inside_the_picture_and_apart(T, kind):
    scene = scenes(T)[kind]
    for node in scene.nodes:
        assert node.width / 2 <= node.x <= scene.width - node.width / 2, node.key
        assert node.height / 2 <= node.y <= scene.height - node.height / 2, node.key
    for a, b in itertools.combinations(scene.nodes, 2):
        apart = abs(a.x - b.x) >= (a.width + b.width) / 2 or abs(a.y - b.y) >= (a.height + b.height) / 2
        assert apart, f"{a.key} and {b.key} overlap"


@pytest.mark.parametrize("T", STEPS)
def test_values_flow_to_the_right_and_gradients_to_the_left(T):
    every = scenes(T)
    assert {edge.kind for edge in every["forward"].edges} == {"forward"}
    from_the_year_before = [edge for edge in every["forward"].edges if edge.label == "$U$"]
    assert len(from_the_year_before) == (T + 1 if T <= 4 else 5)
    assert all(edge.end[0] > edge.start[0] for edge in from_the_year_before[1:])  # the first one comes from above
    back_in_time = [edge for edge in every["backward"].edges if edge.label in ("${}^t U$", "${}^t V$")]
    assert len(back_in_time) == (T + 1 if T <= 4 else 5)
    assert all(edge.end[0] < edge.start[0] for edge in back_in_time)


@pytest.mark.parametrize("kind", ["forward", "backward", "link"])
def test_the_drawing_writes_each_nodes_numbers(kind):
    scene = scenes(4)[kind]
    figure = new_figure(scene.width, scene.height)
    with matplotlib.rc_context(STYLE):
        artists = draw_graph(figure.add_axes((0, 0, 1, 1)), scene)
    written = [artist.get_text() for artist in artists if hasattr(artist, "get_text")]
    for node in scene.nodes:
        assert "\n".join(node.lines) in written, node.key
        assert node.label in written
    assert {edge.label for edge in scene.edges if edge.label} <= set(written)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("kind", ["forward", "backward", "link"])
@pytest.mark.parametrize("T", [4, 30])
def test_numbers_fit_their_boxes(T, kind, activation):
    scene = scenes(T, activation)[kind]
    figure = new_figure(scene.width, scene.height)
    axes = figure.add_axes((0, 0, 1, 1))
    with matplotlib.rc_context(STYLE):
        artists = draw_graph(axes, scene)
    figure.canvas.draw()
    texts = [artist for artist in artists if hasattr(artist, "get_text")]
    for node in scene.nodes:
        for text in texts:
            if text.get_text() == "\n".join(node.lines) and text.get_position()[0] == node.x and node.lines:
                extent = text.get_window_extent().transformed(axes.transData.inverted())
                assert abs(extent.width) <= node.width, node.key


def test_many_hidden_units_are_shortened():
    from bptt_core import init_params

    params = init_params(1, 8)
    trace = forward(params, np.ones((3, 1, 2)))
    scene = forward_scene(trace, np.ones((1, 2)), 1.0, [1, 2, 3])
    assert scene.node("h[2]").lines[-1] == "⋮"
    assert len(scene.node("h[2]").lines) == 3
    assert scene.node("h[2]").shape == "(8, 2)"
