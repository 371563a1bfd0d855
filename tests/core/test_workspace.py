"""A kept workspace changes no number: whatever the net, and whatever was computed in it before."""

import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event

import numpy as np
import pytest
from nets import ACTIVATIONS_TESTED, EPS, EPS32, NETS, assert_agree, make_net, needs_threads, rounding

from bptt_core import Activation, Gradients, Params, Workspace, gradients, init_params, loss_and_gradients


def both(net, workspace=None, Y=None, **options):
    """Loss and gradients without and with a workspace, by name."""
    options = {**net.options, **options}
    workspace = workspace or Workspace(net.params, net.x)
    found = []
    for more in ({}, {"workspace": workspace}):
        loss, grads = loss_and_gradients(net.params, net.x, net.Y if Y is None else Y, **options, **more)
        assert isinstance(grads, Gradients)
        assert type(loss) is float
        found.append({"loss": loss, **grads._asdict()})
    return found


def assert_same(net, want, got, eps=EPS):
    for what, array in want.items():
        assert np.asarray(got[what]).dtype == np.asarray(array).dtype
        assert_agree(what, got[what], array, rounding(net, eps))


@pytest.mark.parametrize("name", NETS)
def test_the_same_gradients(name):
    assert_same(NETS[name], *both(NETS[name]))


@pytest.mark.parametrize("name", NETS)
def test_the_same_gradients_in_float32(name):
    net = NETS[name]
    single = [None if array is None else array.astype(np.float32) for array in (*net.params, net.x, net.Y, net.h_init)]
    net = net._replace(params=Params(*single[:5]), x=single[5], Y=single[6], h_init=single[7])
    assert_same(net, *both(net), eps=EPS32)


@pytest.mark.parametrize("k", [1, 2, 6, 7])
@pytest.mark.parametrize("outputs", ["last", "all"])
@pytest.mark.parametrize("activation", ACTIVATIONS_TESTED)
def test_truncated_and_with_an_answer_at_each_step(activation, outputs, k):
    net = make_net(activation, 7, dense_activation="tanh")
    Y = net.Y if outputs == "last" else np.linspace(-1, 1, 7)[:, None, None] * net.Y
    assert_same(net, *both(net, Y=Y, outputs=outputs, steps=k))


def test_nothing_is_left_of_an_earlier_call():
    """One workspace, used in turn for all that it may be used for."""
    net = make_net("tanh", 7, dense_activation="tanh")
    workspace = Workspace(net.params, net.x)
    answers = np.linspace(-1, 1, 7)[:, None, None] * net.Y
    uses = [
        partial(both, net),
        partial(both, net, h_init=None),
        partial(both, net, steps=2),
        partial(both, net, Y=answers, outputs="all"),
        partial(both, net, activation="relu"),
        partial(both, net._replace(x=-net.x)),
        partial(both, net._replace(params=Params(*(weight[::-1] for weight in net.params)))),
        partial(both, net._replace(x=net.x * 1e300), activation="identity"),
    ]
    with np.errstate(over="ignore", invalid="ignore"):
        for first in uses:
            for then in uses[:-1]:
                first(workspace=workspace)
                assert_same(net, *then(workspace=workspace))


def test_what_it_gave_is_not_overwritten():
    net = make_net("tanh", dense_activation="tanh")
    workspace = Workspace(net.params, net.x)
    _, kept = loss_and_gradients(net.params, net.x, net.Y, workspace=workspace)
    copies = [grad.copy() for grad in kept]
    loss_and_gradients(net.params, net.x * 2, net.Y, workspace=workspace)
    assert all(map(np.array_equal, kept, copies))


def test_the_inputs_are_never_changed():
    net = make_net("identity", dense_activation="identity")
    arrays = (*net.params, net.x, net.Y, net.h_init)
    before = [array.copy() for array in arrays]
    for outputs, Y in (("last", net.Y), ("all", np.ones((5, 2, 4)))):
        both(net, Y=Y, outputs=outputs)
    assert all(map(np.array_equal, arrays, before))


@pytest.mark.parametrize("activation", ["tanh", "relu", "identity", Activation("own", np.abs, np.sign)])
def test_what_overflows_is_inf_as_without_a_workspace(activation):
    params = init_params(2, 3, seed=1)
    x = np.full((6, 2, 2), 1e155)
    net = make_net("tanh", 6)._replace(params=params._replace(U=params.U * 1e100), x=x, Y=np.ones((1, 2)), h_init=None)
    want, got = both(net, activation=activation)
    for what, array in want.items():
        assert np.array_equal(np.isinf(got[what]), np.isinf(array)), what
        assert not np.isnan(got[what]).any()


