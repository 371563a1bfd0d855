"""f and f': against 50 decimal digits, against the complex step, and where floats end."""

import decimal
import re
from decimal import Decimal

import numpy as np
import pytest

from bptt_core import ACTIVATIONS, Activation
from tests.harness.nets import EPS, EPS32, KINKED

# From one end of what exp can do to the other, both signs, close to 0 and at 0
POINTS = (
    *(-740.0, -700.0, -360.0, -100.0, -36.7, -19.0, -15.0, -5.5, -1.0, -0.3, -1e-3, -1e-10, -1e-300, 0.0),
    *(1e-300, 1e-10, 1e-3, 0.3, 1.0, 5.5, 15.0, 19.0, 36.7, 100.0, 360.0, 700.0, 740.0),
)


def _digits(name, z):
    """f(z) and f'(z) to 50 digits and more. Python's decimal knows exp and ln, and no float."""
    with decimal.localcontext(prec=800, Emin=-9999, Emax=9999):
        z, one = Decimal(z), Decimal(1)
        positive = z > 0
        if name == "tanh":
            value = 1 - 2 / ((2 * z).exp() + 1)
            return value, one - value * value  # e^-1480 is the smallest: 800 digits hold it beside 1
        if name == "sigmoid":
            value = 1 / (1 + (-z).exp())
            return value, value * (1 - value)
        if name == "softplus":
            with decimal.localcontext(prec=400):  # ln is slow at 800 digits; e^-740 needs 322 before its first own
                return (1 + z.exp()).ln(), 1 / (1 + (-z).exp())
        slope = {"identity": one, "relu": one * positive, "leaky_relu": one if positive else Decimal("0.01")}[name]
        return slope * z, slope


def _away_from(got, want):
    """|got - want| in units of |want|, and of the smallest normal float where want is smaller than that."""
    return float(abs(Decimal(float(got)) - want) / max(abs(want), Decimal(float(np.finfo(np.float64).tiny))))


@pytest.mark.parametrize("z", POINTS)
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_f_to_the_last_digits(name, z):
    """Relative accuracy, in the far tails too: e^-700 is a number, and so is sigmoid(-700)."""
    got = ACTIVATIONS[name].f(np.array([z]))[0]
    assert _away_from(got, _digits(name, z)[0]) <= 4 * EPS  # an exp, a sum and a quotient, each within an ulp or so


@pytest.mark.parametrize("z", POINTS)
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_df_to_the_last_digits(name, z):
    got, want = ACTIVATIONS[name].df(np.array([z]))[0], _digits(name, z)[1]
    assert _away_from(got, want) <= 6 * EPS  # as f, and one more product


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_df_is_the_derivative_of_f(name):
    """Complex step, Im f(z + ie) / e, at 402 points that avoid 0."""
    z = np.linspace(-20, 20, 402)
    assert np.abs(z).min() > 0.04
    want = ACTIVATIONS[name].f(z + 1e-30j).imag / 1e-30
    got = ACTIVATIONS[name].df(z)
    # f and f' lie within [0, 1] or near: 8 roundings of 1 is what both sides together may be apart
    assert np.abs(got - want).max() <= 8 * EPS
    assert np.abs(want).max() > 0.2, "a complex step that has lost its imaginary part shows nothing"


@pytest.mark.parametrize(("name", "at_zero"), [("relu", 0.0), ("leaky_relu", 0.01)])
@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_at_the_kink_the_left_slope_counts(name, at_zero, zero):
    assert ACTIVATIONS[name].df(np.array([zero]))[0] == at_zero
    assert ACTIVATIONS[name].f(np.array([zero]))[0] == 0
    with_a_step = ACTIVATIONS[name].f(np.array([complex(zero, 1e-20)]))  # the complex step takes the same side
    assert with_a_step.imag[0] / 1e-20 == at_zero


