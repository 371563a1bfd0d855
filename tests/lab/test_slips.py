"""The catalogue of slips: each is what its line says, they compose, and what stands in public code is named by them."""

import subprocess
import sys
from itertools import combinations, product

import numpy as np
import pytest

from bptt_core import ACTIVATIONS, Activation, Net, Params, forward, gradients
from bptt_lab.compare import relative_difference
from bptt_lab.slips import CONVENTIONS, RIGHT, SLIPS, Pass, composed, explain
from bptt_lab.slips.messages import OF_STATE
from tests.harness.public_cases import CASES, wrong_gradients

N_X, N_H, N_Y = 4, 6, 7  # none of them a T+1 or an N below
SIZES = [(5, 3), (3, 1), (2, 3), (1, 1), (3, 4), (2, 1), (1, 3), (5, 1)]  # T+1 and N
every_slip = pytest.mark.parametrize("key", SLIPS)


def given(steps, N, outputs="last", activation="tanh", dense="identity"):
    """A net, x and Y."""
    rng = np.random.default_rng([17, steps, N])
    shapes = (N_H, N_X), (N_H, N_H), (N_H, 1), (N_Y, N_H), (N_Y, 1)
    net = Net(Params(*(rng.normal(size=shape) * 0.7 for shape in shapes)), activation, dense, outputs)
    Y = rng.normal(size=(steps, N_Y, N))
    return net, rng.normal(size=(steps, N_X, N)), Y if outputs == "all" else Y[-1]


def same(ours, theirs, within=1e-12):
    return all(a.shape == b.shape and relative_difference(a, b) < within for a, b in zip(ours, theirs, strict=True))


def brought(case):
    """The cases with T+1 = 1, 2, 3, 5 and N = 1, 3, and what such code brings for them."""
    outputs = CASES[case][0]
    nets = [given(steps, N, outputs) for steps, N in product((1, 2, 3, 5), (1, 3))]
    traced = [(forward(net, x), Y) for net, x, Y in nets]
    return traced, [wrong_gradients(case, net.params, x, Y) for net, x, Y in nets]


# What stands in public code


@pytest.mark.parametrize("case", CASES)
def test_a_wrong_pass_of_public_code_is_named_and_taken_for_nothing_else(case):
    keys = CASES[case][1]
    fewer = dict.fromkeys(("limit", "rate", "form", "of", "links", "number"), ())  # three together take long
    few = fewer if len(keys) > 2 else {}
    assert [each.keys for each in explain(*brought(case), most=max(2, len(keys)), values=few)] == [keys]


@pytest.mark.parametrize(
    ("case", "value"), [("the sums clipped inside the loop", 1.0), ("weights moved inside the loop", 0.1)]
)
def test_its_parameter_is_found(case, value):
    (found,) = explain(*brought(case))
    assert found.slips[-1].values == (value,)
    assert explain(*brought(case), values={"limit": (0.7,), "rate": (0.7,)}) == []


def test_an_initial_state_that_is_cut_off():
    nets = [given(steps, N, "all") for steps, N in product((1, 2, 3, 5), (1, 3))]
    inits = [np.random.default_rng(N).normal(size=(N_H, x.shape[2])) for N, (_, x, _) in enumerate(nets)]
    both = list(zip(nets, inits, strict=True))
    traced = [(forward(net, x, h_init=h), Y) for (net, x, Y), h in both]
    wrong = [wrong_gradients("the initial state cut off", net.params, x, Y, h) for (net, x, Y), h in both]
    assert [each.keys for each in explain(traced, wrong)] == [("wrap",)]


@pytest.mark.parametrize("key", CONVENTIONS)
@pytest.mark.parametrize("outputs", ["last", "all"])
def test_a_convention_is_no_slip(key, outputs):
    cases = [(forward(net, x), Y) for net, x, Y in (given(*size, outputs) for size in SIZES)]
    factors = [1.0] * len(cases)
    if key != "sum":
        factors = [CONVENTIONS[key].steps["factor"](len(trace.x), trace.x.shape[2], N_Y) for trace, _ in cases]
    grads = [[f * grad for grad in RIGHT.backward(*case)] for f, case in zip(factors, cases, strict=True)]
    (found,) = explain(cases, grads)
    assert (found.slips, found.convention.key) == ((), key)


def test_a_sum_where_the_loss_is_a_mean_is_a_matter_of_convention():
    (found,) = explain(*brought("a sum, where the loss is a mean"), loss="times 1 / (N T+1 n_y)")
    assert found.slips == ()
    assert str(found) == (
        "a matter of convention, one factor for all: the first message is y - Y, and not 1 / (N T+1 n_y) (y - Y)"
    )
    (found,) = explain(*brought("a sum, where the loss is a mean"))
    assert str(found) == "no slip"