def test_an_activation_that_makes_a_number_of_a_nan():
    """inf - inf in h_hat: forward says inf, and so must this."""
    own = Activation("clean", lambda z: np.nan_to_num(np.maximum(z, 0)), lambda z: np.asarray(z > 0, dtype=float))
    params = Params(*(np.full(shape, 1e300) for shape in ((2, 1), (2, 2), (2, 1), (1, 2), (1, 1))))
    params.U[:, 1] *= -1
    loss, _ = loss_and_gradients(params, np.full((3, 1, 1), 1e5), [[0]], activation=own)
    workspace = Workspace(params, np.ones((3, 1, 1)))
    again, _ = loss_and_gradients(params, np.full((3, 1, 1), 1e5), [[0]], activation=own, workspace=workspace)
    assert loss == again == np.inf


@pytest.mark.parametrize("function", [lambda z: z.tolist(), lambda z: z.astype(np.float64), lambda z: z])
def test_own_activations_may_return_what_they_like(function):
    net = make_net("identity", 3)
    single = [array.astype(np.float32) for array in (*net.params, net.x, net.Y)]
    net = net._replace(params=Params(*single[:5]), x=single[5], Y=single[6], h_init=None)
    own = Activation("own", function, lambda z: np.ones(z.shape).tolist())
    assert_same(net, *both(net, activation=own, dense_activation=own), eps=EPS32)


ARRAYS = (*Params._fields, "x", "Y", "h_init")


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_a_number_that_is_not_finite_is_named(name, wrong):
    """Wherever it hides: tanh makes a finite h of it, and f' = 0 a finite message."""
    net = make_net("tanh", dense_activation="tanh")
    arrays = {**net.params._asdict(), "x": net.x, "Y": net.Y, "h_init": net.h_init}
    workspace = Workspace(net.params, net.x)
    for entry in np.ndindex(arrays[name].shape):
        bad = {**arrays, name: arrays[name].copy()}
        bad[name][entry] = wrong
        params = Params(*(bad[weight] for weight in Params._fields))
        for steps in (None, 1):
            with pytest.raises(ValueError, match=f"^{name} must be finite; got "):
                gradients(
                    params,
                    bad["x"],
                    bad["Y"],
                    h_init=bad["h_init"],
                    dense_activation="tanh",
                    steps=steps,
                    workspace=workspace,
                )


def test_lists_and_integers_are_taken_as_ever():
    net = make_net("tanh", with_h_init=False)
    workspace = Workspace(net.params, net.x)
    params = Params(*(weight.tolist() for weight in net.params))
    got = gradients(params, net.x.tolist(), np.ones(net.Y.shape, dtype=int), workspace=workspace)
    want = gradients(net.params, net.x, np.ones(net.Y.shape), workspace=workspace)
    assert all(map(np.array_equal, got, want))


def test_a_workspace_for_other_sizes():
    net = make_net("tanh")
    sizes = [(1, 3, 2, 4), (2, 4, 2, 4), (2, 3, 1, 4), (2, 3, 2, 1)]
    others = [make_net("tanh", sizes=other) for other in sizes] + [make_net("tanh", 6)]
    workspace = Workspace(net.params, net.x)
    for other in others:
        with pytest.raises(ValueError, match=r"^workspace must be made for W \(.*; got Workspace\(W \(3, 2\),"):
            gradients(other.params, other.x, other.Y, workspace=workspace)


@pytest.mark.parametrize("wide", [*Params._fields, "x", "Y", "h_init"])
def test_a_workspace_of_float32_takes_no_float64(wide):
    net = make_net("tanh")
    arrays = {**net.params._asdict(), "x": net.x, "Y": net.Y, "h_init": net.h_init}
    arrays = {name: array.astype(np.float64 if name == wide else np.float32) for name, array in arrays.items()}
    params, x = Params(*(arrays[name] for name in Params._fields)), arrays["x"]
    single = Workspace(Params(*(weight.astype(np.float32) for weight in params)), x.astype(np.float32))
    with pytest.raises(ValueError, match=r"workspace must be made for .* in float64; got Workspace\(.* in float32\)"):
        gradients(params, x, arrays["Y"], h_init=arrays["h_init"], workspace=single)