@pytest.mark.parametrize("name", KINKED)
def test_next_to_the_kink(name):
    tiny = np.nextafter(0, 1)
    slopes = ACTIVATIONS[name].df(np.array([-tiny, tiny]))
    assert slopes.tolist() == [0.01 if name == "leaky_relu" else 0, 1]


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("tanh", -1, 1),
        ("sigmoid", 0, 1),
        ("relu", 0, 1000),
        ("identity", -1000, 1000),
        ("softplus", 0, 1000),
        ("leaky_relu", -10, 1000),
    ],
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_f_is_exact_at_minus_and_plus_1000(name, low, high, dtype):
    """And says nothing: a RuntimeWarning would be an error here."""
    assert ACTIVATIONS[name].f(np.array([-1000, 1000], dtype=dtype)).tolist() == [low, high]


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("tanh", 0, 0),
        ("sigmoid", 0, 0),
        ("relu", 0, 1),
        ("identity", 1, 1),
        ("softplus", 0, 1),
        ("leaky_relu", 0.01, 1),
    ],
)
@pytest.mark.parametrize("size", [1000, np.inf])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_df_is_exact_at_minus_and_plus_1000_and_inf(name, low, high, size, dtype):
    got = ACTIVATIONS[name].df(np.array([-size, size], dtype=dtype))
    assert got.tolist() == [dtype(low), high]


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("tanh", -1, 1),
        ("sigmoid", 0, 1),
        ("relu", 0, np.inf),
        ("identity", -np.inf, np.inf),
        ("softplus", 0, np.inf),
        ("leaky_relu", -np.inf, np.inf),
    ],
)
def test_f_of_inf_is_its_limit(name, low, high):
    """An overflow in the forward pass reaches f as inf."""
    assert ACTIVATIONS[name].f(np.array([-np.inf, np.inf])).tolist() == [low, high]


@pytest.mark.parametrize("z", [-80.0, -10.0, -1.0, -1e-3, 1e-3, 1.0, 10.0, 80.0])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_float32_has_the_accuracy_of_float32(name, z):
    z = np.float32(z)
    value, slope = (float(exact) for exact in _digits(name, float(z)))
    got = ACTIVATIONS[name].f(np.array([z]))[0]
    assert abs(got - value) <= 4 * EPS32 * abs(value)  # as in float64, with the rounding of float32
    tiny = float(np.finfo(np.float32).tiny)
    assert abs(ACTIVATIONS[name].df(np.array([z]))[0] - slope) <= 6 * EPS32 * max(abs(slope), tiny)


@pytest.mark.parametrize("shape", [(1,), (3,), (2, 3), (4, 2, 3)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("role", ["f", "df"])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_entry_by_entry_in_the_dtype_given_and_into_a_new_array(name, role, dtype, shape):
    function = getattr(ACTIVATIONS[name], role)
    z = np.linspace(-2, 3, int(np.prod(shape)), dtype=dtype).reshape(shape)
    before = z.copy()
    got = function(z)
    assert (got.dtype, got.shape) == (dtype, shape)
    assert np.array_equal(z, before)
    assert not np.shares_memory(got, z)
    single = [function(entry.reshape(1))[0] for entry in z.reshape(-1)]
    # whole arrays may take another path through exp than single numbers: an ulp or so
    assert np.allclose(got.reshape(-1), single, rtol=4 * np.finfo(dtype).eps, atol=np.finfo(dtype).eps)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_complex_number_keeps_its_real_part(name):
    """The complex step moves a number off the real line by so little that f of it is f of the real number."""
    z = np.linspace(-5, 5, 12).reshape(3, 4)
    got = ACTIVATIONS[name].f(z + 1e-20j)
    assert got.dtype == np.complex128
    assert np.abs(got.real - ACTIVATIONS[name].f(z)).max() <= 8 * EPS  # values up to 5: an ulp of 5 is 4 eps


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_f_of_nan_is_nan(name):
    """inf - inf in the forward pass must not turn into an ordinary number."""
    assert np.isnan(ACTIVATIONS[name].f(np.array([np.nan]))[0])


def test_the_names():
    assert list(ACTIVATIONS) == ["tanh", "sigmoid", "relu", "identity", "softplus", "leaky_relu"]
    assert all(activation.name == name for name, activation in ACTIVATIONS.items())


def test_the_repr_holds_no_address():
    own = Activation("cube", lambda h_hat: h_hat**3, lambda h_hat: 3 * h_hat**2)
    for activation in (own, *ACTIVATIONS.values()):
        assert repr(activation) == f"Activation({activation.name!r})"
        assert not re.search("0x[0-9a-fA-F]", repr(activation))