def test_a_nan_is_explained_by_nothing():
    cases, grads = brought("tanh of tanh")
    assert explain(cases, [[np.nan * grad for grad in each] for each in grads], most=1) == []


def test_what_no_slip_gives_has_no_name():
    cases, grads = brought("tanh of tanh")
    grads = [(dW * 1.01, *others) for dW, *others in grads]
    assert explain(cases, grads, most=1) == []


# The pass and its slips


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("outputs", ["last", "all"])
@pytest.mark.parametrize(("steps", "N"), SIZES)
def test_without_a_slip_it_is_bptt_core(activation, outputs, steps, N):
    case = given(steps, N, outputs, activation)
    for more in ({}, {"h_init": np.random.default_rng(0).normal(size=(N_H, N))}):
        assert same(RIGHT.gradients(*case, **more), gradients(*case, **more))


def outcomes(slips, outputs):
    """What a pass with these slips gives on nets with each dense activation, with an h^(-1) that is not zero."""
    grads = []
    for steps, N, dense in ((5, 3, "identity"), (2, 3, "sigmoid")):
        grads += composed(*slips).gradients(*given(steps, N, outputs, dense=dense), h_init=np.full((N_H, N), 0.5))
    return grads


def test_each_slip_differs_from_the_right_pass_and_from_every_other():
    every = [
        (),
        *((slip.at(value) if slip.make else slip,) for slip in SLIPS.values() for value in slip.values[:3] or [0]),
    ]
    gave = [outcomes(slips, "last") + outcomes(slips, "all") for slips in every]
    for (one, ours), (other, theirs) in combinations(zip(every, gave, strict=True), 2):
        assert not same(ours, theirs, 1e-9), (one, other)


@every_slip
def test_a_slip_changes_nothing_of_what_it_was_given(key):
    net, x, Y = given(5, 3)
    before = [array.copy() for array in (*net.params, x, Y)]
    SLIPS[key].gradients(net, x, Y)
    for old, new in zip(before, (*net.params, x, Y), strict=True):
        np.testing.assert_array_equal(old, new)


@every_slip
def test_a_slip_says_what_it_is(key):
    slip = SLIPS[key]
    assert slip.key == key
    assert all((slip.name, slip.line, slip.why, slip.source))
    assert slip.why.endswith(".")
    assert set(slip.steps) <= set(Pass._fields)
    assert bool(slip.make) == bool(slip.parameter) == bool(slip.values)


def test_no_two_slips_have_a_name_or_a_line_in_common():
    slips = list(SLIPS.values())
    assert len({slip.name for slip in slips}) == len({slip.line for slip in slips}) == len(slips)


@every_slip
def test_two_slips_of_different_steps_compose_in_either_order(key):
    case, one = given(3, 4), SLIPS[key]
    for other in list(SLIPS.values())[list(SLIPS).index(key) + 1 :]:
        if set(one.steps) & set(other.steps):
            with pytest.raises(ValueError, match=r"slips must replace different steps; got '.*' and '.*', which both"):
                composed(one, other)
        else:
            assert same(composed(one, other).gradients(*case), composed(other, one).gradients(*case), 1e-9), other.key


def test_a_slip_may_stand_with_another_value():
    case = given(5, 3)
    clipped = SLIPS["clip entries"].at(0.3).gradients(*case)
    assert same(clipped, [np.clip(grad, -0.3, 0.3) for grad in gradients(*case)])


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_each_slope_can_be_written_with_the_state(name):
    """Else the slip of the state before is found for no net with this activation."""
    assert name in OF_STATE, f"write f' of {name} with the state in OF_STATE"
    f, h_hat = ACTIVATIONS[name], np.linspace(-3, 3, 12)
    np.testing.assert_allclose(OF_STATE[name](f.f(h_hat)), f.df(h_hat), rtol=1e-13)  # 1 - h^2 cancels: 100 eps


@pytest.mark.parametrize("room", ["slips", "doctor"])
def test_no_jupyter_is_needed(room):
    code = (
        f"import bptt_lab.{room}"
        + """
import sys
found = {name.partition(".")[0] for name in sys.modules}
print(*sorted(found & {"ipywidgets", "matplotlib", "IPython", "anywidget", "traitlets", "ipykernel", "scipy"}))
"""
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == ""


def test_an_activation_of_ones_own_is_no_hindrance():
    scaled = Activation("half tanh", lambda a: np.tanh(a) / 2, lambda a: (1 - np.tanh(a) ** 2) / 2)
    cases = [(forward(net, x), Y) for net, x, Y in (given(*size, activation=scaled) for size in SIZES)]
    (found,) = explain(cases, [SLIPS["transpose"].gradients(trace.net, trace.x, Y) for trace, Y in cases])
    assert found.keys == ("transpose",)