@pytest.mark.parametrize("wrong", [3, "ws", Workspace, [1]])
def test_what_is_no_workspace(wrong):
    net = make_net("tanh")
    with pytest.raises(TypeError, match=f"workspace must be a Workspace; got {type(wrong).__name__}"):
        gradients(net.params, net.x, net.Y, workspace=wrong)


PROBE = (2, 3)  # the shape of the array that an activation of the reader's own is tried out with


@needs_threads
def test_one_call_at_a_time():
    """A second call that comes while the first is inside is told so, and the first is not disturbed."""
    net = make_net("tanh")
    workspace, inside, leave = Workspace(net.params, net.x), Event(), Event()

    def waits(h_hat):
        if h_hat.shape != PROBE:
            inside.set()
            assert leave.wait(60)
        return np.tanh(h_hat)

    slow = Activation("slow", waits, lambda z: 1 - np.tanh(z) ** 2)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(gradients, net.params, net.x, net.Y, activation=slow, workspace=workspace)
        assert inside.wait(60)
        with pytest.raises(RuntimeError, match="workspace must be used by one call at a time"):
            gradients(net.params, net.x, net.Y, workspace=workspace)
        leave.set()
        want = gradients(net.params, net.x, net.Y)
        for got, grad in zip(first.result(60), want, strict=True):
            assert_agree("gradient", got, grad, rounding(net))


def test_it_is_free_again_after_an_error():
    net = make_net("tanh")
    workspace = Workspace(net.params, net.x)

    def fails(h_hat):
        if h_hat.shape != PROBE:
            raise ZeroDivisionError
        return h_hat.copy()

    with pytest.raises(ZeroDivisionError):
        gradients(net.params, net.x, net.Y, activation=Activation("fails", fails, fails), workspace=workspace)
    assert_same(net, *both(net, workspace))


@needs_threads
def test_four_threads_with_a_workspace_each():
    nets = [make_net("tanh", 20, seed=seed) for seed in range(40)]
    want = [gradients(net.params, net.x, net.Y) for net in nets]

    def work(share):
        workspace = Workspace(nets[0].params, nets[0].x)
        return [gradients(net.params, net.x, net.Y, workspace=workspace) for net in share for _ in range(20)]

    with ThreadPoolExecutor(4) as pool:
        found = pool.map(work, [nets[start::4] for start in range(4)])
    for start, grads in enumerate(found):
        for index, got in enumerate(grads):
            net = start + 4 * (index // 20)
            for what, grad in got._asdict().items():
                assert_agree(what, grad, getattr(want[net], what), rounding(nets[net]))


def test_its_name_tells_what_it_is_for():
    net = make_net("tanh", sizes=(2, 3, 1, 4))
    assert repr(Workspace(net.params, net.x)) == (
        "Workspace(W (3, 2), U (3, 3), b (3, 1), V (1, 3), c (1, 1), x (5, 2, 4) in float64)"
    )


def test_nothing_large_is_allocated_in_a_call():
    params = init_params(8, 64, seed=0)
    x = np.random.default_rng(0).uniform(-1, 1, (100, 8, 64))
    workspace = Workspace(params, x)
    gradients(params, x, np.ones((1, 64)), workspace=workspace)
    tracemalloc.start()
    try:
        gradients(params, x, np.ones((1, 64)), workspace=workspace)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    one_step = 64 * 64 * 8
    assert peak < 8 * one_step  # the gradients, and buffers of numpy's; the trace has 200 such arrays


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_message_that_fades_away_costs_no_time_and_no_digit(dtype):
    """Below the smallest normal number a processor takes a hundred times as long. Here it falls below early on."""
    params, x = init_params(2, 8, seed=1), np.random.default_rng(1).normal(size=(3000, 2, 4)).astype(dtype)
    params, Y = Params(*(weight.astype(dtype) for weight in params)), np.ones((1, 4), dtype)
    workspace = Workspace(params, x)
    want, got = gradients(params, x, Y), gradients(params, x, Y, workspace=workspace)
    eps = np.finfo(dtype).eps
    for what, grad in want._asdict().items():
        assert_agree(what, getattr(got, what), grad, 3000 * eps)
    sizes = np.abs(workspace._delta)
    assert (sizes == 0).mean() > 0.1, "it does not fade away, and tests nothing"
    assert ((sizes > 0) & (sizes < np.finfo(dtype).tiny)).mean() < 0.01
