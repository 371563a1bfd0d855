"""Numbers too large for a float become inf, never nan, and without a word: here, a warning is an error."""

import warnings
from functools import partial

import numpy as np
import pytest

from bptt_core import (
    ACTIVATIONS,
    Activation,
    Net,
    Params,
    backward,
    forward,
    gradients,
    mse_loss,
    mse_loss_derivative,
    numerical_gradients,
    state_jacobians,
    step_terms,
    untied_terms,
)
from bptt_lab.train import Workspace, clip_by_global_norm, fit, global_norm
from tests.harness.judges import plain_loop
from tests.harness.nets import (
    ACTIVATIONS_TESTED,
    EPS32,
    KINKED,
    Case,
    all_arrays,
    assert_agree,
    make_case,
    of_name,
    rounding,
)

# The size of the first input, and by how much U multiplies at each step: three steps later the state is at 1e150
# (float32: 1e17) and its loss still finite. The message starts from that size, and three steps back is too long a way.
RANGE = {np.float64: (1e-300, 1e150), np.float32: (1e-37, 1e18)}


def exploding_backward(dtype=np.float64, activation="identity"):
    """A net of four steps whose states stay finite and whose messages do not.

    U has entries of both signs, so inf meets -inf in its products.
    """
    small, big = RANGE[dtype]
    arrays = (
        np.array([[1.0], [1.5]]),
        np.array([[big, -big], [2 * big, big]]),
        np.zeros((2, 1)),
        np.array([[1.0, 0.5]]),
        np.array([[0.25]]),
        np.array([small * np.array([[1.0, -2.0]]), *[[[small, small]]] * 3]),
        np.array([[1.0, -1.0]]),
    )
    *weights, x, Y = (array.astype(dtype) for array in arrays)
    return Case(Net(Params(*weights), of_name(activation)), x, Y)


def assert_no_nan(record):
    for what, array in all_arrays(record).items():
        assert not np.isnan(array).any(), f"nan in {what}"


@pytest.mark.parametrize("activation", ["identity", "leaky_relu", "sine"])
def test_an_exploding_gradient_is_inf(activation):
    case = exploding_backward(activation=activation)
    trace = case.trace()
    assert np.isfinite(trace.h).all()
    back = backward(trace, case.Y)
    assert np.isfinite(back.loss)
    assert_no_nan(back)
    assert np.isinf(back.dh_init).all()


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_what_is_finite_stays_right_beside_what_is_not(dtype):
    """The plain loop in float64 tells what no float of that dtype can hold."""
    case = exploding_backward(dtype)
    back = backward(case.trace(), case.Y)
    with np.errstate(all="ignore"):
        want = plain_loop(case)
    largest = np.finfo(dtype).max
    for what, got in all_arrays(back).items():
        assert got.dtype == dtype, what
        fits = np.abs(want[what]) <= largest  # False for a nan too
        assert np.isinf(got[~fits]).all(), f"{what} must be inf where the numbers are too large"
        # a sum that fits may still be inf, if one of its terms does not fit
        finite = np.isfinite(got)
        error = np.abs(got[finite] / want[what][finite] - 1)
        assert (error <= rounding(case, np.finfo(dtype).eps)).all(), what
    for what in ("dh", "delta", "dx"):
        finite = np.isfinite(getattr(back, what)).all(axis=(1, 2))
        assert finite.tolist() == [False, False, True, True], what
    for what in ("dy_hat", "grad_dense", "dV", "dc"):
        assert np.isfinite(all_arrays(back)[what]).all(), what


def test_a_switched_off_unit_in_an_exploding_net_is_not_nan():
    """f' = 0 times a message of inf."""
    small, big = RANGE[np.float64]
    case = exploding_backward(activation="relu")
    U, W = np.array([[big, 1.0], [-big, -1.0]]), np.array([[1.0], [-1.0]])
    case = case.but(params=case.net.params._replace(U=U, W=W), x=np.full((4, 1, 1), small), Y=np.ones((1, 1)))
    trace = case.trace()
    assert not trace.h[:, 1].any(), "the second unit is off"
    back = backward(trace, case.Y)
    assert np.isinf(back.dh[0, 1]).all()
    assert_no_nan(back)


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_truncation_keeps_the_finite_part_of_an_exploding_gradient(k):
    case = exploding_backward()
    back = backward(case.trace(), case.Y, steps=k)
    assert_no_nan(back)
    assert np.isfinite(back.delta).all() == (k <= 2)
    assert not back.dh[: 4 - k].any()


DENSE = ["identity", "tanh", "sigmoid", "relu", "softplus", "leaky_relu", "sine"]


