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

from bptt_core import (
    ACTIVATIONS,
    Activation,
    Gradients,
    Net,
    Params,
    backward,
    forward,
    gradients,
    init_params,
    loss_and_gradients,
    numerical_gradients,
)
from bptt_lab.train import Workspace
from bptt_lab.train import workspace as workspace_module
from tests.harness.interrupts import at_each_instruction, traces_instructions
from tests.harness.nets import (
    ACTIVATIONS_TESTED,
    CASES,
    EPS,
    EPS32,
    Case,
    assert_agree,
    make_case,
    needs_threads,
    rounding,
)


def both(case, workspace=None, *, steps=None, **changes):
    """Loss and gradients without and with a workspace, by name."""
    case = case.but(**changes)
    workspace = workspace or Workspace(case.net, case.x)
    found = []
    for function in (loss_and_gradients, workspace.loss_and_gradients):
        loss, grads = function(case.net, case.x, case.Y, h_init=case.h_init, steps=steps)
        assert isinstance(grads, Gradients)
        assert type(loss) is float
        found.append({"loss": loss, **grads._asdict()})
    return found


def assert_same(case, want, got, eps=EPS):
    for what, array in want.items():
        assert np.asarray(got[what]).dtype == np.asarray(array).dtype
        assert_agree(what, got[what], array, rounding(case, eps))


@pytest.mark.parametrize("name", CASES)
def test_the_same_gradients(name):
    assert_same(CASES[name], *both(CASES[name]))


@pytest.mark.parametrize("name", CASES)
def test_the_same_gradients_in_float32(name):
    case = CASES[name].in_dtype(np.float32)
    assert_same(case, *both(case), eps=EPS32)


@pytest.mark.parametrize("k", [1, 2, 6, 7])
@pytest.mark.parametrize("outputs", ["last", "all"])
@pytest.mark.parametrize("activation", ACTIVATIONS_TESTED)
def test_truncated_and_with_an_answer_at_each_step(activation, outputs, k):
    case = make_case(activation, 7, dense_activation="tanh")
    Y = case.Y if outputs == "last" else np.linspace(-1, 1, 7)[:, None, None] * case.Y
    assert_same(case, *both(case, Y=Y, outputs=outputs, steps=k))


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
    case = make_case("tanh", 3)
    workspace = Workspace(case.net, case.x)
    for dense_activation in MIXED:
        assert_same(case, *both(case, workspace, activation=activation, dense_activation=dense_activation))


@pytest.mark.parametrize("outputs", ["last", "all"])
@pytest.mark.parametrize("index", range(len(RIGHT)))
def test_right_pairs_against_the_complex_step(index, outputs):
    case = make_case("tanh", 3)
    Y = case.Y if outputs == "last" else np.linspace(-1, 1, 3)[:, None, None] * case.Y
    for options in ({"activation": RIGHT[index]}, {"dense_activation": RIGHT[index]}):
        net = case.net._replace(**options, outputs=outputs)
        want = numerical_gradients(net, case.x, Y, h_init=case.h_init, method="complex")
        _, got = Workspace(net, case.x).loss_and_gradients(net, case.x, Y, h_init=case.h_init)
        assert_same(case, want._asdict(), got._asdict())


def test_where_the_digits_of_f_prime_of_tanh_end():
    """As the docstring has it: off by two roundings of 1, and 0 past 20 and 10. db is f' here, unit by unit."""
    for dtype, end in ((np.float64, 20), (np.float32, 10)):
        z = np.array([0.1, 1, 3, 5, 8, 0.8 * end, end, end + 1, 40], dtype)[:, None]
        zeros = np.zeros((len(z), len(z)), dtype)
        net = Net(Params(z, zeros, zeros[:, :1], np.ones((1, len(z)), dtype), zeros[:1, :1]))
        x = np.ones((1, 1, 1), dtype)
        Y = forward(net, x).y - 1
        got = Workspace(net, x).loss_and_gradients(net, x, Y)[1].db
        want = gradients(net, x, Y).db
        assert np.abs(got - want).max() <= 2.1 * np.finfo(dtype).eps  # y - Y is 1 up to rounding
        assert (got == 0).ravel().tolist() == [False] * 6 + [True] * 3
        assert want.all()


