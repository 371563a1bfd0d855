"""Descent: each update is what its formula says, and a run ends as it should."""

import math
import re
import sys
import warnings

import numpy as np
import pytest

from bptt_core import (
    Activation,
    Gradients,
    Net,
    Params,
    forward,
    gradients,
    init_params,
    loss_and_gradients,
    mse_loss,
)
from bptt_lab.train import clip_by_global_norm, fit, fitting, global_norm
from bptt_lab.train.descent import OPTIMIZERS, Descent
from tests.harness.interrupts import at_each_instruction, traces_instructions
from tests.harness.nets import EPS, assert_agree, make_case

CASE = make_case("tanh", 5, (2, 3, 2, 7), with_h_init=False)


def learn(*, Y=None, epochs=5, learning_rate=0.01, **options):
    """What fit makes of that case; activation, dense_activation and outputs are those of its net."""
    of_net = {name: options.pop(name) for name in Net._fields if name in options}
    net, Y = CASE.net._replace(**of_net), CASE.Y if Y is None else Y
    return fit(net, CASE.x, Y, epochs=epochs, learning_rate=learning_rate, **options)


def assert_same_params(got, want, tolerance=64 * EPS):
    assert isinstance(got, Params)
    for name, weight in got._asdict().items():
        assert_agree(name, weight, getattr(want, name), tolerance, floor=1)


def flat(arrays):
    return np.concatenate([np.ravel(array) for array in arrays])


# Plain descent


def test_plain_descent_by_hand():
    net, losses = CASE.net, []
    for _ in range(5):
        grads = gradients(net, CASE.x, CASE.Y)
        losses.append(mse_loss(forward(net, CASE.x).y, CASE.Y))
        net = Net(Params(*(weight - 0.01 * grad for weight, grad in zip(net.params, grads, strict=True))))
    found = learn(optimizer="sgd")
    assert_same_params(found.net.params, net.params)
    assert np.allclose(found.history.loss, losses, rtol=1e-12, atol=0)
    assert found.history.epoch.tolist() == [0, 1, 2, 3, 4]
    assert found.stopped == ""


def test_the_options_of_the_pass_reach_it():
    Y = np.broadcast_to(CASE.Y, (5, *CASE.Y.shape))
    for of_net, steps, target in (
        ({"activation": "relu"}, None, CASE.Y),
        ({"dense_activation": "tanh"}, None, CASE.Y),
        ({}, 2, CASE.Y),
        ({"outputs": "all"}, None, Y),
    ):
        net = CASE.net._replace(**of_net)
        loss, grads = loss_and_gradients(net, CASE.x, target, steps=steps)
        want = Params(*(weight - 0.01 * grad for weight, grad in zip(net.params, grads, strict=True)))
        found = fit(net, CASE.x, target, epochs=1, learning_rate=0.01, optimizer="sgd", steps=steps)
        assert_same_params(found.net.params, want)
        assert found.net[1:] == net[1:]
        assert found.history.loss[0] == pytest.approx(loss, rel=1e-12)


# Adam


def test_adam_by_hand():
    """One number at a time, as the paper's algorithm 1 has it."""
    params = CASE.net.params
    m, v = [0.0] * flat(params).size, [0.0] * flat(params).size
    for update in range(1, 6):
        grads = flat(gradients(Net(params), CASE.x, CASE.Y))
        weights = flat(params).tolist()
        for i, g in enumerate(grads):
            m[i] = 0.9 * m[i] + (1 - 0.9) * g
            v[i] = 0.999 * v[i] + (1 - 0.999) * g * g
            m_hat, v_hat = m[i] / (1 - 0.9**update), v[i] / (1 - 0.999**update)
            weights[i] -= 0.01 * m_hat / (math.sqrt(v_hat) + 1e-8)
        ends = np.cumsum([weight.size for weight in params])[:-1]
        params = Params(
            *(part.reshape(weight.shape) for part, weight in zip(np.split(weights, ends), params, strict=True))
        )
    # 1 - 0.999 differs from 0.001 by 1e-16, a thirteenth of its digits
    assert_same_params(learn().net.params, params, tolerance=1e-12)


