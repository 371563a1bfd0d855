"""Eq. 7.3: half the sum of squares over outputs and sequences."""

import numpy as np
import pytest

from bptt_core import mse_loss, mse_loss_derivative
from tests.harness.nets import EPS

RNG = np.random.default_rng(7)
SHAPES = [(1, 1), (1, 5), (4, 1), (3, 6)]


def _by_hand(y, Y):
    total = 0.0
    for k in range(len(y)):
        for n in range(len(y[0])):
            total += (y[k][n] - Y[k][n]) * (y[k][n] - Y[k][n]) / 2
    return total


def test_numbers_worked_by_hand():
    """(1^2 + 2^2 + 3^2 + 4^2) / 2, and no mean over anything."""
    assert mse_loss([[1.0, 2.0], [3.0, 4.0]], [[0.0, 0.0], [0.0, 0.0]]) == 15
    assert mse_loss_derivative([[1.0, 2.0]], [[0.5, 4.0]]).tolist() == [[0.5, -2.0]]


@pytest.mark.parametrize("shape", SHAPES)
def test_loss_against_a_plain_loop(shape):
    y, Y = RNG.normal(size=(2, *shape))
    loss = mse_loss(y, Y)
    assert type(loss) is float
    # a sum of positive terms: a rounding for each of them, and 3 for each square
    assert loss == pytest.approx(_by_hand(y, Y), rel=EPS * (y.size + 3), abs=0)


@pytest.mark.parametrize("shape", SHAPES)
def test_derivative_against_the_complex_step(shape):
    y, Y = RNG.normal(size=(2, *shape))
    want = np.empty(shape)
    for entry in np.ndindex(shape):
        moved = y.astype(complex)
        moved[entry] += 1e-30j
        want[entry] = _by_hand(moved, Y).imag / 1e-30
    got = mse_loss_derivative(y, Y)
    assert got.shape == shape
    assert np.abs(got - want).max() <= 2 * EPS * np.abs(want).max()  # one difference, one product


def test_derivative_against_central_differences():
    """The loss is a parabola in each y: a central difference of any step is exact but for rounding."""
    y, Y = RNG.normal(size=(2, 2, 3))
    got = mse_loss_derivative(y, Y)
    for entry in np.ndindex(y.shape):
        step = np.zeros_like(y)
        step[entry] = 0.5
        want = mse_loss(y + step, Y) - mse_loss(y - step, Y)
        assert abs(got[entry] - want) <= 16 * EPS * mse_loss(y, Y)  # two sums of 6 squares, subtracted


def test_dtype_of_the_derivative():
    y, Y = RNG.normal(size=(2, 2, 3)).astype(np.float32)
    assert mse_loss_derivative(y, Y).dtype == np.float32
    assert mse_loss_derivative(y, Y.astype(np.float64)).dtype == np.float64
    assert mse_loss_derivative([[1, 2]], [[3, 4]]).dtype == np.float64
    assert type(mse_loss(y, Y)) is float


def test_integers_do_not_wrap_round():
    """200 - 255 in unsigned bytes would be 201, and its square would wrap again."""
    y, Y = np.array([[200]], dtype=np.uint8), np.array([[255]], dtype=np.uint8)
    assert mse_loss(y, Y) == 55**2 / 2
    assert mse_loss_derivative(y, Y).tolist() == [[-55.0]]


def test_inputs_are_not_changed_and_not_handed_back():
    y, Y = RNG.normal(size=(2, 2, 3))
    copies = y.copy(), Y.copy()
    y.flags.writeable = Y.flags.writeable = False
    derivative = mse_loss_derivative(y, Y)
    mse_loss(y, Y)
    assert np.array_equal(y, copies[0])
    assert np.array_equal(Y, copies[1])
    assert not np.shares_memory(derivative, y)


def test_a_loss_too_large_for_a_float_is_inf():
    assert mse_loss([[1e200]], [[-1e200]]) == np.inf
    assert mse_loss(np.full((1, 1), 1e30, dtype=np.float32), np.zeros((1, 1), dtype=np.float32)) == np.inf


def test_a_derivative_too_large_for_a_float_is_inf():
    assert mse_loss_derivative([[1.5e308]], [[-1.5e308]])[0, 0] == np.inf
