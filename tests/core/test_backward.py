"""Eqs. 7.4 to 7.9: every number of the backward pass against four judges that do not know its code."""

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bptt_core import Activation, Backward, Gradients, Net, Params, backward, gradients, step_terms
from tests.harness.judges import JUDGES, automatic, plain_loop
from tests.harness.nets import (
    ACTIVATIONS_TESTED,
    CASES,
    EPS32,
    KINKED,
    Case,
    all_arrays,
    assert_agree,
    make_case,
    of_name,
    rounding,
)

NUMBERS = ("dy_hat", "grad_dense", "dh", "delta", "df", "dW", "dU", "db", "dV", "dc", "dh_init", "dx")


def found_by(back):
    return {**all_arrays(back), "loss": back.loss}


@cache
def verdict(judge, name):
    return JUDGES[judge](CASES[name])


def assert_right(case, back, want, tolerance, floor=1e-30):
    """Every number of `back` as in `want`."""
    got = found_by(back)
    assert set(got) == {*NUMBERS, "loss"}
    assert type(back.loss) is float
    for what in got:
        assert_agree(what, got[what], want[what], tolerance, floor)


@pytest.mark.parametrize("judge", JUDGES)
@pytest.mark.parametrize("name", CASES)
def test_every_number(name, judge):
    case = CASES[name]
    back = backward(case.trace(), case.Y)
    if judge == "central_difference":
        # e^2 times a third derivative and eps L / e, each about 4e-11 for a short net; where forty steps make the third
        # derivative large, 2e-8. A difference knows its size only against that of the loss: so the floor is 1.
        assert_right(case, back, verdict(judge, name), 1e-7, floor=1)
    else:
        assert_right(case, back, verdict(judge, name), rounding(case))


@pytest.mark.parametrize("dense_activation", ACTIVATIONS_TESTED)
@pytest.mark.parametrize("activation", ACTIVATIONS_TESTED)
def test_every_pair_of_activations(activation, dense_activation):
    case = make_case(activation, 4, (2, 3, 2, 3), dense_activation=dense_activation, seed=2)
    want = automatic(case)
    assert np.abs(want["dW"]).max() > 1e-3
    assert_right(case, backward(case.trace(), case.Y), want, rounding(case))


# The terms of the sums


@pytest.mark.parametrize("judge", ["plain_loop", "automatic"])
@pytest.mark.parametrize("name", CASES)
def test_every_term_of_the_sums(name, judge):
    case = CASES[name]
    trace = case.trace()
    back = backward(trace, case.Y)
    terms, want = step_terms(trace, back), verdict(judge, name)
    assert isinstance(terms, Gradients)
    for what in "WUb":
        assert_agree(f"terms of d{what}", getattr(terms, "d" + what), want["terms_" + what], rounding(case))
    for what in ("dV", "dc"):
        got = getattr(terms, what)
        assert_agree(f"last term of {what}", got[-1], want[what], rounding(case))
        assert not got[:-1].any(), f"{what} is used once, at t = T"
    for what, total in back.grads._asdict().items():
        assert_agree(f"sum of the terms of {what}", getattr(terms, what).sum(axis=0), total, rounding(case))


def test_the_term_of_U_at_0_needs_a_state_before():
    for with_h_init in (True, False):
        case = make_case(with_h_init=with_h_init)
        trace = case.trace()
        term = step_terms(trace, backward(trace, case.Y)).dU[0]
        assert term.any() == with_h_init


def test_a_state_before_of_zeros_is_none():
    case = make_case(with_h_init=False)
    zeros = np.zeros((len(case.net.params.W), case.x.shape[2]))
    got = backward(case.but(h_init=zeros).trace(), case.Y)
    for what, array in found_by(backward(case.trace(), case.Y)).items():
        assert np.array_equal(array, found_by(got)[what]), what


