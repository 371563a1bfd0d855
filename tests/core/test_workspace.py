"""A kept workspace changes no number: whatever the net, and whatever was computed in it before."""

import copy
import pickle
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import product
from threading import Event

import numpy as np
import pytest
from interrupts import at_each_instruction, traces_instructions
from nets import ACTIVATIONS_TESTED, EPS, EPS32, NETS, assert_agree, make_net, needs_threads, rounding

from bptt_core import (
    ACTIVATIONS,
    Activation,
    Gradients,
    Params,
    Workspace,
    backward,
    forward,
    gradients,
    init_params,
    loss_and_gradients,
    numerical_gradients,
)
from bptt_core import workspace as workspace_module


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


# f and f' in every pair: what holds for one of a pair says nothing of the other

KNOWN_F = {name: known.f for name, known in ACTIVATIONS.items()}
SHIFTED_F = {f"1 + {name}": lambda z, f=f: 1 + f(z) for name, f in KNOWN_F.items()}
MIXED = [
    Activation(f"{f_name}, f' of {name}", f, known.df)
    for (f_name, f), (name, known) in product({**KNOWN_F, **SHIFTED_F}.items(), ACTIVATIONS.items())
]


class Named(Activation):
    """An Activation all the same."""


RIGHT = [
    *(Activation(f"1 + {name}", SHIFTED_F[f"1 + {name}"], known.df) for name, known in ACTIVATIONS.items()),
    *(Activation("renamed", *known[1:]) for known in ACTIVATIONS.values()),
    *(Named(*known) for known in ACTIVATIONS.values()),
    Activation("tanh", lambda z: np.tanh(2 * z), lambda z: 2 - 2 * np.tanh(2 * z) ** 2),
    Activation("own f", np.tanh, ACTIVATIONS["tanh"].df),
    Activation("own f'", ACTIVATIONS["tanh"].f, lambda z: 1 - np.tanh(z) ** 2),
    Activation("own f' of identity", ACTIVATIONS["identity"].f, lambda z: np.full_like(z, 1)),
    Activation("2 + identity", lambda z: 2 + z, ACTIVATIONS["identity"].df),
]


@pytest.mark.parametrize("activation", MIXED, ids=lambda activation: activation.name)
def test_pairs_that_mix_what_is_known(activation):
    """As activation and as dense_activation, each with each. The plain way takes f and f' as they are given."""
    net = make_net("tanh", 3)
    workspace = Workspace(net.params, net.x)
    for dense_activation in MIXED:
        assert_same(net, *both(net, workspace, activation=activation, dense_activation=dense_activation))


@pytest.mark.parametrize("outputs", ["last", "all"])
@pytest.mark.parametrize("index", range(len(RIGHT)))
def test_right_pairs_against_the_complex_step(index, outputs):
    net = make_net("tanh", 3)
    Y = net.Y if outputs == "last" else np.linspace(-1, 1, 3)[:, None, None] * net.Y
    for options in ({"activation": RIGHT[index]}, {"dense_activation": RIGHT[index]}):
        options = {**net.options, **options, "outputs": outputs}
        want = numerical_gradients(net.params, net.x, Y, method="complex", **options)
        got = gradients(net.params, net.x, Y, workspace=Workspace(net.params, net.x), **options)
        assert_same(net, want._asdict(), got._asdict())


def test_where_the_digits_of_f_prime_of_tanh_end():
    """As the docstring has it: off by two roundings of 1, and 0 past 20 and 10. db is f' here, unit by unit."""
    for dtype, end in ((np.float64, 20), (np.float32, 10)):
        z = np.array([0.1, 1, 3, 5, 8, 0.8 * end, end, end + 1, 40], dtype)[:, None]
        zeros = np.zeros((len(z), len(z)), dtype)
        params = Params(z, zeros, zeros[:, :1], np.ones((1, len(z)), dtype), zeros[:1, :1])
        x = np.ones((1, 1, 1), dtype)
        Y = forward(params, x).y - 1
        got = gradients(params, x, Y, workspace=Workspace(params, x)).db
        want = gradients(params, x, Y).db
        assert np.abs(got - want).max() <= 2.1 * np.finfo(dtype).eps  # y - Y is 1 up to rounding
        assert (got == 0).ravel().tolist() == [False] * 6 + [True] * 3
        assert want.all()


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


class EqualToAll:
    """A function of a reader's own, that is equal to every other, as mocks are."""

    def __init__(self, function):
        self.function = function

    def __call__(self, z):
        return self.function(z)

    def __eq__(self, other):
        return True

    __hash__ = object.__hash__