def test_the_first_step_of_adam_is_the_learning_rate():
    """Whatever the size of the gradient: m / sqrt(v) is its sign, but for the 1e-8."""
    one = learn(epochs=1, learning_rate=0.125).net.params
    grads = gradients(CASE.net, CASE.x, CASE.Y)
    for after, before, grad in zip(one, CASE.net.params, grads, strict=True):
        assert np.allclose(before - after, 0.125 * grad / (np.abs(grad) + 1e-8), rtol=1e-12, atol=0)


# Clipping


def test_the_global_norm_counts_every_entry():
    grads = gradients(CASE.net, CASE.x, CASE.Y)
    assert global_norm(grads) == pytest.approx(math.sqrt(sum(g * g for g in flat(grads))), rel=1e-14)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.999])
def test_clipping_keeps_the_direction(share):
    grads = gradients(CASE.net, CASE.x, CASE.Y)
    clipped = clip_by_global_norm(grads, share * global_norm(grads))
    assert isinstance(clipped, Gradients)
    for got, grad in zip(clipped, grads, strict=True):
        assert np.allclose(got, share * grad, rtol=1e-14, atol=0)


@pytest.mark.parametrize("times", [1, 1.001, 1e9])
def test_what_is_short_enough_is_left_alone(times):
    grads = gradients(CASE.net, CASE.x, CASE.Y)
    clipped = clip_by_global_norm(grads, times * global_norm(grads))
    assert all(map(np.array_equal, clipped, grads))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("share", [1e-30, 1e-15, 1e15, 1e30])
def test_a_norm_whose_square_fits_no_float(dtype, share):
    """In float64 the squares of 1e200 do not fit, in float32 those of 1e30."""
    share = share**6.5 if dtype is np.float64 else share
    grads = Gradients(*(grad.astype(dtype) for grad in gradients(CASE.net, CASE.x, CASE.Y)))
    scaled = Gradients(*(grad * dtype(share) for grad in grads))
    assert global_norm(scaled) == pytest.approx(share * global_norm(grads), rel=64 * float(np.finfo(dtype).eps))
    clipped = clip_by_global_norm(scaled, global_norm(scaled) / 2)
    for got, grad in zip(clipped, scaled, strict=True):
        assert np.allclose(got, grad / 2, rtol=64 * np.finfo(dtype).eps, atol=0)


def test_norms_at_the_ends():
    grads = gradients(CASE.net, CASE.x, CASE.Y)
    assert global_norm(Gradients(*map(np.zeros_like, grads))) == 0
    endless = grads._replace(dU=np.full_like(grads.dU, np.inf))
    assert global_norm(endless) == np.inf
    with pytest.raises(ValueError, match=r"grads must be finite, .* their norm is inf"):
        clip_by_global_norm(endless, 1.0)
    with pytest.raises(TypeError, match=r"^grads must be Gradients"):
        global_norm(CASE.net.params)


def test_history_says_what_was_clipped():
    norms = learn(optimizer="sgd", learning_rate=1e-12).history.grad_norm  # hardly moves: all norms alike
    for clip_norm, clipped in ((0.5 * norms.min(), True), (2 * norms.max(), False), (None, False)):
        found = learn(optimizer="sgd", learning_rate=1e-12, clip_norm=clip_norm).history
        assert found.clipped.tolist() == [clipped] * 5
        assert found.clipped.dtype == bool
        assert np.allclose(found.grad_norm, norms, rtol=1e-6)  # before clipping


def test_no_step_of_descent_is_longer_than_the_clipped_gradient():
    steps = []
    before = CASE.net.params

    def told(epoch):
        nonlocal before
        steps.append(np.linalg.norm(flat(epoch.net.params) - flat(before)))
        before = epoch.net.params

    learn(optimizer="sgd", learning_rate=0.5, clip_norm=0.01, callback=told)
    assert np.allclose(steps, 0.5 * 0.01, rtol=1e-9)


# Batches and seeds


