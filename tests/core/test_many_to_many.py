"""outputs="all": an answer, and a target, at each step.

The judge needs no code of its own. The loss is a sum over the steps s, and its part s is the loss of a many-to-one net
that reads x^(0) ... x^(s). So everything is a sum of what the judges of many-to-one say of T+1 shorter nets.
"""

from functools import partial

import numpy as np
import pytest

from bptt_core import Gradients, Net, backward, gradients, mse_loss, numerical_gradients, step_terms, untied_terms
from tests.harness.judges import automatic, plain_loop
from tests.harness.nets import ACTIVATIONS_TESTED, KINKED, all_arrays, assert_agree, make_case, rounding

LENGTHS = (1, 2, 3, 7)
AT_EACH = ("y_hat", "y", "dy_hat", "grad_dense")  # one of the many-to-one nets each
SUMMED = ("dh", "delta", "dx", "terms_W", "terms_U", "terms_b")  # over the nets that reach that step
TOTAL = ("loss", "dh_init", *Gradients._fields)


def each_answers(activation, steps, **options):
    """A net that answers at each of its steps, with targets for them."""
    case = make_case(activation, steps, (2, 3, 2, 3), **options)
    rng = np.random.default_rng([steps, 7])
    return case.but(outputs="all", Y=rng.uniform(-1, 1, (steps, *case.Y.shape)))


def shorter(case, s):
    """The many-to-one net that reads x^(0) ... x^(s)."""
    return case.but(outputs="last", x=case.x[: s + 1], Y=case.Y[s])


def summed(judge, case):
    """What the judge says of the T+1 many-to-one nets, put together."""
    steps = range(len(case.x))
    found = [judge(shorter(case, s)) for s in steps]
    want = {what: np.array([one[what] for one in found]) for what in AT_EACH if what in found[0]}
    want |= {what: sum(one[what] for one in found) for what in TOTAL}
    for what in SUMMED:
        want[what] = np.zeros((len(steps), *found[0][what].shape[1:]))
        for s, one in enumerate(found):
            want[what][: s + 1] += one[what]
    return want


@pytest.mark.parametrize("judge", [plain_loop, automatic])
@pytest.mark.parametrize("steps", LENGTHS)
@pytest.mark.parametrize("activation", ACTIVATIONS_TESTED)
@pytest.mark.parametrize("with_h_init", [True, False])
def test_every_number(activation, steps, judge, with_h_init):
    case = each_answers(activation, steps, dense_activation="tanh", with_h_init=with_h_init)
    trace = case.trace()
    back = backward(trace, case.Y)
    want = summed(judge, case)
    got = {**all_arrays(trace), **all_arrays(back), "loss": back.loss}
    got |= {"terms_" + what[1:]: terms for what, terms in step_terms(trace, back)._asdict().items()}
    for what, array in want.items():
        # the sum over s has T+1 terms more
        assert_agree(what, got[what], array, steps * rounding(case), floor=1e-12)
    assert mse_loss(trace.y, case.Y) == back.loss


@pytest.mark.parametrize("steps", LENGTHS)
def test_the_terms_add_up(steps):
    case = each_answers("tanh", steps, dense_activation="sigmoid")
    trace = case.trace()
    back = backward(trace, case.Y)
    for what, terms in step_terms(trace, back)._asdict().items():
        assert terms.shape == (steps, *getattr(back.grads, what).shape)
        assert_agree(what, terms.sum(axis=0), getattr(back.grads, what), rounding(case))


@pytest.mark.parametrize("activation", ACTIVATIONS_TESTED)
def test_the_witnesses_agree(activation):
    case = each_answers(activation, 4, dense_activation="tanh")
    trace = case.trace()
    back = backward(trace, case.Y)
    terms = step_terms(trace, back)
    for method, tolerance in (("central", 1e-7), ("complex", rounding(case))):
        found = numerical_gradients(case.net, case.x, case.Y, method=method, h_init=case.h_init)
        for what, grad in found._asdict().items():
            assert_agree(f"{what}, {method}", grad, getattr(back.grads, what), tolerance, floor=1)
    for what, untied in untied_terms(case.net, case.x, case.Y, h_init=case.h_init)._asdict().items():
        assert_agree(f"terms of {what}", untied, getattr(terms, what), rounding(case), floor=1)