def test_a_state_before_may_be_zero_for_some_units_and_sequences_only():
    case = make_case()
    h_init = case.h_init.copy()
    h_init[1:] = h_init[:, 1:] = 0
    case = case.but(h_init=h_init)
    assert_right(case, backward(case.trace(), case.Y), automatic(case), rounding(case))


# The sums over sequences


@pytest.mark.parametrize("activation", ACTIVATIONS_TESTED)
def test_sequences_add_up(activation):
    """N sequences at once: messages side by side, gradients and losses summed."""
    N = 5
    case = make_case(activation, sizes=(2, 3, 2, N), dense_activation="tanh")
    together = found_by(backward(case.trace(), case.Y))
    sums = dict.fromkeys(("loss", *Gradients._fields), 0)
    for n in range(N):
        one = case.but(x=case.x[:, :, [n]], Y=case.Y[:, [n]], h_init=case.h_init[:, [n]])
        alone = found_by(backward(one.trace(), one.Y))
        for what in ("grad_dense", "dh", "delta", "dh_init", "dx"):
            assert_agree(f"{what} of sequence {n}", together[what][..., [n]], alone[what], rounding(case))
        for what in sums:
            sums[what] = sums[what] + alone[what]
    for what, total in sums.items():
        assert_agree(what, together[what], total, rounding(case))


# Truncation


@pytest.mark.parametrize(
    ("activation", "steps", "k"),
    [
        (activation, steps, k)
        for steps, ks in ((1, (1,)), (2, (1, 2)), (3, (1, 2, 3)), (7, (1, 2, 4, 6, 7)), (40, (1, 13, 39, 40)))
        for activation in ("tanh", "leaky_relu", "sine")
        for k in ks
    ],
)
@pytest.mark.parametrize("with_h_init", [True, False])
def test_truncated_is_the_full_gradient_from_a_later_start(activation, steps, k, with_h_init):
    """What k means, without a word on backward passes: h^(T-k) is given, and the last k inputs are all there are."""
    case = make_case(activation, steps, (2, 3, 2, 3), dense_activation="tanh", with_h_init=with_h_init)
    trace = case.trace()
    first = steps - k
    later = case if first == 0 else case.but(x=case.x[first:], h_init=plain_loop(case)["h"][first - 1])
    back, want = backward(trace, case.Y, steps=k), automatic(later)

    for what in ("loss", "grad_dense", *Gradients._fields):
        assert_agree(what, found_by(back)[what], want[what], rounding(case))
    for what in ("dh", "delta", "dx"):
        array = getattr(back, what)
        assert_agree(what, array[first:], want[what], rounding(case))
        assert not array[:first].any(), f"{what} goes on after {k} steps"
    if first == 0:
        assert_agree("dh_init", back.dh_init, want["dh_init"], rounding(case))
    else:
        assert not back.dh_init.any()

    terms = step_terms(trace, back)
    for what in "WUb":
        array = getattr(terms, "d" + what)
        assert_agree(f"terms of d{what}", array[first:], want["terms_" + what], rounding(case))
        assert not array[:first].any()


@pytest.mark.parametrize("steps", [1, 2, 3, 7, 40])
def test_all_steps_is_no_truncation(steps):
    case = make_case("tanh", steps)
    full, every = (found_by(backward(case.trace(), case.Y, steps=k)) for k in (None, np.int64(steps)))
    for what, array in full.items():
        assert np.array_equal(array, every[what]), what


def test_each_further_step_changes_the_gradient():
    """Otherwise nothing above could tell one k from the next."""
    case = make_case("tanh", 7)
    dU = [backward(case.trace(), case.Y, steps=k).grads.dU for k in range(1, 8)]
    for shorter, longer in pairwise(dU):
        assert np.abs(longer - shorter).max() > 1e-4


# One call, and what it leaves alone


