"""The instruments first: nets that would show a mistake, a comparison that can fail, and judges that agree."""

import numpy as np
import pytest

from bptt_core import ACTIVATIONS
from tests.harness.judges import automatic, plain_loop
from tests.harness.nets import CASES, LENGTHS, assert_agree, make_case, relative_error, rounding, weakness


@pytest.mark.parametrize("name", CASES)
def test_a_net_hides_no_mistake(name):
    assert weakness(CASES[name]) == ""


GOOD, KINK = make_case("tanh", 7), make_case("leaky_relu", 2)


def with_a(**does):
    """GOOD with another matrix, such as U=lambda U: 2 * U."""
    params = GOOD.net.params
    return GOOD.but(params=params._replace(**{name: make(getattr(params, name)) for name, make in does.items()}))


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (GOOD.but(x=GOOD.x * [1, 1, 1, 0]), "a zero"),
        (with_a(U=lambda U: U + U.T), "asymmetry"),
        (with_a(U=lambda U: 1000 * U), "overflows"),
        (GOOD.but(Y=GOOD.trace().y + 0.01), "near 0"),
        (KINK.but(params=KINK.net.params._replace(b=KINK.net.params.b - KINK.trace().h_hat[0, :, :1])), "kink"),
        (with_a(W=lambda W: 10 * W), "saturated"),
        (with_a(U=lambda U: U / 4).but(x=np.tile(GOOD.x, (5, 1, 1))), "gone"),
        (GOOD.but(Y=GOOD.trace().y + 100), "exploded"),
    ],
)
def test_what_hides_a_mistake_is_found(case, said):
    assert weakness(GOOD) == ""
    assert said in weakness(case)


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
