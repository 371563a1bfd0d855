"""outputs="all": an answer, and a target, at each step.

The judge needs no code of its own. The loss is a sum over the steps s, and its part s is the loss of a many-to-one net
that reads x^(0) ... x^(s). So everything is a sum of what the judges of many-to-one say of T+1 shorter nets.
"""

import numpy as np
import pytest
from judges import automatic, plain_loop
from nets import ACTIVATIONS_TESTED, KINKED, all_arrays, assert_agree, make_net, rounding

from bptt_core import Gradients, backward, forward, gradients, mse_loss, numerical_gradients, step_terms, untied_terms

LENGTHS = (1, 2, 3, 7)
AT_EACH = ("y_hat", "y", "dy_hat", "grad_dense")  # one of the many-to-one nets each
SUMMED = ("dh", "delta", "dx", "terms_W", "terms_U", "terms_b")  # over the nets that reach that step
TOTAL = ("loss", "dh_init", *Gradients._fields)


def each_answers(activation, steps, **options):
    """A net, and targets for each of its steps."""
    net = make_net(activation, steps, (2, 3, 2, 3), **options)
    rng = np.random.default_rng([steps, 7])
    return net, rng.uniform(-1, 1, (steps, *net.Y.shape))


def shorter(net, Y, s):
    """The many-to-one net that reads x^(0) ... x^(s)."""
    return net._replace(x=net.x[: s + 1], Y=Y[s])


def summed(judge, net, Y):
    """What the judge says of the T+1 many-to-one nets, put together."""
    found = [judge(shorter(net, Y, s)) for s in range(len(Y))]
    want = {what: np.array([one[what] for one in found]) for what in AT_EACH if what in found[0]}
    want |= {what: sum(one[what] for one in found) for what in TOTAL}
    for what in SUMMED:
        want[what] = np.zeros((len(Y), *found[0][what].shape[1:]))
        for s, one in enumerate(found):
            want[what][: s + 1] += one[what]
    return want


def trace_of(net):
    return forward(net.params, net.x, outputs="all", **net.options)


@pytest.mark.parametrize("judge", [plain_loop, automatic])
@pytest.mark.parametrize("steps", LENGTHS)
@pytest.mark.parametrize("activation", ACTIVATIONS_TESTED)
@pytest.mark.parametrize("with_h_init", [True, False])
def test_every_number(activation, steps, judge, with_h_init):
    net, Y = each_answers(activation, steps, dense_activation="tanh", with_h_init=with_h_init)
    trace = trace_of(net)
    back = backward(trace, Y)
    want = summed(judge, net, Y)
    got = {**all_arrays(trace), **all_arrays(back), "loss": back.loss}
    got |= {"terms_" + what[1:]: terms for what, terms in step_terms(trace, back)._asdict().items()}
    for what, array in want.items():
        # the sum over s has T+1 terms more
        assert_agree(what, got[what], array, steps * rounding(net), floor=1e-12)
    assert mse_loss(trace.y, Y) == back.loss


@pytest.mark.parametrize("steps", LENGTHS)
def test_the_terms_add_up(steps):
    net, Y = each_answers("tanh", steps, dense_activation="sigmoid")
    trace = trace_of(net)
    back = backward(trace, Y)
    for what, terms in step_terms(trace, back)._asdict().items():
        assert terms.shape == (steps, *getattr(back.grads, what).shape)
        assert_agree(what, terms.sum(axis=0), getattr(back.grads, what), rounding(net))


@pytest.mark.parametrize("activation", ACTIVATIONS_TESTED)
def test_the_witnesses_agree(activation):
    net, Y = each_answers(activation, 4, dense_activation="tanh")
    trace = trace_of(net)
    back = backward(trace, Y)
    options = {"outputs": "all", **net.options}
    terms = step_terms(trace, back)
    for method, tolerance in (("central", 1e-7), ("complex", rounding(net))):
        found = numerical_gradients(net.params, net.x, Y, method=method, **options)
        for what, grad in found._asdict().items():
            assert_agree(f"{what}, {method}", grad, getattr(back.grads, what), tolerance, floor=1)
    for what, untied in untied_terms(net.params, net.x, Y, **options)._asdict().items():
        assert_agree(f"terms of {what}", untied, getattr(terms, what), rounding(net), floor=1)


