"""The instruments first: nets that would show a mistake, a comparison that can fail, and judges that agree."""

import numpy as np
import pytest

from bptt_core import ACTIVATIONS
from tests.harness.judges import automatic, plain_loop
from tests.harness.nets import CASES, KINKED, LENGTHS, assert_agree, relative_error, rounding


@pytest.mark.parametrize("name", CASES)
def test_a_net_hides_no_mistake(name):
    case = CASES[name]
    W, U, b, V, c = case.net.params
    found = plain_loop(case)

    for array in (W, U, b, V, c, case.x, case.Y):
        assert np.abs(array).min() > 0.05, "a zero, or nearly, hides what it is multiplied with"
    assert np.abs(found["y"] - case.Y).min() > 0.05, "a loss near 0 hides its gradient in rounding"
    if len(U) > 1:  # U is square: only its asymmetry tells U from its transpose
        assert np.abs(U - U.T).max() > 0.3 * np.abs(U).max()
    if case.net.activation.name in KINKED:  # central differences move h_hat by 6e-6 times a factor of at most about 10
        assert np.abs(found["h_hat"]).min() > 1e-3
    assert np.abs(found["h_hat"]).max() < 6, "a saturated unit passes nothing on"
    per_step = np.abs(found["delta"]).max(axis=(1, 2))
    assert 1e-6 < per_step.min() <= per_step.max() < 10, "neither gone at t = 0 nor exploded"


def test_the_nets_cover_what_they_should():
    cases = list(CASES.values())
    for activation in (*ACTIVATIONS, "sine"):
        assert {len(case.x) for case in cases if case.net.activation.name == activation} >= set(LENGTHS)
    for steps in LENGTHS:
        those = [case for case in cases if len(case.x) == steps]
        assert {case.h_init is None for case in those} == {True, False}
        for size_of in (lambda case: case.x.shape[1], lambda case: case.x.shape[2], lambda case: len(case.Y)):
            sizes = {size_of(case) for case in those}
            assert min(sizes) == 1, "n_x, N, n_y of one"
            assert max(sizes) > 1, "n_x, N, n_y of more than one"


@pytest.mark.parametrize("name", CASES)
def test_plain_loop_and_autograd_agree(name):
    """Two judges that share no line of their backward passes."""
    case = CASES[name]
    loop, auto = plain_loop(case), automatic(case)
    for what in auto:
        assert_agree(what, auto[what], loop[what], rounding(case))


def test_a_nan_is_never_close():
    one = np.ones((2, 2))
    got = one.copy()
    got[1, 0] = np.nan
    assert not relative_error(got, one) <= 1e300
    with pytest.raises(AssertionError, match="off by nan"):
        assert_agree("dW", got, one, 1e300)


def test_a_number_in_place_of_a_zero_is_never_close():
    """0/0 is 0 under the floor, and anything else over 0 is large."""
    zero = np.zeros((3, 2, 2))
    assert relative_error(zero, zero) == 0
    got = zero.copy()
    got[1, 0, 1] = 1e-20
    assert relative_error(got, zero) > 1


def test_a_small_step_is_not_measured_by_a_large_one():
    """Gradients may shrink by many powers of ten over the steps; an error in the smallest one still counts."""
    want = np.array([[[1.0]], [[1e-12]]])
    got = np.array([[[1.0]], [[1.1e-12]]])
    assert relative_error(got, want) == pytest.approx(0.1)


def test_broadcasting_is_never_close():
    with pytest.raises(AssertionError, match=r"db has shape \(3,\), not \(3, 1\)"):
        assert_agree("db", np.ones(3), np.ones((3, 1)), 1)