@pytest.mark.parametrize("where", ["activation", "dense_activation"])
@pytest.mark.parametrize("name", ["clean", "relu"])
def test_an_activation_that_makes_a_number_of_a_nan(name, where):
    """inf - inf in h_hat, or in y_hat: forward says inf, and so must this.

    All else is finite, down to the square of each weight: no gradient tells. With one sequence and 64 units a product
    adds up several partial sums: only then does one of them become inf and another -inf.
    """
    f, df = EqualToAll(lambda z: np.where(z > 0, z, 0)), EqualToAll(lambda z: np.where(z > 0, 1.0, 0.0))
    n_h, x = 64, np.full((2, 1, 1), 1e110)
    apart = 1e150 * np.where(np.arange(n_h) % 2, -1, 1)[None]
    b, zeros = np.zeros((n_h, 1)), np.zeros((1, 1))
    if where == "activation":
        params = Params(np.full((n_h, 1), 1e110), np.tile(apart, (n_h, 1)), b, np.ones((1, n_h)), zeros)
    else:
        params = Params(np.full((n_h, 1), 1e110), np.zeros((n_h, n_h)), b, apart, zeros)
    options = {"activation": "identity", where: Activation(name, f, df)}
    for workspace in (None, Workspace(params, x)):
        loss, grads = loss_and_gradients(params, x, zeros, workspace=workspace, **options)
        assert loss == np.inf
        assert not any(np.isnan(grad).any() for grad in grads)


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
def test_a_call_that_comes_while_another_is_inside():
    """It is right, and the first is not disturbed."""
    net, other = make_net("tanh"), make_net("tanh", seed=1)
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
        try:
            assert_same(other, *both(other, workspace))
        finally:
            leave.set()
        assert_same(net, gradients(net.params, net.x, net.Y)._asdict(), first.result(60)._asdict())


def test_a_call_from_within_a_call():
    """An activation that asks for gradients, and has no workspace but this one."""
    net = make_net("tanh")
    workspace = Workspace(net.params, net.x)

    def asks(h_hat):
        gradients(net.params, 2 * net.x, net.Y, workspace=workspace)
        return np.tanh(h_hat)

    assert_same(net, *both(net, workspace, activation=Activation("asks", asks, lambda z: 1 - np.tanh(z) ** 2)))


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda given: pickle.loads(pickle.dumps(given))])
def test_a_copy_is_for_the_same_sizes_and_has_buffers_of_its_own(copied):
    net, other = make_net("tanh", 40, (2, 8, 1, 64)), make_net("tanh", 40, (2, 8, 1, 64), seed=1)
    workspace = Workspace(net.params, net.x)
    found = copied(workspace)
    assert repr(found) == repr(workspace)
    for one in (net, other):
        for ours in (workspace, found):
            assert_same(one, *both(one, ours))
    assert len(pickle.dumps(workspace)) < 1000, "sizes, and no arrays"


@traces_instructions
def test_an_interrupt_at_any_instruction_leaves_it_as_good_as_new():
    net = make_net("tanh", 2)
    workspace = Workspace(net.params, net.x)

    def call():
        return gradients(net.params, net.x, net.Y, workspace=workspace)

    want, times = call(), 0
    for found in at_each_instruction([workspace_module], call):
        assert found is None
        assert all(map(np.array_equal, call(), want))
        times += 1
    assert times > 300, "hardly interrupted at all"


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
    sizes = np.abs(workspace._idle[0]._delta)
    assert (sizes == 0).mean() > 0.1, "it does not fade away, and tests nothing"
    assert ((sizes > 0) & (sizes < np.finfo(dtype).tiny)).mean() < 0.01


def test_long_sums_in_float32():
    """Two million terms: added up one after the other, the loss is off by 60 roundings and more."""
    rng = np.random.default_rng(0)
    params = init_params(1, 1, seed=0)
    x, Y = rng.normal(size=(1, 1, 2_000_000)), rng.normal(size=(1, 2_000_000))
    single = [array.astype(np.float32) for array in (*params, x, Y)]
    params, x, Y = Params(*single[:5]), single[5], single[6]
    loss, grads = loss_and_gradients(params, x, Y, workspace=Workspace(params, x))
    double = Params(*(weight.astype(float) for weight in params))
    trace = forward(double, x)
    back = backward(trace, Y)
    sizes = [np.abs(back.delta * x).sum(), np.abs(back.delta).sum(), np.abs(back.dy_hat * trace.h).sum()]
    assert loss == pytest.approx(back.loss, rel=8 * EPS32)
    for what, size in zip(("dW", "db", "dV"), sizes, strict=True):  # in units of the sum of all sizes
        assert abs(getattr(grads, what) - getattr(back.grads, what)).item() <= 8 * EPS32 * size, what