@pytest.mark.parametrize("dense_activation", DENSE)
@pytest.mark.parametrize("activation", ["identity", "softplus", "leaky_relu"])
def test_an_overflow_in_the_forward_pass_is_inf(activation, dense_activation):
    case = make_case(activation, 4, (2, 3, 2, 3), dense_activation=dense_activation)
    case = case.but(params=case.net.params._replace(U=case.net.params.U * 1e200))
    trace = case.trace()
    assert_no_nan(trace)
    assert np.isinf(trace.h[-1]).any()
    back = backward(trace, case.Y)
    assert_no_nan(back)
    assert not np.isnan(back.loss)


@pytest.mark.parametrize(("dense_activation", "y"), [("sine", np.inf), ("tanh", 1)])
def test_a_bounded_activation_of_inf(dense_activation, y):
    """tanh has a limit there. sine has none, and its nan is said as inf."""
    one = np.ones((1, 1))
    net = Net(Params(1e200 * one, one, one, one, one), "identity", of_name(dense_activation))
    case = Case(net, np.full((1, 1, 1), 1e200), one)
    assert case.trace().y_hat.item() == np.inf
    assert case.trace().y.item() == y


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "sine"])
def test_bounded_activations_do_not_mind_a_large_pre_activation(activation):
    case = make_case(activation, 4)
    case = case.but(params=case.net.params._replace(W=case.net.params.W * 1e300))
    trace = case.trace()
    assert np.abs(trace.h).max() <= 1
    assert_no_nan(backward(trace, case.Y))


def test_a_loss_that_overflows_is_inf():
    case = make_case("tanh")
    huge = gradients(case.net, case.x, np.full_like(case.Y, 1e200))
    assert all(np.isfinite(grad).all() for grad in huge)
    assert backward(case.trace(), np.full_like(case.Y, 1e200)).loss == np.inf


def test_float32_overflows_at_the_range_of_float32():
    """1e30 squared is inf in float32. In float64 it would not be: the dtype must not slip."""
    case = make_case("identity", 3, with_h_init=False)
    net, x, Y, _ = case.but(x=case.x * 1e30).in_dtype(np.float32)
    back = backward(forward(net, x), Y)
    assert back.loss == np.inf
    assert np.isinf(back.grads.dW).all()
    double = gradients(net, x.astype(np.float64), Y)
    assert np.isfinite(double.dW).all()
    assert_agree("db", back.grads.db, double.db, rounding(case, EPS32))


NAN_AT_LARGE = Activation("root", lambda z: np.where(np.abs(z) > 2, np.nan, z), np.ones_like)


@pytest.mark.parametrize("where", ["activation", "dense_activation"])
def test_an_activation_that_gives_nan_is_named(where):
    """That nan is the activation's own doing, and inf would hide it."""
    case = make_case("identity", 3)
    expected = f"^{where} 'root' must not give nan for a finite number; it did$"
    with pytest.raises(ValueError, match=expected):
        case.but(x=case.x * 5, **{where: NAN_AT_LARGE}).trace()


def test_relu_does_not_hide_an_overflow():
    params = Params(
        W=np.ones((2, 1)),
        U=np.array([[1e200, -1.0], [1e200, -1.0]]),
        b=np.zeros((2, 1)),
        V=np.ones((1, 2)),
        c=np.zeros((1, 1)),
    )
    trace = forward(Net(params, activation="relu"), np.full((3, 1, 1), 1e200))
    assert_no_nan(trace)


def test_relu_does_not_hide_the_nan_of_another_activation():
    case = make_case("identity", 3)
    with pytest.raises(ValueError, match="must not give nan"):
        case.but(x=case.x * 5, activation=NAN_AT_LARGE, dense_activation="relu").trace()


def test_the_terms_of_an_exploding_gradient_are_inf():
    case = exploding_backward()
    trace = case.trace()
    assert_no_nan(step_terms(trace, backward(trace, case.Y)))


def test_the_jacobians_of_an_exploding_net_are_inf():
    case = exploding_backward()
    J = state_jacobians(case.but(x=np.zeros((6, 1, 2))).trace())
    assert np.isinf(J[0]).all()


@pytest.mark.parametrize("method", ["central", "complex", "untied"])
def test_the_checks_of_an_overflowing_loss_are_inf(method):
    case = exploding_backward()
    arguments = case.net._replace(activation="tanh"), case.x, np.full_like(case.Y, 1e200)
    if method == "untied":
        assert_no_nan(untied_terms(*arguments))
    else:
        assert_no_nan(numerical_gradients(*arguments, method=method))