@pytest.mark.parametrize("k", [None, 3])
def test_gradients_is_forward_and_backward_in_one_call(k):
    case = make_case("sine", dense_activation="sigmoid")
    got = gradients(case.net, case.x, case.Y, steps=k, h_init=case.h_init)
    want = backward(case.trace(), case.Y, steps=k).grads
    assert isinstance(got, Gradients)
    for what in Gradients._fields:
        assert np.array_equal(getattr(got, what), getattr(want, what)), what


def test_gradients_has_the_defaults_of_forward():
    case = make_case("tanh", with_h_init=False)
    got, want = gradients(Net(case.net.params), case.x, case.Y), automatic(case)
    for what in Gradients._fields:
        assert_agree(what, getattr(got, what), want[what], rounding(case))


def test_order_and_shapes_of_the_gradients_are_those_of_the_parameters():
    case = make_case(sizes=(2, 3, 4, 5))
    got = gradients(case.net, case.x, case.Y)
    assert Gradients._fields == tuple("d" + name for name in Params._fields)
    assert [grad.shape for grad in got] == [weight.shape for weight in case.net.params]


def test_backward_leaves_the_trace_alone_and_repeats_itself():
    """A dh that is changed in place passes every test of one step."""
    case = make_case("sine", dense_activation="sine")
    trace = case.trace()
    before = {what: array.copy() for what, array in all_arrays(trace).items()}
    first = backward(trace, case.Y)
    kept = {what: array.copy() for what, array in all_arrays(first).items()}
    second = backward(trace, case.Y)
    step_terms(trace, first)
    for what, array in all_arrays(trace).items():
        assert np.array_equal(array, before[what]), what
    for what, array in all_arrays(first).items():
        assert np.array_equal(array, kept[what]), what
        assert np.array_equal(array, all_arrays(second)[what]), what
    assert isinstance(second, Backward)


def test_the_results_are_arrays_of_their_own():
    """Who writes into dh must not find grad_dense, or the trace, changed."""
    case = make_case("identity", with_h_init=True)
    trace = case.trace()
    back = backward(trace, case.Y)
    arrays = {**all_arrays(trace), **all_arrays(back)}
    made = ("h_hat", "h", "y_hat", "y", *NUMBERS)
    for i, one in enumerate(made):
        for other in made[i + 1 :]:
            assert not np.shares_memory(arrays[one], arrays[other]), (one, other)
        for given_array in (*case.net.params, case.x, case.Y, case.h_init):
            assert not np.shares_memory(arrays[one], given_array), one


def test_f_prime_is_kept_in_an_array_of_its_own():
    """A reader's df may hand back its argument, which is the trace's h_hat."""
    own = Activation("half a square", lambda h_hat: h_hat**2 / 2, lambda h_hat: h_hat)
    case = make_case("tanh", 3).but(activation=own)
    trace = case.trace()
    back = backward(trace, case.Y)
    assert np.array_equal(back.df, trace.h_hat)
    assert not np.shares_memory(back.df, trace.h_hat)


def test_the_derivative_of_the_readers_own_is_taken_at_its_word():
    """backward cannot know that f' is wrong. That is why the checks must not ask for it."""
    case = make_case("tanh")
    wrong = Activation("wrong by 1 %", np.tanh, lambda h_hat: 1.01 * (1 - np.tanh(h_hat) ** 2))
    back = backward(case.but(activation=wrong).trace(), case.Y)
    right = automatic(case)
    assert_agree("dh, T", back.dh[-1], right["dh"][-1], rounding(case))
    assert_agree("delta, T", back.delta[-1], 1.01 * right["delta"][-1], rounding(case))
    assert_agree("delta, T-1", back.delta[-2], 1.01**2 * right["delta"][-2], rounding(case))


# float32


def as_float32(case):
    """The case rounded to float32, and that same case in float64."""
    single = case.in_dtype(np.float32)
    return single, single.in_dtype(np.float64)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if len(case.x) <= 7])