@pytest.mark.parametrize("k", [1, 2, 4, 6, 7])
def test_truncated_is_the_full_gradient_from_a_later_start(k):
    """The last k inputs and their answers are all there are, and h^(T-k) is given."""
    net, Y = each_answers("tanh", 7, dense_activation="tanh")
    trace = trace_of(net)
    first = 7 - k
    back = backward(trace, Y, steps=k)
    later = net if first == 0 else net._replace(x=net.x[first:], h_init=trace.h[first - 1])
    want = backward(trace_of(later), Y[first:])
    for what in Gradients._fields:
        assert_agree(what, getattr(back.grads, what), getattr(want.grads, what), rounding(net))
    for what in ("dh", "delta", "dx", "dy_hat", "grad_dense"):
        array = getattr(back, what)
        assert_agree(what, array[first:], getattr(want, what), rounding(net))
        assert not array[:first].any(), what
    assert back.loss == mse_loss(trace.y, Y), "the loss counts every answer, however far the message goes"


def test_one_step_is_the_same_either_way():
    net, Y = each_answers("tanh", 1)
    one, all_ = gradients(net.params, net.x, Y[0]), gradients(net.params, net.x, Y, outputs="all")
    for what in Gradients._fields:
        assert_agree(what, getattr(all_, what), getattr(one, what), rounding(net))


def test_only_the_last_answer_off_is_many_to_one():
    """Where all other targets are met, only the last step sends a message."""
    net, _ = each_answers("tanh", 5)
    Y = trace_of(net).y.copy()
    Y[-1] = net.Y
    one, all_ = backward(net.trace(), net.Y), backward(trace_of(net), Y)
    for what in ("dh", "delta", "dx", "dh_init"):
        assert_agree(what, getattr(all_, what), getattr(one, what), rounding(net), floor=1e-12)


def test_float32_stays_float32():
    net, Y = each_answers("tanh", 4)
    params = type(net.params)(*(weight.astype(np.float32) for weight in net.params))
    trace = forward(params, net.x.astype(np.float32), outputs="all")
    back = backward(trace, Y.astype(np.float32))
    assert {array.dtype for array in (*all_arrays(trace).values(), *all_arrays(back).values())} == {np.dtype("f4")}


@pytest.mark.parametrize("shape", [(2, 3), (4, 2, 3), (5, 2, 4), (5, 1, 3), (5, 2, 3, 1)])
def test_a_wrong_shape_of_the_targets(shape):
    net, _ = each_answers("tanh", 5)
    with pytest.raises(ValueError, match=r"Y must have shape \(T\+1, n_y, N\) with T\+1 = 5 \(from x\)"):
        backward(trace_of(net), np.zeros(shape))


@pytest.mark.parametrize(
    ("outputs", "error"), [("every", ValueError), ("", ValueError), (None, TypeError), (1, TypeError)]
)
def test_unknown_outputs(outputs, error):
    net, Y = each_answers("tanh", 5)
    for function in (gradients, numerical_gradients, untied_terms):
        with pytest.raises(error, match="outputs must be one of last, all; got"):
            function(net.params, net.x, Y, outputs=outputs)


def test_answers_before_an_overflow_stay_finite():
    """identity with a large U: from some step on nothing fits a float."""
    net, Y = each_answers("identity", 7)
    params = net.params._replace(U=np.array([[1e200, -1e200, 0], [1e200, 1e200, 0], [0, 0, 1e200]]))
    trace = forward(params, net.x, activation="identity", outputs="all")
    finite = np.isfinite(trace.y).all(axis=(1, 2))
    assert finite[0]
    assert not finite[-1]
    assert not np.isnan(trace.y).any()
    assert (np.diff(finite.astype(int)) <= 0).all(), "what was lost does not come back"
    assert not np.isnan(backward(trace, Y).dh).any()


def test_the_nets_say_something():
    """No message is so small that a wrong one would pass as rounding."""
    for activation in ACTIVATIONS_TESTED:
        net, Y = each_answers(activation, 7)
        dh = backward(trace_of(net), Y).dh
        assert np.abs(dh).max(axis=(1, 2)).min() > 1e-3 or activation in KINKED