OWN_RELU = Activation("own relu", lambda z: np.where(z > 0, z, 0), lambda z: np.where(z > 0, 1.0, 0.0))


@pytest.mark.parametrize("activation", ["relu", OWN_RELU])
def test_an_activation_that_makes_a_number_of_nan_hides_no_overflow(activation):
    """Written that way round, relu turns inf - inf into 0. The answer must not look like one."""
    case = make_case("identity", 3, (1, 2, 1, 2), with_h_init=False)
    W, U = np.ones((2, 1)), np.array([[1e200, -1.0], [1e200, -1.0]])
    x = np.stack([np.array([[1e200, 0.5]])] * 3)  # the first sequence overflows, the second does not
    net = case.net._replace(params=Params(W, U, 0 * case.net.params.b, *case.net.params[3:]), activation=activation)
    trace = forward(net, x[:2])
    assert np.isfinite(trace.y[0, 1]), "the other sequence is as it was"
    trace = forward(net, x)
    assert_no_nan(trace)
    assert np.isinf(trace.y[0, 0])


def test_a_dense_activation_that_makes_a_number_of_nan_hides_no_overflow():
    """inf - inf in y_hat, in the first of two sequences."""
    V, h = np.array([[1.0, -1.0]]), np.array([[[1e200, 1], [1e200, 1]]])
    params = Params(1e200 * np.eye(2), np.zeros((2, 2)), np.zeros((2, 1)), V, np.ones((1, 1)))
    trace = forward(Net(params, "identity", OWN_RELU), h)
    assert trace.y.tolist() == [[np.inf, 1]]
    assert_no_nan(backward(trace, np.zeros((1, 2))))


@pytest.mark.parametrize("where", ["activation", "dense_activation"])
def test_a_derivative_that_gives_nan_is_named(where):
    no_slope = Activation("no slope", np.tanh, lambda z: np.where(np.abs(z) < 1e-3, 1.0, np.nan) + 0 * z)
    case = make_case("tanh", 3)
    trace = case.but(**{where: no_slope}).trace()
    with pytest.raises(ValueError, match=f"^{where} 'no slope', df must not give nan for a finite number; it did$"):
        backward(trace, case.Y)


def test_the_jacobians_name_a_derivative_that_gives_nan():
    """For T = 0 too, where J is I whatever f' is: as backward does."""
    no_slope = Activation("no slope", np.tanh, lambda z: np.where(np.abs(z) < 1e-3, 1.0, np.nan) + 0 * z)
    for steps in (1, 3):
        case = make_case("tanh", steps)
        with pytest.raises(
            ValueError, match=r"^activation 'no slope', df must not give nan for a finite number; it did$"
        ):
            state_jacobians(case.but(activation=no_slope).trace())


def nan_past(limit):
    """Right on the way of the forward pass, and nan a little further on."""
    return Activation("ends", lambda z: np.where(z.real > limit, np.nan, np.tanh(z)), lambda z: 1 - np.tanh(z) ** 2)


@pytest.mark.parametrize("where", ["activation", "dense_activation"])
def test_the_checks_name_an_activation_that_gives_nan_where_they_look(where):
    """No overflow, and so no inf: a disturbed number is as finite as any."""
    case = make_case("tanh", 3)
    trace = case.trace()
    limit = (trace.h_hat if where == "activation" else trace.y_hat).max() + 1e-7  # a central difference goes 6e-6 off
    with pytest.raises(ValueError, match=f"^{where} 'ends' must not give nan for a finite number; it did$"):
        numerical_gradients(case.net._replace(**{where: nan_past(limit)}), case.x, case.Y, h_init=case.h_init)
    at_once = nan_past(limit)._replace(
        f=lambda z: np.where(z.imag > 0, np.nan, np.tanh(z)) if np.iscomplexobj(z) else np.tanh(z)
    )
    for function in (untied_terms, partial(numerical_gradients, method="complex")):
        with pytest.raises(ValueError, match=f"^{where} 'ends' must not give nan for a finite number; it did$"):
            function(case.net._replace(**{where: at_once}), case.x, case.Y, h_init=case.h_init)


def test_a_complex_overflow_is_no_nan_made():
    """2 (inf + 0 i) is inf with a nan beside it, where 2 inf is inf."""
    own = Activation("exp", lambda z: 2 * np.exp(z), lambda z: 2 * np.exp(z))
    with np.errstate(all="ignore"):
        assert np.isnan(own.f(np.array([1000 + 0j])).imag).all()
    case = make_case("tanh", 1, (1, 2, 1, 1))
    params = case.net.params._replace(W=np.full((2, 1), 1000.0))
    case = case.but(params=params, activation=own, x=np.ones((1, 1, 1)))
    for method in ("central", "complex"):
        grads = numerical_gradients(case.net, case.x, case.Y, method=method)
        assert np.isinf(grads.dW).all()


