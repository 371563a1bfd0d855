"""The checks that bptt_core offers its reader must be right themselves, and must not lean on what they check."""

import re
import warnings

import numpy as np
import pytest

from bptt_core import (
    Activation,
    Gradients,
    Net,
    backward,
    central_difference,
    complex_step,
    forward,
    numerical_gradients,
    state_jacobians,
    step_terms,
    untied_terms,
)
from bptt_lab.train import Workspace
from tests.harness.judges import automatic
from tests.harness.nets import ACTIVATIONS_TESTED, CASES, EPS, EPS32, KINKED, assert_agree, make_case, rounding

SHORT = [name for name, case in CASES.items() if len(case.x) <= 7]
CENTRAL = 1e-8  # e^2 f'''/6 + eps L / e is about 4e-11 each at e = 6e-6; third derivatives and losses here: tens


def numerical(case, **options):
    return numerical_gradients(case.net, case.x, case.Y, h_init=case.h_init, **options)


@pytest.mark.parametrize("method", ["central", "complex"])
@pytest.mark.parametrize("name", SHORT)
def test_numerical_gradients(name, method):
    case = CASES[name]
    got, want = numerical(case, method=method), automatic(case)
    assert isinstance(got, Gradients)
    for what in Gradients._fields:
        if method == "central":
            assert_agree(what, getattr(got, what), want[what], CENTRAL, floor=1)
        else:
            assert_agree(what, getattr(got, what), want[what], rounding(case))


@pytest.mark.parametrize("method", ["central", "complex"])
def test_numerical_gradients_through_forty_steps(method):
    case = next(case for name, case in CASES.items() if name.startswith("tanh-40-"))
    got, want = numerical(case, method=method), automatic(case)
    for what in Gradients._fields:
        tolerance, floor = (CENTRAL, 1) if method == "central" else (rounding(case), 1e-30)
        assert_agree(what, getattr(got, what), want[what], tolerance, floor)


@pytest.mark.parametrize("name", SHORT)
def test_untied_terms(name):
    """A copy of W, U, b for each step: autograd differentiates its own copies."""
    case = CASES[name]
    got, want = untied_terms(case.net, case.x, case.Y, h_init=case.h_init), automatic(case)
    assert isinstance(got, Gradients)
    for what in "WUb":
        assert_agree(f"terms of d{what}", getattr(got, "d" + what), want["terms_" + what], rounding(case))
    for what in ("dV", "dc"):
        assert_agree(f"last term of {what}", getattr(got, what)[-1], want[what], rounding(case))
        assert not getattr(got, what)[:-1].any()


@pytest.mark.parametrize("name", SHORT)
def test_untied_terms_are_the_terms_of_the_sums(name):
    """Copy t disturbed is term t of 7.7 to 7.9, and all of them together are the gradient."""
    case = CASES[name]
    trace = case.trace()
    back = backward(trace, case.Y)
    untied, terms = untied_terms(case.net, case.x, case.Y, h_init=case.h_init), step_terms(trace, back)
    for what in Gradients._fields:
        assert_agree(f"terms of {what}", getattr(terms, what), getattr(untied, what), rounding(case))
        assert_agree(what, getattr(back.grads, what), getattr(untied, what).sum(axis=0), rounding(case))


def test_defaults_are_tanh_no_state_before_and_central_differences():
    case = make_case("tanh", with_h_init=False)
    plain = numerical_gradients(Net(case.net.params), case.x, case.Y)
    spelled = numerical(case, method="central", eps=6e-6)
    terms, want = untied_terms(case.net, case.x, case.Y), automatic(case)
    for what in Gradients._fields:
        assert np.array_equal(getattr(plain, what), getattr(spelled, what)), what
        assert_agree(what, getattr(terms, what).sum(axis=0), want[what], rounding(case))


def test_the_error_of_a_central_difference_is_that_of_its_eps():
    """A hundred times the eps, ten thousand times the error: eps reaches the computation, on both sides of w."""
    case = make_case("tanh")
    want = automatic(case)["dU"]
    errors = [np.abs(numerical(case, eps=eps).dU - want).max() for eps in (1e-1, 1e-3)]
    assert errors[0] / errors[1] == pytest.approx(1e4, rel=0.2)  # terms in eps^4 take part at eps = 0.1


def test_a_central_difference_drowns_in_rounding_where_a_complex_step_does_not():
    case = make_case("tanh")
    want = automatic(case)["dU"]
    assert np.abs(numerical(case, eps=1e-14).dU - want).max() > 1e-4
    for eps in (1e-14, 1e-100, 1e-200):
        assert_agree("dU", numerical(case, method="complex", eps=eps).dU, want, rounding(case))


