"""The forward graph, number by number, and the parameters it starts from."""

import re

import numpy as np
import pytest

from bptt_core import ACTIVATIONS, Net, Params, Trace, forward, init_params, mse_loss
from tests.harness.judges import plain_loop
from tests.harness.nets import ACTIVATIONS_TESTED, CASES, EPS, all_arrays, assert_agree, make_case, of_name, rounding


@pytest.mark.parametrize("name", CASES)
def test_every_intermediate_against_the_plain_loop(name):
    case = CASES[name]
    trace, want = case.trace(), plain_loop(case)
    for what in ("h_hat", "h", "y_hat", "y"):
        assert_agree(what, getattr(trace, what), want[what], rounding(case))
    assert mse_loss(trace.y, case.Y) == pytest.approx(want["loss"], rel=2 * rounding(case), abs=0)  # a square: twice


@pytest.mark.parametrize("dense_activation", ACTIVATIONS_TESTED)
def test_every_dense_activation(dense_activation):
    case = make_case(dense_activation=dense_activation)
    trace, want = case.trace(), plain_loop(case)
    assert_agree("y_hat", trace.y_hat, want["y_hat"], rounding(case))
    assert_agree("y", trace.y, want["y"], rounding(case))


def test_the_trace_holds_what_it_was_made_from():
    case = make_case("sine", dense_activation="sigmoid")
    trace = case.trace()
    assert isinstance(trace, Trace)
    for what, given in zip(Params._fields, case.net.params, strict=True):
        assert np.array_equal(getattr(trace.net.params, what), given), what
    assert np.array_equal(trace.x, case.x)
    assert np.array_equal(trace.h_init, case.h_init)
    assert trace.net.activation is of_name("sine")
    assert trace.net.dense_activation is ACTIVATIONS["sigmoid"]


def test_defaults_are_tanh_identity_and_a_state_of_zeros():
    case = make_case(with_h_init=False)
    n_h, N = len(case.net.params.W), case.x.shape[2]
    plain = forward(Net(case.net.params), case.x)
    spelled = forward(Net(case.net.params, "tanh", "identity", "last"), case.x, h_init=np.zeros((n_h, N)))
    assert plain.net.activation.name == "tanh"
    assert plain.net.dense_activation.name == "identity"
    assert plain.net.outputs == "last"
    for what, array in all_arrays(plain).items():
        assert np.array_equal(array, all_arrays(spelled)[what]), what
    assert plain.h_init.shape == (n_h, N)
    assert not plain.h_init.any()


@pytest.mark.parametrize("activation", ACTIVATIONS_TESTED)
def test_sequences_do_not_touch_each_other(activation):
    """N columns at once are the same columns one by one."""
    case = make_case(activation, sizes=(2, 3, 2, 5))
    together = case.trace()
    for n in range(5):
        alone = case.but(x=case.x[:, :, [n]], Y=case.Y[:, [n]], h_init=case.h_init[:, [n]]).trace()
        for what in ("h_hat", "h", "y_hat", "y"):
            got = getattr(together, what)[..., [n]]
            assert_agree(f"{what} of sequence {n}", got, getattr(alone, what), rounding(case))


def test_a_later_input_does_not_reach_an_earlier_state():
    case = make_case(steps=6)
    other = case.x.copy()
    other[4:] += 1
    first, second = case.trace(), case.but(x=other).trace()
    assert np.array_equal(first.h[:4], second.h[:4])
    assert not np.array_equal(first.h[4], second.h[4])


def test_the_repr_of_a_trace_holds_no_address():
    for activation in ("tanh", "sine"):
        text = repr(make_case(activation, dense_activation="sine").trace())
        assert f"activation={activation!r}" in text
        assert not re.search("0x[0-9a-fA-F]", text)


SIZES = [(1, 1, 1), (1, 8, 1), (3, 2, 4), (5, 32, 2)]


@pytest.mark.parametrize(("n_x", "n_h", "n_y"), SIZES)
def test_init_params(n_x, n_h, n_y):
    params = init_params(n_x=n_x, n_h=n_h, n_y=n_y, seed=3)
    assert isinstance(params, Params)
    shapes = {"W": (n_h, n_x), "U": (n_h, n_h), "b": (n_h, 1), "V": (n_y, n_h), "c": (n_y, 1)}
    for what, array in params._asdict().items():
        assert array.shape == shapes[what], what
        assert array.dtype == np.float64, what
        assert np.isfinite(array).all(), what
        assert array.all(), f"{what} holds a zero"
    # orthogonal: n_h products in each entry of U U^t, and as many reflections in making U
    assert np.abs(params.U @ params.U.T - np.eye(n_h)).max() <= 8 * EPS * n_h
    forward(Net(params), np.ones((2, n_x, 1)))


def test_init_params_is_decided_by_the_seed():
    one, again, other = init_params(2, 3, 1, seed=5), init_params(2, 3, 1, seed=5), init_params(2, 3, 1, seed=6)
    for what, first, second, third in zip(Params._fields, one, again, other, strict=True):
        assert np.array_equal(first, second), what
        assert not np.array_equal(first, third), what
    assert np.array_equal(init_params(2, 3).V, init_params(2, 3, n_y=1, seed=0).V)


def test_init_params_takes_numpy_integers():
    size = np.int64(2)
    for got, want in zip(init_params(size, size, size, seed=np.uint8(4)), init_params(2, 2, 2, seed=4), strict=True):
        assert np.array_equal(got, want)


def test_init_params_keeps_the_size_of_a_sum_over_columns():
    """Variance 1/columns for W and V: bounded by sqrt(3/columns), and spread over that range."""
    params = init_params(n_x=50, n_h=200, n_y=50, seed=0)
    for weight in (params.W, params.V):
        columns = weight.shape[1]
        assert np.abs(weight).max() <= np.sqrt(3 / columns)
        # 10,000 draws: the sample variance of a uniform number is off by 0.9 % (one standard deviation)
        assert weight.var() * columns == pytest.approx(1, abs=0.05)
    for bias in (params.b, params.c):
        assert np.abs(bias).max() <= 0.1


def test_init_params_gives_orthogonal_matrices_of_both_kinds():
    """Rotations and reflections: det U = 1 and det U = -1 both come up, and U is not symmetric."""
    dets = {round(np.linalg.det(init_params(1, 3, seed=seed).U)) for seed in range(20)}
    assert dets == {-1, 1}
    U = init_params(1, 8, seed=0).U
    assert np.abs(U - U.T).max() > 0.3