# Whatever np.seterr says


def times_all(params, factor):
    return Params(*(factor * weight for weight in params))


def times(params, **factors):
    return params._replace(**{name: factor * getattr(params, name) for name, factor in factors.items()})


EXTREMES = {
    "small": lambda case: case.but(params=times_all(case.net.params, 1e-200), Y=1e-300 * case.Y),
    "denormal": lambda case: case.but(x=1e-310 * case.x, h_init=1e-310 * case.h_init),
    "saturated": lambda case: case.but(params=times(case.net.params, W=750, V=400)),
    "large": lambda case: case.but(params=times(case.net.params, U=1e200)),
    "too large": lambda case: case.but(params=times_all(case.net.params, 1e160), Y=1e300 * case.Y),
}


def _public_results(case):
    """What each public function makes of that net."""
    trace = case.trace()
    back = backward(trace, case.Y)
    arguments = case.net, case.x, case.Y
    grads = back.grads
    yield from (*all_arrays(trace).values(), *all_arrays(back).values(), back.loss)
    yield from Workspace(case.net, case.x).loss_and_gradients(*arguments, h_init=case.h_init)[1]
    yield from (*gradients(*arguments, h_init=case.h_init), *step_terms(trace, back))
    yield from (mse_loss(case.Y, -case.Y), mse_loss_derivative(case.Y, -case.Y), state_jacobians(trace))
    yield global_norm(grads)
    yield from numerical_gradients(*arguments, h_init=case.h_init)
    if case.net.activation.name not in KINKED:
        yield from numerical_gradients(*arguments, method="complex", h_init=case.h_init)
        yield from untied_terms(*arguments, h_init=case.h_init)
    if np.isfinite(global_norm(grads)):
        yield from clip_by_global_norm(grads, 1e-9)
    for optimizer in ("sgd", "adam"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # that it stopped
            found = fit(*arguments, epochs=3, learning_rate=1e-3, optimizer=optimizer, clip_norm=1e-3)
        yield from (*found.net.params, *found.history, np.array(found.stopped))
    for known in ACTIVATIONS.values():
        for z in (trace.h_hat, np.array([-5e-324, 5e-324, -1e308, 1e308])):
            yield from (known.f(z), known.df(z))


@pytest.mark.parametrize("extreme", EXTREMES)
@pytest.mark.parametrize("activation", ACTIVATIONS_TESTED)
def test_the_same_whatever_numpy_is_told_of_errors(activation, extreme):
    for dense_activation in ("identity", "tanh", "softplus"):
        case = EXTREMES[extreme](make_case(activation, 3, dense_activation=dense_activation))
        with np.errstate(all="ignore"):
            want = list(_public_results(case))
        with np.errstate(all="raise"):
            got = list(_public_results(case))
        assert all(map(np.array_equal, got, want))
        assert len(got) == len(want)


def test_an_own_activation_that_underflows_where_it_is_tried_out():
    """Before anything else is computed."""
    steep = Activation("steep", lambda z: np.exp(-3000 * z), lambda z: -3000 * np.exp(-3000 * z))
    case = make_case("tanh", 1, (1, 1, 1, 1), dense_activation="identity", with_h_init=False)
    params = case.net.params._replace(W=np.full((1, 1), 1e-3), b=np.zeros((1, 1)))
    with np.errstate(all="raise"):
        net = Net(params, activation=steep)
        for function in (gradients, untied_terms, partial(numerical_gradients, method="complex")):
            assert np.isfinite(function(net, case.x, case.Y).dW).all()
        assert fit(net, case.x, case.Y, epochs=1, learning_rate=1e-9).stopped == ""


def test_no_term_of_the_sums_is_nan():
    """inf times a state of 0, and inf - inf over two sequences."""
    params = Params(*map(np.array, ([[1.0], [0.0]], np.eye(2), np.zeros((2, 1)), [[1e300, 0.0]], [[0.0]])))
    trace = forward(Net(params, activation="identity"), np.array([[[1e10, -1e10]], [[1e10, -1e10]]]))
    terms = step_terms(trace, backward(trace, np.zeros((1, 2))))
    for what, array in terms._asdict().items():
        assert not np.isnan(array).any(), what
        assert np.isinf(array).any(), what
    assert not terms.dU[0].any(), "U multiplies zeros at t = 0, however large the message"