@pytest.mark.parametrize("k", [1, 2, 4, 6, 7])
def test_truncated_is_the_full_gradient_from_a_later_start(k):
    """The last k inputs and their answers are all there are, and h^(T-k) is given."""
    case = each_answers("tanh", 7, dense_activation="tanh")
    trace = case.trace()
    first = 7 - k
    back = backward(trace, case.Y, steps=k)
    later = case if first == 0 else case.but(x=case.x[first:], h_init=trace.h[first - 1])
    want = backward(later.trace(), case.Y[first:])
    for what in Gradients._fields:
        assert_agree(what, getattr(back.grads, what), getattr(want.grads, what), rounding(case))
    for what in ("dh", "delta", "dx", "dy_hat", "grad_dense"):
        array = getattr(back, what)
        assert_agree(what, array[first:], getattr(want, what), rounding(case))
        assert not array[:first].any(), what
    assert back.loss == mse_loss(trace.y, case.Y), "the loss counts every answer, however far the message goes"


def test_one_step_is_the_same_either_way():
    case = each_answers("tanh", 1)
    last = shorter(case, 0)
    one, all_ = gradients(last.net, last.x, last.Y), gradients(case.net, case.x, case.Y)
    for what in Gradients._fields:
        assert_agree(what, getattr(all_, what), getattr(one, what), rounding(case))


def test_only_the_last_answer_off_is_many_to_one():
    """Where all other targets are met, only the last step sends a message."""
    case = each_answers("tanh", 5)
    last = shorter(case, 4)
    Y = case.trace().y.copy()
    Y[-1] = last.Y
    one, all_ = backward(last.trace(), last.Y), backward(case.trace(), Y)
    for what in ("dh", "delta", "dx", "dh_init"):
        assert_agree(what, getattr(all_, what), getattr(one, what), rounding(case), floor=1e-12)


def test_float32_stays_float32():
    case = each_answers("tanh", 4).in_dtype(np.float32)
    trace = case.trace()
    back = backward(trace, case.Y)
    assert {array.dtype for array in (*all_arrays(trace).values(), *all_arrays(back).values())} == {np.dtype("f4")}


@pytest.mark.parametrize("shape", [(2, 3), (4, 2, 3), (5, 2, 4), (5, 1, 3), (5, 2, 3, 1)])
def test_a_wrong_shape_of_the_targets(shape):
    case = each_answers("tanh", 5)
    with pytest.raises(ValueError, match=r"Y must have shape \(T\+1, n_y, N\) with T\+1 = 5 \(from x\)"):
        backward(case.trace(), np.zeros(shape))


@pytest.mark.parametrize(
    ("outputs", "error"), [("every", ValueError), ("", ValueError), (None, TypeError), (1, TypeError)]
)
def test_unknown_outputs(outputs, error):
    case = each_answers("tanh", 5)
    for make in (partial(Net, case.net.params), case.net._replace):
        with pytest.raises(error, match="outputs must be one of last, all; got"):
            make(outputs=outputs)


def test_answers_before_an_overflow_stay_finite():
    """identity with a large U: from some step on nothing fits a float."""
    case = each_answers("identity", 7)
    U = np.array([[1e200, -1e200, 0], [1e200, 1e200, 0], [0, 0, 1e200]])
    trace = case.but(params=case.net.params._replace(U=U)).trace()
    finite = np.isfinite(trace.y).all(axis=(1, 2))
    assert finite[0]
    assert not finite[-1]
    assert not np.isnan(trace.y).any()
    assert (np.diff(finite.astype(int)) <= 0).all(), "what was lost does not come back"
    assert not np.isnan(backward(trace, case.Y).dh).any()


def test_the_nets_say_something():
    """No message is so small that a wrong one would pass as rounding."""
    for activation in ACTIVATIONS_TESTED:
        case = each_answers(activation, 7)
        dh = backward(case.trace(), case.Y).dh
        assert np.abs(dh).max(axis=(1, 2)).min() > 1e-3 or activation in KINKED