@pytest.mark.parametrize("method", ["central", "complex"])
@pytest.mark.parametrize("where", ["activation", "dense_activation"])
def test_the_checks_do_not_ask_for_df(method, where):
    """A witness that used f' could not testify against it."""

    def never(h_hat):
        if h_hat.shape != (2, 3):  # the shape on which an Activation is tried out
            raise AssertionError("a check asked for f'")
        return np.zeros_like(h_hat)

    case = make_case("sine", sizes=(2, 4, 3, 2), dense_activation="sine")
    case = case.but(**{where: Activation("sine", np.sin, never)})
    got, want = numerical(case, method=method), automatic(case)
    terms = untied_terms(case.net, case.x, case.Y, h_init=case.h_init)
    for what in Gradients._fields:
        assert_agree(what, getattr(got, what), want[what], CENTRAL, floor=1)
        assert_agree(what, getattr(terms, what).sum(axis=0), want[what], rounding(case))


@pytest.mark.parametrize("method", ["central", "complex"])
@pytest.mark.parametrize("activation", ACTIVATIONS_TESTED)
def test_float32_is_checked_in_float64(activation, method):
    """Only the result is rounded to float32: half an ulp of each number, not of the largest."""
    single = make_case(activation, 3, seed=1).in_dtype(np.float32)
    want = automatic(single)
    assert want["dW"].dtype == np.float64
    got = numerical(single, method=method)
    terms = untied_terms(single.net, single.x, single.Y, h_init=single.h_init)
    for what in Gradients._fields:
        for found in (getattr(got, what), getattr(terms, what).sum(axis=0, dtype=np.float64)):
            assert_agree(what, found, want[what], EPS32, floor=0.1)
        assert getattr(got, what).dtype == getattr(terms, what).dtype == np.float32


REAL_ONLY = Activation("size", lambda z: np.abs(z), lambda z: np.sign(z))


@pytest.mark.parametrize("where", ["activation", "dense_activation"])
def test_an_activation_that_drops_the_imaginary_part_is_named(where):
    """A complex step through |z| would give a gradient of 0, and say nothing."""
    case = make_case("tanh").but(**{where: REAL_ONLY})
    expected = (
        f"^{where} must keep complex numbers complex for a complex step; 'size' gave real ones "
        r'\(method="central" needs no complex numbers\)$'
    )
    with pytest.raises(ValueError, match=expected):
        numerical_gradients(case.net, case.x, case.Y, method="complex")
    with pytest.raises(ValueError, match=expected):
        untied_terms(case.net, case.x, case.Y)
    # central differences ask for no complex numbers
    numerical_gradients(case.net, case.x, case.Y, method="central")


def test_the_gradients_of_saturated_units_have_all_their_digits():
    """f' of tanh is 1e-12 and less here. A complex step has its digits, and 1 - tanh^2 would have none."""
    case = make_case("tanh", 2, dense_activation="tanh")
    params = case.net.params._replace(b=30 * np.sign(case.net.params.b), c=20 * np.sign(case.net.params.c), U=np.eye(3))
    net = Net(params, dense_activation="tanh")
    got = backward(forward(net, case.x), case.Y).grads
    want = numerical_gradients(net, case.x, case.Y, method="complex")
    for what, grad in got._asdict().items():
        assert_agree(
            what, grad, getattr(want, what), 64 * rounding(case), floor=1e-300
        )  # h_hat is 30: as much rounding
        assert 0 < np.abs(grad).max() < 1e-12


def _matrix(array):
    with warnings.catch_warnings(action="ignore"):
        return np.matrix(array) if array.ndim == 2 else array


RETURNED = {
    "a list": lambda array: array.tolist(),
    "a tuple of rows": tuple,
    "a matrix": _matrix,  # its * and ** are those of matrices: here n_y is N, and no shape complains
    "an array of its own kind": lambda array: array.view(type("Own", (np.ndarray,), {"__pow__": None})),
}


@pytest.mark.parametrize("where", ["activation", "dense_activation"])
@pytest.mark.parametrize("returned", RETURNED)
def test_an_activation_may_return_what_numpy_can_read(returned, where):
    """Wherever f or f' is asked for: forward, backward, with a workspace, the Jacobians and each of the checks."""
    case, kind = make_case("tanh", 3, (2, 3, 4, 4)), RETURNED[returned]
    # z / z is 1, and no matrix product with it is
    own = Activation("own", lambda z: kind(z / z * np.tanh(z)), lambda z: kind(1 - np.tanh(z) ** 2))

    def everything(activation):
        other = case.but(**{where: activation})
        trace, given = other.trace(), (other.net, other.x, other.Y)
        yield from (trace.y, *backward(trace, other.Y).grads, state_jacobians(trace))
        yield from Workspace(other.net, other.x).loss_and_gradients(*given, h_init=other.h_init)[1]
        yield from untied_terms(*given, h_init=other.h_init)
        for method in ("central", "complex"):
            yield from numerical_gradients(*given, method=method, h_init=other.h_init)

    for got, want in zip(everything(own), everything("tanh"), strict=True):
        assert type(got) is np.ndarray
        assert_agree("array", got, want, CENTRAL, floor=1)  # what differs differs by far more