def test_nothing_is_left_of_an_earlier_call():
    """One workspace, used in turn for all that it may be used for."""
    case = make_case("tanh", 7, dense_activation="tanh")
    workspace = Workspace(case.net, case.x)
    answers = np.linspace(-1, 1, 7)[:, None, None] * case.Y
    uses = [
        partial(both, case),
        partial(both, case, h_init=None),
        partial(both, case, steps=2),
        partial(both, case, Y=answers, outputs="all"),
        partial(both, case, activation="relu"),
        partial(both, case.but(x=-case.x)),
        partial(both, case.but(params=Params(*(weight[::-1] for weight in case.net.params)))),
        partial(both, case.but(x=case.x * 1e300), activation="identity"),
    ]
    with np.errstate(over="ignore", invalid="ignore"):
        for first in uses:
            for then in uses[:-1]:
                first(workspace=workspace)
                assert_same(case, *then(workspace=workspace))


def test_what_it_gave_is_not_overwritten():
    case = make_case("tanh", dense_activation="tanh")
    workspace = Workspace(case.net, case.x)
    _, kept = workspace.loss_and_gradients(case.net, case.x, case.Y)
    copies = [grad.copy() for grad in kept]
    workspace.loss_and_gradients(case.net, case.x * 2, case.Y)
    assert all(map(np.array_equal, kept, copies))


def test_the_inputs_are_never_changed():
    case = make_case("identity", dense_activation="identity")
    arrays = (*case.net.params, case.x, case.Y, case.h_init)
    before = [array.copy() for array in arrays]
    for outputs, Y in (("last", case.Y), ("all", np.ones((5, 2, 4)))):
        both(case, Y=Y, outputs=outputs)
    assert all(map(np.array_equal, arrays, before))


@pytest.mark.parametrize("activation", ["tanh", "relu", "identity", Activation("own", np.abs, np.sign)])
def test_what_overflows_is_inf_as_without_a_workspace(activation):
    params = init_params(2, 3, seed=1)
    net = Net(params._replace(U=params.U * 1e100), activation)
    want, got = both(Case(net, np.full((6, 2, 2), 1e155), np.ones((1, 2))))
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
    net = Net(params, **{"activation": "identity", where: Activation(name, f, df)})
    for function in (loss_and_gradients, Workspace(net, x).loss_and_gradients):
        loss, grads = function(net, x, zeros)
        assert loss == np.inf
        assert not any(np.isnan(grad).any() for grad in grads)


@pytest.mark.parametrize("function", [lambda z: z.tolist(), lambda z: z.astype(np.float64), lambda z: z])
def test_own_activations_may_return_what_they_like(function):
    case = make_case("identity", 3, with_h_init=False).in_dtype(np.float32)
    own = Activation("own", function, lambda z: np.ones(z.shape).tolist())
    assert_same(case, *both(case, activation=own, dense_activation=own), eps=EPS32)


ARRAYS = (*Params._fields, "x", "Y", "h_init")


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_a_number_that_is_not_finite_is_named(name, wrong):
    """Wherever it hides: tanh makes a finite h of it, and f' = 0 a finite message."""
    case = make_case("tanh", dense_activation="tanh")
    arrays = {**case.net.params._asdict(), "x": case.x, "Y": case.Y, "h_init": case.h_init}
    workspace = Workspace(case.net, case.x)
    for entry in np.ndindex(arrays[name].shape):
        bad = {**arrays, name: arrays[name].copy()}
        bad[name][entry] = wrong
        params = Params(*(bad[weight] for weight in Params._fields))
        for steps in (None, 1):
            with pytest.raises(ValueError, match=f"^{name} must be finite; got "):
                workspace.loss_and_gradients(
                    case.net._replace(params=params), bad["x"], bad["Y"], h_init=bad["h_init"], steps=steps
                )