def test_float32_in_float32_out(name):
    single, double = as_float32(CASES[name])
    trace = single.trace()
    back = backward(trace, single.Y)
    terms = step_terms(trace, back)
    for record in (trace, back, terms):
        for what, array in all_arrays(record).items():
            assert array.dtype == np.float32, f"{what} of {type(record).__name__} is {array.dtype}"
    want = plain_loop(double)
    for what in ("h_hat", "h", "y_hat", "y"):
        assert_agree(what, getattr(trace, what), want[what], rounding(single, EPS32))
    assert_right(single, back, want, rounding(single, EPS32))


@pytest.mark.parametrize("activation", ACTIVATIONS_TESTED)
@pytest.mark.parametrize("with_h_init", [True, False])
def test_float32_through_forty_steps(activation, with_h_init):
    single, double = as_float32(make_case(activation, 40, with_h_init=with_h_init))
    back = backward(single.trace(), single.Y)
    assert {array.dtype for array in all_arrays(back).values()} == {np.dtype(np.float32)}
    want = plain_loop(double)
    for what in ("dV", "dc", "grad_dense"):
        # forty steps of rounding at the end of a chain that may itself double an error
        assert_agree(what, found_by(back)[what], want[what], 10 * rounding(single, EPS32))


# Any shape, any value

# The same examples on each run, and nothing that a slow machine could fail.
REPEATABLE = settings(
    max_examples=150, derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
AT_MOST = {"T+1": 6, "n_x": 3, "n_h": 4, "n_y": 3, "N": 3}


@st.composite
def any_case(draw):
    steps, n_x, n_h, n_y, N = (draw(st.integers(1, high), label=name) for name, high in AT_MOST.items())

    def array(what, *shape, size=1):
        numbers = st.floats(-size, size, allow_subnormal=False)
        return draw(hnp.arrays(np.float64, shape, elements=numbers), label=what)

    params = Params(
        W=array("W", n_h, n_x),
        U=array("U", n_h, n_h, size=1 / n_h),  # no state grows out of the range of exp
        b=array("b", n_h, 1),
        V=array("V", n_y, n_h),
        c=array("c", n_y, 1),
    )
    h_init = array("h_init", n_h, N) if draw(st.booleans(), label="with h_init") else None
    activation, dense = (draw(st.sampled_from(ACTIVATIONS_TESTED), label=what) for what in ("f", "g"))
    net = Net(params, of_name(activation), of_name(dense))
    return Case(net, array("x", steps, n_x, N), array("Y", n_y, N), h_init)


def judged(case):
    """The plain loop's verdict, and how close to it rounding lets others come."""
    want = plain_loop(case)
    # either side of a kink has a slope of its own, and rounding must not choose between them
    for activation, before in ((case.net.activation, want["h_hat"]), (case.net.dense_activation, want["y_hat"])):
        assume(activation.name not in KINKED or np.abs(before).min() > 1e-9)
    # drawn numbers may cancel to nothing in a sum: rounding counts against what was added up, not against the sum
    size = 1 + max(np.abs(array).max() for array in want.values())
    assume(size < 1e3)
    return want, rounding(case) * size


@REPEATABLE
@given(case=any_case(), k=st.integers(1, 6))
def test_any_net_against_the_plain_loop(case, k):
    want, tolerance = judged(case)
    trace = case.trace()
    for what in ("h_hat", "h", "y_hat", "y"):
        assert_agree(what, getattr(trace, what), want[what], tolerance, floor=1)
    assert_right(case, backward(trace, case.Y), want, tolerance, floor=1)

    k = min(k, len(case.x))
    back = backward(trace, case.Y, steps=k)
    for what in Gradients._fields:
        kept = want["terms_" + what[1:]][-k:].sum(axis=0) if what[1:] in "WUb" else want[what]
        assert_agree(f"{what}, {k} steps", getattr(back.grads, what), kept, tolerance, floor=1)


@REPEATABLE
@given(case=any_case())
def test_any_net_against_autograd(case):
    _, tolerance = judged(case)
    assert_right(case, backward(case.trace(), case.Y), automatic(case), tolerance, floor=1)