@pytest.mark.parametrize("batch_size", [1, 2, 3, 6, 7])
def test_every_sequence_has_its_turn_in_every_epoch(batch_size):
    """With a rate so small that nothing moves, the losses of an epoch add up to that of all sequences."""
    found = learn(batch_size=batch_size, learning_rate=1e-14, optimizer="sgd").history
    updates = -(-7 // batch_size)
    assert found.epoch.tolist() == [epoch for epoch in range(5) for _ in range(updates)]
    whole = mse_loss(forward(CASE.net, CASE.x).y, CASE.Y)
    assert np.allclose(found.loss.reshape(5, updates).sum(axis=1), whole, rtol=1e-9)


def test_each_epoch_has_an_order_of_its_own():
    found = learn(batch_size=1, learning_rate=1e-14, optimizer="sgd").history.loss.reshape(5, 7)
    assert len({tuple(np.round(losses, 9)) for losses in found}) == 5


def test_the_same_seed_gives_the_same_net():
    one, same, other = (learn(batch_size=2, seed=seed) for seed in (3, 3, 4))
    assert all(map(np.array_equal, one.net.params, same.net.params))
    assert all(map(np.array_equal, one.history, same.history))
    assert not all(map(np.array_equal, one.net.params, other.net.params))


def test_all_sequences_at_once_need_no_order():
    one, other = learn(seed=1), learn(seed=2, batch_size=7)
    assert all(map(np.array_equal, one.net.params, other.net.params))


def test_seeds_leave_numpy_s_own_alone():
    np.random.seed(0)  # noqa: NPY002
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    learn(batch_size=2)
    assert np.array_equal(before, np.random.get_state()[1])  # noqa: NPY002


# What comes in, and what goes out


def test_no_epochs_is_no_change():
    found = learn(epochs=0)
    assert all(map(np.array_equal, found.net.params, CASE.net.params))
    assert [entry.shape for entry in found.history] == [(0,)] * 4


def test_inputs_and_starting_parameters_are_not_changed():
    arrays = (*CASE.net.params, CASE.x, CASE.Y)
    before = [array.copy() for array in arrays]
    learn(batch_size=2, clip_norm=0.1)
    assert all(map(np.array_equal, arrays, before))


def test_float32_stays_float32():
    single = CASE.in_dtype(np.float32)
    for optimizer in ("adam", "sgd"):
        found = fit(*single[:3], epochs=3, learning_rate=0.01, optimizer=optimizer, clip_norm=0.1)
        assert {weight.dtype for weight in found.net.params} == {np.dtype("f4")}


def test_the_callback_is_told_each_epoch():
    told = []
    found = learn(batch_size=3, clip_norm=1e-3, callback=told.append)
    assert [epoch.epoch for epoch in told] == [0, 1, 2, 3, 4]
    history = found.history
    for epoch in told:
        mine = history.epoch == epoch.epoch
        assert epoch.loss == pytest.approx(history.loss[mine].sum())
        assert epoch.grad_norm == history.grad_norm[mine].max()
        assert epoch.clipped == history.clipped[mine].any()
    assert all(map(np.array_equal, told[-1].net.params, found.net.params))
    assert not np.array_equal(told[0].net.params.W, told[1].net.params.W), "later updates do not change them"


def test_it_learns_what_can_be_learnt():
    """A net's own answers, from another start."""
    teacher = Net(init_params(1, 3, seed=1))
    x = np.random.default_rng(0).uniform(-1, 1, (4, 1, 60))
    Y = forward(teacher, x).y
    found = fit(Net(init_params(1, 3, seed=2)), x, Y, epochs=400, learning_rate=0.02)
    assert found.history.loss[-1] < 0.01 * found.history.loss[0]


# Runs that end early


@pytest.mark.parametrize("batch_size", [None, 2])
def test_a_run_that_diverges_keeps_the_last_finite_parameters(batch_size):
    with pytest.warns(RuntimeWarning, match=r"^stopped in epoch \d+ of 400: the loss, a gradient or a parameter"):
        found = learn(epochs=400, learning_rate=10.0, optimizer="sgd", activation="identity", batch_size=batch_size)
    assert found.stopped.startswith("stopped in epoch ")
    assert all(np.isfinite(weight).all() for weight in found.net.params)
    assert np.isfinite(found.history.loss).all()
    assert np.isfinite(found.history.grad_norm).all()
    if batch_size is None:  # the same batch again: these are the parameters of the last loss
        last = mse_loss(forward(found.net, CASE.x).y, CASE.Y)
        assert last == pytest.approx(found.history.loss[-1], rel=1e-9)


def test_parameters_that_overflow_themselves():
    """The loss and the gradient fit a float, the step does not."""
    with pytest.warns(RuntimeWarning, match="stopped in epoch 0 of 5"):
        found = learn(learning_rate=1e308, optimizer="sgd")
    assert all(map(np.array_equal, found.net.params, CASE.net.params))
    assert len(found.history.loss) == 1


def test_a_start_that_is_too_large_already():
    params = CASE.net.params._replace(V=CASE.net.params.V * 1e200)
    with pytest.warns(RuntimeWarning, match="stopped in epoch 0 of 5"):
        found = fit(Net(params), CASE.x, CASE.Y, epochs=5, learning_rate=0.01)
    assert all(map(np.array_equal, found.net.params, params))
    assert found.history.loss.size == 0


def test_stopped_by_hand_it_keeps_what_it_has():
    def stop(epoch):
        if epoch.epoch == 2:
            raise KeyboardInterrupt

    found = learn(epochs=50, callback=stop)
    assert found.stopped == "stopped by hand in epoch 2 of 50; what was learnt so far is kept"
    assert_same_params(found.net.params, learn(epochs=3).net.params, tolerance=0)
    assert len(found.history.loss) == 3


@traces_instructions
def test_an_interrupt_at_any_instruction_parts_no_parameters_from_their_history(monkeypatch):
    """Two batches in each of two epochs, so four updates: the last in the history made the parameters."""
    case = make_case("tanh", 2, (1, 2, 1, 4), with_h_init=False)
    made = []

    class Recorded(Descent):
        def step(self, params, grads):
            made.append(super().step(params, grads))
            return made[-1]

    def run():
        made[:] = [case.net.params]
        options = {"optimizer": "recorded", "batch_size": 2, "clip_norm": 0.1, "callback": lambda epoch: None}
        return fit(case.net, case.x, case.Y, epochs=2, learning_rate=0.1, **options)

    monkeypatch.setitem(OPTIMIZERS, "recorded", Recorded)
    whole = run()
    assert len(made) == 5
    lengths = []
    for found in at_each_instruction([fitting], run):
        if found is None:  # before the first epoch, or after the last: there was nothing to lose, or it was all there
            assert len(made) in (1, 5)
            continue
        updates = len(found.history.loss)
        assert all(map(np.array_equal, found.net.params, made[updates]))
        assert all(np.array_equal(got, want[:updates]) for got, want in zip(found.history, whole.history, strict=True))
        assert re.fullmatch(r"stopped by hand in epoch [01] of 2; what was learnt so far is kept", found.stopped)
        lengths.append(updates)
    assert min(map(lengths.count, range(5))) > 10, "not interrupted everywhere"
    assert lengths == sorted(lengths)


@traces_instructions
def test_an_interrupt_after_parameters_that_overflowed_does_not_keep_them():
    with warnings.catch_warnings(action="ignore"):
        for found in at_each_instruction([fitting], lambda: learn(learning_rate=1e308, optimizer="sgd")):
            assert found is None or all(map(np.array_equal, found.net.params, CASE.net.params))


def _fails_at_the_third(error):
    """A callback that does."""

    def told(epoch):
        if epoch.epoch == 2:
            raise error

    return told


def _lost(z):
    if z.shape != (2, 3):  # the probe that an own activation is tried out with
        raise FloatingPointError("mine")
    return np.tanh(z)


signals_errors = pytest.mark.skipif(sys.platform == "emscripten", reason="Python in a browser signals no float errors")


def _log_of_0(z):
    return z.copy() if z.shape == (2, 3) else np.log(0 * np.abs(z))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"callback": _fails_at_the_third(FloatingPointError("mine"))}, "mine"),
        ({"activation": Activation("lost", _lost, np.cos)}, "mine"),
        ({"activation": Activation("sine", np.sin, _lost)}, "mine"),
        ({"dense_activation": Activation("lost", _lost, np.cos)}, "mine"),
        pytest.param({"activation": Activation("log", _log_of_0, np.cos)}, "divide by zero", marks=signals_errors),
    ],
)
def test_a_floating_point_error_of_another_is_raised_on(options, message):
    """It is no sign that something grew too large, and no smaller rate would help."""
    with np.errstate(divide="raise"), pytest.raises(FloatingPointError, match=message):
        learn(**options)


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
@pytest.mark.parametrize("scale", [1e-160, 1e-300, 1.0])
def test_an_underflow_stops_nothing(optimizer, scale):
    """Whatever np.seterr says: a gradient of 1e-300 has a square, and it is 0."""
    case = make_case("sigmoid", 5, (2, 3, 2, 7), with_h_init=False)
    params = case.net.params._replace(V=scale * case.net.params.V, c=scale * case.net.params.c)
    options = {"epochs": 3, "learning_rate": 1e-3, "optimizer": optimizer, "batch_size": 2}
    net = case.net._replace(params=params)
    want = fit(net, case.x, scale * case.Y, **options)
    with np.errstate(all="raise"):
        found = fit(net, case.x, scale * case.Y, **options)
    assert found.stopped == want.stopped == ""
    assert all(map(np.array_equal, (*found.net.params, *found.history), (*want.net.params, *want.history)))