def test_lists_and_integers_are_taken_as_ever():
    case = make_case("tanh", with_h_init=False)
    workspace = Workspace(case.net, case.x)
    params = Params(*(weight.tolist() for weight in case.net.params))
    got = workspace.loss_and_gradients(Net(params), case.x.tolist(), np.ones(case.Y.shape, dtype=int))[1]
    want = workspace.loss_and_gradients(case.net, case.x, np.ones(case.Y.shape))[1]
    assert all(map(np.array_equal, got, want))


def test_a_workspace_for_other_sizes():
    case = make_case("tanh")
    sizes = [(1, 3, 2, 4), (2, 4, 2, 4), (2, 3, 1, 4), (2, 3, 2, 1)]
    others = [make_case("tanh", sizes=other) for other in sizes] + [make_case("tanh", 6)]
    workspace = Workspace(case.net, case.x)
    for other in others:
        with pytest.raises(ValueError, match=r"^net and x must fit this workspace, .* for W \(3, 2\), .*; got W \("):
            workspace.loss_and_gradients(other.net, other.x, other.Y)


@pytest.mark.parametrize("wide", [*Params._fields, "x", "Y", "h_init"])
def test_a_workspace_of_float32_takes_no_float64(wide):
    case = make_case("tanh")
    arrays = {**case.net.params._asdict(), "x": case.x, "Y": case.Y, "h_init": case.h_init}
    arrays = {name: array.astype(np.float64 if name == wide else np.float32) for name, array in arrays.items()}
    params, x = Params(*(arrays[name] for name in Params._fields)), arrays["x"]
    single = case.in_dtype(np.float32)
    workspace = Workspace(single.net, single.x)
    with pytest.raises(ValueError, match=r"^net and x must fit .* in float32; got .* in float64$"):
        workspace.loss_and_gradients(Net(params), x, arrays["Y"], h_init=arrays["h_init"])


def test_params_are_no_net():
    case = make_case("tanh")
    expected = r"^net must be a Net; got Params\. Net\(params\) makes one$"
    with pytest.raises(TypeError, match=expected):
        Workspace(case.net.params, case.x)
    with pytest.raises(TypeError, match=expected):
        Workspace(case.net, case.x).loss_and_gradients(case.net.params, case.x, case.Y)


PROBE = (2, 3)  # the shape of the array that an activation of the reader's own is tried out with


@needs_threads
def test_a_call_that_comes_while_another_is_inside():
    """It is right, and the first is not disturbed."""
    case, other = make_case("tanh"), make_case("tanh", seed=1)
    workspace, inside, leave = Workspace(case.net, case.x), Event(), Event()

    def waits(h_hat):
        if h_hat.shape != PROBE:
            inside.set()
            assert leave.wait(60)
        return np.tanh(h_hat)

    slow = Activation("slow", waits, lambda z: 1 - np.tanh(z) ** 2)
    with ThreadPoolExecutor(1) as pool:
        net = case.net._replace(activation=slow)
        first = pool.submit(workspace.loss_and_gradients, net, case.x, case.Y)
        assert inside.wait(60)
        try:
            assert_same(other, *both(other, workspace))
        finally:
            leave.set()
        assert_same(case, gradients(case.net, case.x, case.Y)._asdict(), first.result(60)[1]._asdict())


def test_a_call_from_within_a_call():
    """An activation that asks for gradients, and has no workspace but this one."""
    case = make_case("tanh")
    workspace = Workspace(case.net, case.x)

    def asks(h_hat):
        workspace.loss_and_gradients(case.net, 2 * case.x, case.Y)
        return np.tanh(h_hat)

    assert_same(case, *both(case, workspace, activation=Activation("asks", asks, lambda z: 1 - np.tanh(z) ** 2)))


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda given: pickle.loads(pickle.dumps(given))])
def test_a_copy_is_for_the_same_sizes_and_has_buffers_of_its_own(copied):
    case, other = make_case("tanh", 40, (2, 8, 1, 64)), make_case("tanh", 40, (2, 8, 1, 64), seed=1)
    workspace = Workspace(case.net, case.x)
    found = copied(workspace)
    assert repr(found) == repr(workspace)
    for one in (case, other):
        for ours in (workspace, found):
            assert_same(one, *both(one, ours))
    assert len(pickle.dumps(workspace)) < 1000, "sizes, and no arrays"


