"""Time and memory in proportion to the number of steps: counted, not timed."""

import tracemalloc

import numpy as np
import pytest

from bptt_core import Activation, Net, backward, forward, gradients, init_params
from tests.harness.nets import EPS, make_case


def _peak(T):
    """The most memory that a forward and a backward pass over T+1 steps hold at once, in bytes."""
    net = Net(init_params(n_x=1, n_h=16, seed=0))
    x = np.random.default_rng(0).uniform(-1, 1, (T + 1, 1, 1))
    tracemalloc.start()
    try:
        trace = forward(net, x)
        backward(trace, np.ones((1, 1)))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_grows_in_proportion_to_the_steps():
    half, whole = _peak(10_000), _peak(20_000)
    assert whole / half == pytest.approx(2, abs=0.02)  # arrays of T+1 steps, and small things beside them
    # h_hat, h, f'(h_hat), dh, delta, and what their sums and f' need on the way: at most a dozen such arrays
    assert whole < 12 * 20_001 * 16 * 8


def test_a_hundred_thousand_steps_keep_the_length_of_the_message():
    """f = identity and an orthogonal U: dh^(t) turns, and neither grows nor shrinks."""
    T = 100_000
    net = Net(init_params(n_x=1, n_h=16, seed=0), activation="identity")
    x = np.random.default_rng(0).uniform(-1, 1, (T + 1, 1, 1))
    back = backward(forward(net, x), np.ones((1, 1)))
    lengths = np.linalg.norm(back.dh[:, :, 0], axis=1)
    # each step rounds once per term (16 of them), in either direction; that U is orthogonal to rounding only counts too
    assert np.abs(lengths / lengths[-1] - 1).max() <= 64 * EPS * T
    # the first message, by another way: T products with U^t are one with its T-th power
    power = np.linalg.matrix_power(net.params.U.T, T)
    assert np.abs(back.dh[0] - power @ back.grad_dense).max() <= 64 * EPS * T * lengths[-1]


def _calls(steps, N, function):
    """How often a pass asks for f, for f', for g and for g'."""
    counts = dict.fromkeys(("f", "df", "g", "dg"), 0)

    def counted(name, of):
        def call(h_hat):
            counts[name] += 1
            return of(h_hat)

        return call

    f = Activation("counted f", counted("f", np.sin), counted("df", np.cos))
    g = Activation("counted g", counted("g", np.sin), counted("dg", np.cos))
    case = make_case("sine", steps, (2, 3, 2, N))
    function(case.net._replace(activation=f, dense_activation=g), case.x, case.Y)
    return counts


def test_calls_grow_with_the_steps_and_not_with_the_sequences():
    few, more, most = (_calls(steps, 1, gradients) for steps in (10, 20, 40))
    assert more["f"] - few["f"] == 10
    assert most["f"] - more["f"] == 20
    assert few["g"] == most["g"]
    assert few["dg"] == most["dg"]
    assert most["df"] - more["df"] in (0, 20)  # for all steps at once, or for each
    for counts, steps in ((few, 10), (more, 20), (most, 40)):
        assert counts == _calls(steps, 500, gradients)