def test_the_kinked_ones_are_away_from_their_kink():
    """At a kink a difference quotient is wrong by half the jump: these tests keep off it."""
    for activation in KINKED:
        trace = make_case(activation, 3, seed=1).trace()
        assert np.abs(trace.h_hat).min() > 1e-3


# The two ways on their own, for any function


def cubic(a):
    """Known to the reader: the derivative with respect to entry i is 3 i a_i^2, with i from 1."""
    i = np.arange(1, a.size + 1).reshape(a.shape)
    return np.sum(i * a**3)


@pytest.mark.parametrize(
    "shape",
    [
        (1,),
        (3,),
        (2, 3),
        (2, 1, 3),
        (),
    ],
)
def test_the_derivative_of_a_cubic(shape):
    at = np.asarray(np.random.default_rng(0).uniform(0.5, 1.5, shape))
    i = np.arange(1, at.size + 1).reshape(shape)
    want = 3 * i * at**2
    by_complex_step, by_difference = complex_step(cubic, at), central_difference(cubic, at)
    assert by_complex_step.shape == by_difference.shape == shape
    assert np.abs(by_complex_step / want - 1).max() <= 8 * EPS  # three products
    # for a cubic the error in e is known, i e^2, and what is left is rounding: eps L / e
    assert np.abs(by_difference - want - i * 6e-6**2).max() <= 4 * EPS * cubic(at + 1) / 6e-6
    large = central_difference(cubic, at, eps=0.25)
    assert np.abs(large - want - i * 0.25**2).max() <= 16 * EPS * cubic(at + 1) / 0.25


@pytest.mark.parametrize("way", [central_difference, complex_step])
def test_the_point_is_not_changed_and_may_be_float32_or_integers(way):
    for dtype in (np.float32, np.float64, int):
        at = np.array([1, 2, 3], dtype=dtype)
        at.flags.writeable = False
        got = way(cubic, at)
        assert got.dtype == np.float64
        assert_agree("slopes", got, np.array([3.0, 24.0, 81.0]), 1e-9)
        assert at.tolist() == [1, 2, 3]


@pytest.mark.parametrize("way", [central_difference, complex_step])
@pytest.mark.parametrize(
    ("at", "error", "message"),
    [
        ([np.nan], ValueError, "at must be finite; got nan at index "),
        ([], ValueError, "at must not have an empty axis; got shape "),
        ([1j], ValueError, "at must hold real numbers; got dtype complex128"),
        ("here", TypeError, "at must hold float32 or float64 numbers"),
    ],
)
def test_a_point_that_is_none(way, at, error, message):
    with pytest.raises(error, match=f"^{message}"):
        way(cubic, at)


@pytest.mark.parametrize("way", [central_difference, complex_step])
@pytest.mark.parametrize(
    ("eps", "error", "message"),
    [
        (0, ValueError, "eps must be finite and above 0; got 0"),
        (-1.0, ValueError, "eps must be finite and above 0; got -1.0"),
        (float("nan"), ValueError, "eps must be finite and above 0; got nan"),
        ("1e-6", TypeError, "eps must be a number; got str"),
    ],
)
def test_an_eps_that_is_none(way, eps, error, message):
    with pytest.raises(error, match=f"^{message}$"):
        way(cubic, [1.0], eps)


@pytest.mark.parametrize("derivative", [central_difference, complex_step])
@pytest.mark.parametrize(
    ("returned", "got"), [(None, "NoneType"), ("1", "str"), (np.ones(2), "shape (2,)"), ([1, 2], "shape (2,)")]
)
def test_a_function_that_returns_no_number(derivative, returned, got):
    with pytest.raises(TypeError, match=re.escape(f"function must return one number; got {got}")):
        derivative(lambda at: returned, [1.0])


@pytest.mark.parametrize("derivative", [central_difference, complex_step])
def test_a_function_that_is_none(derivative):
    with pytest.raises(TypeError, match="function must be a function of an array; got int"):
        derivative(3, [1.0])


@pytest.mark.parametrize("derivative", [central_difference, complex_step])
def test_one_number_may_come_in_an_array(derivative):
    assert derivative(lambda at: (at**2).sum(keepdims=True), [3.0]) == pytest.approx([6.0], rel=1e-9)


def test_a_function_that_overflows_gives_no_warning():
    assert np.isnan(central_difference(lambda at: at[0] * np.inf, [1.0])).all()
    assert np.isinf(complex_step(lambda at: at[0] * 1e308 * 100, [1.0])).all()