@traces_instructions
def test_an_interrupt_at_any_instruction_leaves_it_as_good_as_new():
    case = make_case("tanh", 2)
    workspace = Workspace(case.net, case.x)

    def call():
        return workspace.loss_and_gradients(case.net, case.x, case.Y)[1]

    want, times = call(), 0
    for found in at_each_instruction([workspace_module], call):
        assert found is None
        assert all(map(np.array_equal, call(), want))
        times += 1
    assert times > 300, "hardly interrupted at all"


def test_it_is_free_again_after_an_error():
    case = make_case("tanh")
    workspace = Workspace(case.net, case.x)

    def fails(h_hat):
        if h_hat.shape != PROBE:
            raise ZeroDivisionError
        return h_hat.copy()

    net = case.net._replace(activation=Activation("fails", fails, fails))
    with pytest.raises(ZeroDivisionError):
        workspace.loss_and_gradients(net, case.x, case.Y)
    assert_same(case, *both(case, workspace))


@needs_threads
def test_four_threads_with_a_workspace_each():
    cases = [make_case("tanh", 20, seed=seed) for seed in range(40)]
    want = [gradients(case.net, case.x, case.Y) for case in cases]

    def work(share):
        workspace = Workspace(cases[0].net, cases[0].x)
        return [workspace.loss_and_gradients(*case[:3])[1] for case in share for _ in range(20)]

    with ThreadPoolExecutor(4) as pool:
        found = pool.map(work, [cases[start::4] for start in range(4)])
    for start, grads in enumerate(found):
        for index, got in enumerate(grads):
            case = start + 4 * (index // 20)
            for what, grad in got._asdict().items():
                assert_agree(what, grad, getattr(want[case], what), rounding(cases[case]))


def test_its_name_tells_what_it_is_for():
    case = make_case("tanh", sizes=(2, 3, 1, 4))
    assert repr(Workspace(case.net, case.x)) == (
        "Workspace(W (3, 2), U (3, 3), b (3, 1), V (1, 3), c (1, 1), x (5, 2, 4) in float64)"
    )


def test_nothing_large_is_allocated_in_a_call():
    net = Net(init_params(8, 64, seed=0))
    x = np.random.default_rng(0).uniform(-1, 1, (100, 8, 64))
    workspace = Workspace(net, x)
    workspace.loss_and_gradients(net, x, np.ones((1, 64)))
    tracemalloc.start()
    try:
        workspace.loss_and_gradients(net, x, np.ones((1, 64)))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    one_step = 64 * 64 * 8
    assert peak < 8 * one_step  # the gradients, and buffers of numpy's; the trace has 200 such arrays


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_message_that_fades_away_costs_no_time_and_no_digit(dtype):
    """Below the smallest normal number a processor takes a hundred times as long. Here it falls below early on."""
    params, x = init_params(2, 8, seed=1), np.random.default_rng(1).normal(size=(3000, 2, 4)).astype(dtype)
    net, Y = Net(Params(*(weight.astype(dtype) for weight in params))), np.ones((1, 4), dtype)
    workspace = Workspace(net, x)
    want, got = gradients(net, x, Y), workspace.loss_and_gradients(net, x, Y)[1]
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
    net, x, Y = Net(Params(*single[:5])), single[5], single[6]
    loss, grads = Workspace(net, x).loss_and_gradients(net, x, Y)
    double = Params(*(weight.astype(float) for weight in net.params))
    trace = forward(Net(double), x)
    back = backward(trace, Y)
    sizes = [np.abs(back.delta * x).sum(), np.abs(back.delta).sum(), np.abs(back.dy_hat * trace.h).sum()]
    assert loss == pytest.approx(back.loss, rel=8 * EPS32)
    for what, size in zip(("dW", "db", "dV"), sizes, strict=True):  # in units of the sum of all sizes
        assert abs(getattr(grads, what) - getattr(back.grads, what)).item() <= 8 * EPS32 * size, what