def test_an_error_of_the_callback_is_not_swallowed():
    def fails(epoch):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        learn(callback=fails)


# Bad input


@pytest.mark.parametrize(
    ("option", "value", "error", "message"),
    [
        ("epochs", -1, ValueError, "epochs must be at least 0; got -1"),
        ("epochs", 2.0, TypeError, "epochs must be a whole number; got float"),
        ("learning_rate", 0, ValueError, "learning_rate must be finite and above 0; got 0"),
        ("learning_rate", float("nan"), ValueError, "learning_rate must be finite and above 0; got nan"),
        ("learning_rate", "fast", TypeError, "learning_rate must be a number; got str"),
        ("optimizer", "rmsprop", ValueError, "optimizer must be one of adam, sgd; got 'rmsprop'"),
        ("optimizer", None, TypeError, "optimizer must be one of adam, sgd; got NoneType"),
        ("batch_size", 0, ValueError, "batch_size must be from 1 to 7; got 0"),
        ("batch_size", 8, ValueError, "batch_size must be from 1 to 7; got 8"),
        ("batch_size", True, TypeError, "batch_size must be a whole number; got bool"),
        ("clip_norm", 0.0, ValueError, "clip_norm must be finite and above 0; got 0.0"),
        ("clip_norm", [1], TypeError, "clip_norm must be a number; got list"),
        ("seed", -1, ValueError, "seed must be at least 0; got -1"),
        ("seed", None, TypeError, "seed must be a whole number; got NoneType"),
        ("callback", 3, TypeError, "callback must be a function of an Epoch; got int"),
        ("activation", "swish", ValueError, "activation must be one of "),
        ("outputs", "some", ValueError, "outputs must be one of last, all; got 'some'"),
        ("steps", 6, ValueError, "steps must be from 1 to 5; got 6"),
    ],
)
def test_bad_options(option, value, error, message):
    with pytest.raises(error, match="^" + message.replace("(", r"\(")):
        learn(**{option: value})


def test_bad_arrays_are_named():
    with pytest.raises(ValueError, match=r"^Y must have shape"):
        fit(CASE.net, CASE.x, CASE.Y[:1], epochs=1, learning_rate=0.1)
    with pytest.raises(ValueError, match=r"^x must be finite"):
        fit(CASE.net, CASE.x * np.nan, CASE.Y, epochs=1, learning_rate=0.1)
    with pytest.raises(TypeError, match=r"^net must be a Net; got Params"):
        fit(CASE.net.params, CASE.x, CASE.Y, epochs=1, learning_rate=0.1)
    with pytest.raises(TypeError, match=r"^grads must be Gradients"):
        clip_by_global_norm(CASE.net.params, 1)


def test_an_own_activation_can_be_trained():
    sine = Activation("sine", np.sin, np.cos)
    found = learn(activation=sine, epochs=50)
    assert found.history.loss[-1] < found.history.loss[0]
