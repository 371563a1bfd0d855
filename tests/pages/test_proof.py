"""Page 06: mistakes are what they say, checks notice what they claim to notice, and the panels show just that."""

import numpy as np
import pytest

from bptt_core import (
    ACTIVATIONS,
    Activation,
    Net,
    Params,
    gradients,
    init_params,
    mse_loss,
    numerical_gradients,
    untied_terms,
)
from bptt_core import forward as run_forward
from bptt_lab.compare import AGREES, WRONG, relative_difference, rough, verdict
from bptt_lab.data import run_example, running_example, small_net, sunspot_windows
from bptt_lab.numbers import number
from bptt_lab.pages.proof import BreakPanel, CostPanel, EpsilonPanel, WitnessPanel, cost, panels
from bptt_lab.pages.proof.checks import CHECKS, EPOCHS, MISTAKES, NAMES, RATE, training
from bptt_lab.slips import RIGHT
from bptt_lab.symbols import plain

every_mistake = pytest.mark.parametrize("key", MISTAKES)


def case(steps, N, seed=0):
    rng = np.random.default_rng([seed, steps, N])
    params = init_params(n_x=2, n_h=3, n_y=2, seed=seed)
    params = params._replace(U=rng.normal(size=(3, 3)), b=rng.normal(size=(3, 1)))
    return Net(params), rng.normal(size=(steps, 2, N)), rng.normal(size=(2, N))


def by_hand(key, net, x, Y):
    """The gradients in loops, one sequence after the other, with the line that the slip shows."""
    params = net.params
    if key == "float32":
        params, x, Y = (
            Params(*(weight.astype("float32") for weight in params)),
            x.astype("float32"),
            Y.astype("float32"),
        )
    W, U, b, V, c = params
    T, N = len(x) - 1, x.shape[2]
    total = [np.zeros_like(weight) for weight in params]
    for n in range(N):
        xs, target = x[:, :, [n]], Y[:, [n]]
        h, before = [], np.zeros_like(b)
        for t in range(T + 1):
            before = np.tanh(W @ xs[t] + U @ before + b)
            h.append(before)
        df = [1 - (np.tanh(state) if key == "state" else state) ** 2 for state in h]
        dy = V @ h[T] + c - target
        if key == "half":
            dy = 2 * dy
        if key == "mean":
            dy = dy / N
        dh = [None] * T + [V.T @ dy]
        for t in range(T - 1, -1, -1):
            if key == "transpose":
                dh[t] = U @ (dh[t + 1] * df[t + 1])
            elif key == "step":
                dh[t] = U.T @ (dh[t + 1] * df[t])
            elif key == "slope":
                dh[t] = U.T @ dh[t + 1]
            elif key == "in place":
                message = dh[t + 1]
                message *= df[t + 1]
                dh[t] = U.T @ message
            else:
                dh[t] = U.T @ (dh[t + 1] * df[t + 1])
        dW, dU, db = (np.zeros_like(weight) for weight in (W, U, b))
        for t in range(T, -1, -1):
            if key == "loop N" and t < T + 1 - N:
                continue
            delta = dh[t] * df[t]
            dW += delta @ xs[t].T
            db += delta
            if key == "wrap":
                dU += delta @ h[t - 1].T
            elif key == "range":
                dU += delta @ h[t].T
            elif key == "overwrite U" and t >= 1:
                dU = delta @ h[t - 1].T
            elif t >= 1:
                dU += delta @ h[t - 1].T
        for sum_, term in zip(total, (dW, dU, db, dy @ h[T].T, dy), strict=True):
            sum_ += term
    return total


@pytest.mark.parametrize("key", ["", *MISTAKES])
@pytest.mark.parametrize(("steps", "N"), [(1, 1), (2, 1), (3, 2), (7, 4)])
def test_a_slip_is_the_loop_with_that_line(key, steps, N):
    net, x, Y = case(steps, N)
    ours = MISTAKES.get(key, RIGHT).gradients(net, x, Y)
    within = 1e-5 if key == "float32" else 1e-12
    for grad, other in zip(ours, by_hand(key, net, x, Y), strict=True):
        assert relative_difference(grad, other) < within


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(("steps", "N"), [(1, 1), (2, 3), (9, 4)])
def test_without_a_mistake_it_is_bptt_core(activation, steps, N):
    net, x, Y = case(steps, N)
    net = net._replace(activation=activation)
    for ours, theirs in zip(RIGHT.gradients(net, x, Y), gradients(net, x, Y), strict=True):
        assert relative_difference(ours, theirs) < 1e-13


@every_mistake
def test_a_mistake_changes_nothing_of_what_it_was_given(key):
    net, x, Y = case(5, 2)
    before = [array.copy() for array in (*net.params, x, Y)]
    MISTAKES[key].gradients(net, x, Y)
    for old, new in zip(before, (*net.params, x, Y), strict=True):
        np.testing.assert_array_equal(old, new)


@every_mistake
def test_a_mistake_shows_its_line_and_says_why(key):
    slip = MISTAKES[key]
    assert all((slip.name, slip.line, slip.why, slip.source))
    assert slip.why.endswith(".")
    assert len(slip.steps) == 1  # one slip each


# What the checks notice

A, S, X = "agrees", "suspicious", "wrong"
TABLE = {  # the verdict of each check
    #               1  2  4  5  N  symmetric, saturated
    "transpose": (A, X, X, X, X, A, A),
    "step": (A, X, X, X, X, X, S),
    "slope": (A, X, X, X, X, X, X),
    "state": (X, X, X, X, X, X, X),
    "overwrite U": (A, A, X, X, X, X, A),
    "wrap": (X, X, X, X, X, X, A),
    "range": (X, X, X, X, X, X, A),
    "loop N": (A, X, X, X, X, X, A),
    "mean": (A, A, A, A, X, A, A),
    "half": (X, X, X, X, X, X, X),
    "in place": (A, X, X, X, X, X, A),
    "float32": (S, S, S, S, S, S, S),
}


@every_mistake
def test_what_the_checks_say_of_a_mistake(key):
    said = tuple(check.verdict(MISTAKES[key]) for check in CHECKS.values())
    assert said == TABLE[key]


def test_every_check_agrees_with_the_right_gradient():
    assert {check.verdict(RIGHT) for check in CHECKS.values()} == {"agrees"}


def test_every_mistake_is_noticed_by_some_check_and_missed_by_a_lazy_one():
    for key in MISTAKES:
        assert any(said != "agrees" for said in TABLE[key])
    for column in (0, 1, 5, 6):  # one step, two steps, a symmetric U, saturated inputs
        assert any(said[column] == "agrees" != said[4] for said in TABLE.values())


def test_the_errors_are_those_of_central_differences():
    net, x, Y = CHECKS["4"].case()
    assert (x.shape, Y.shape) == ((4, 1, 1), (1, 1))
    witness = numerical_gradients(net, x, Y)
    ours = by_hand("transpose", net, x, Y)
    errors = CHECKS["4"].errors(MISTAKES["transpose"])
    for name, grad, other in zip(NAMES, ours, witness, strict=True):
        assert errors[name] == pytest.approx(relative_difference(grad, other), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(
    ("key", "shape"), [("1", (1, 1, 1)), ("2", (2, 1, 1)), ("4", (4, 1, 1)), ("5", (5, 1, 1)), ("N", (5, 1, 4))]
)
def test_a_check_is_made_as_its_title_says(key, shape):
    _, x, Y = CHECKS[key].case()
    assert x.shape == shape
    np.testing.assert_array_equal(Y[:, -1:], running_example().Y)


@pytest.mark.parametrize("key", CHECKS)
def test_no_two_sizes_of_a_check_are_equal_but_those_that_are_one(key):
    """Else one may stand for the other unnoticed: N = T+1 hides a loop over N. The net here has n_x = n_y = 1."""
    net, x, _ = CHECKS[key].case()
    sizes = [size for size in (len(x), x.shape[2], *net.params.W.shape, len(net.params.V)) if size != 1]
    assert len(set(sizes)) == len(sizes)


def test_the_check_of_several_sequences_hides_no_size_behind_a_one():
    """n_x and n_y are 1, as the series has one number a year and the net one answer."""
    net, x, _ = CHECKS["N"].case()
    assert len({len(x), x.shape[2], len(net.params.U), 1}) == 4


def test_the_lazy_checks_are_lazy_in_the_way_they_say():
    net, _, _ = CHECKS["symmetric"].case()
    np.testing.assert_array_equal(net.params.U, net.params.U.T)
    net, x, _ = CHECKS["saturated"].case()
    assert np.abs(run_forward(net, x).h[-1]).min() > 1 - 1e-12  # the way back ends before it begins
    assert len(set(CHECKS["saturated"].errors(MISTAKES["half"]).values())) == 1  # one number for all gradients


def test_training_is_plain_descent_with_that_gradient():
    x, Y, _ = sunspot_windows(4)
    net = small_net()
    for _ in range(3):
        grads = gradients(net, x, Y)
        net = Net(Params(*(weight - RATE * grad for weight, grad in zip(net.params, grads, strict=True))))
    assert training("")[3] == pytest.approx(mse_loss(run_forward(net, x).y, Y) / x.shape[2], rel=1e-12)
    assert len(training("")) == EPOCHS + 1


@every_mistake
def test_training_looks_fine_with_every_mistake(key):
    losses = training(key)
    assert losses[-1] < 0.8 * losses[0]
    assert (np.diff(losses) < 0).all()


@pytest.mark.parametrize(
    ("difference", "said"),
    [(0, A), (AGREES, A), (2 * AGREES, S), (WRONG, S), (2 * WRONG, X), (np.inf, X), (1.0, X)],
)
def test_verdicts(difference, said):
    assert verdict(difference) == said


def test_a_difference_is_never_nan():
    assert verdict(relative_difference([np.nan], [1.0])) == "wrong"
    assert verdict(relative_difference([0.0], [0.0])) == "agrees"
    with pytest.raises(ValueError, match="one shape"):
        relative_difference([0.0], [[0.0]])


# The panels


def cells(panel):
    """The rows of the table in the words."""
    lines = plain(panel.words.value).splitlines()
    return {line.split("   ")[0]: line.split("   ")[1:] for line in lines if line.count("   ") >= 4}


@pytest.mark.parametrize("T", [0, 1, 4, 12])
@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
def test_witness_panel(T, activation):
    panel = WitnessPanel()
    panel.inputs["T"].value, panel.inputs["activation"].value = T, activation
    run = run_example(T, activation)
    given = run.example.net, run.example.x, run.example.Y
    terms = untied_terms(*given)
    heard = (
        run.back.grads,
        numerical_gradients(*given),
        numerical_gradients(*given, method="complex"),
        [term.sum(axis=0) for term in terms],
    )
    for row, name in enumerate(NAMES):
        middle = np.median([answers[row] for answers in heard], axis=0)
        errors = [relative_difference(answers[row], middle) for answers in heard]
        assert cells(panel)[name] == [*map(number, errors), "agrees"]
        for mark, error in zip(panel.marks, errors, strict=True):
            assert mark.get_xdata()[row] == np.clip(error, panels.LEAST, panels.MOST)
            assert abs(mark.get_ydata()[row] - row) < 0.5


def test_a_witness_that_lies_is_seen(monkeypatch):
    def lying(*given, **options):
        told = numerical_gradients(*given, **options)
        return told._replace(dU=1.001 * told.dU) if options.get("method") == "complex" else told

    monkeypatch.setattr(panels, "numerical_gradients", lying)
    said = {name: row[-1] for name, row in cells(WitnessPanel()).items()}
    assert said == {"gradient": "verdict", **dict.fromkeys(NAMES, "agrees"), "dU": "wrong"}
    column = cells(WitnessPanel())["dU"].index("0.001")
    assert cells(WitnessPanel())["gradient"][column] == "complex step"


def curve_of(line):
    return np.asarray(line.get_ydata(), dtype=float)


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "softplus"])
@pytest.mark.parametrize("name", NAMES)
def test_epsilon_panel(name, activation):
    panel = EpsilonPanel()
    panel.inputs["name"].value, panel.inputs["activation"].value = name, activation
    panel.inputs["power"].value = -2
    run = run_example(4, activation)
    off = [
        relative_difference(
            getattr(numerical_gradients(run.example.net, run.example.x, run.example.Y, method=method, eps=1e-2), name),
            getattr(run.back.grads, name),
        )
        for method in ("central", "complex")
    ]
    words = plain(panel.words.value)
    assert f"ε = 0.010: the central difference of {name} is off by {number(off[0])}" in words
    assert f"the complex step by {number(off[1])}" in words
    k = int(np.flatnonzero(panels.EPSILONS == 1e-2)[0])
    for curve, error in zip(panel.curves, off, strict=False):
        assert curve.get_ydata()[k] == np.clip(error, panels.LEAST, panels.MOST)
    np.testing.assert_allclose(panel.marker.get_xdata(), 1e-2)
    dashed = curve_of(panel.curves[2])
    bends = name not in ("dV", "dc")  # L is a square in these two
    assert np.isfinite(dashed).all() == bends == np.isfinite(dashed).any()
    assert ("the bend of the loss" if bends else "no such bend here. There is rounding alone") in words


@pytest.mark.parametrize("activation", ["relu", "leaky_relu"])
def test_a_kink_is_no_bend(activation):
    panel = EpsilonPanel()
    panel.inputs["activation"].value = activation
    assert np.isnan(curve_of(panel.curves[2])).all()
    assert "until the disturbance crosses a kink." in plain(panel.words.value)


def test_the_two_slopes_and_the_flat_line():
    """dW with tanh: bend and rounding are both there. On the left the error jumps, so its slope is that of many ε."""
    central, complexly = (EpsilonPanel().errors_by_epsilon("tanh", method)[:, 0] for method in ("central", "complex"))
    power = panels.POWERS

    def slope(low, high):
        part = (power >= low) & (power <= high)
        return np.polyfit(power[part], np.log10(central[part]), 1)[0]

    assert slope(-3, -1) == pytest.approx(2, abs=0.1)
    assert slope(-13, -7) == pytest.approx(-1, abs=0.3)
    assert complexly[power <= -8].max() < 1e-14
    assert panels.EPSILONS[central.argmin()] == pytest.approx(panels.BEST, rel=10)


@pytest.mark.parametrize("key", ["", *MISTAKES])
def test_break_panel_shows_what_each_check_says_of_a_mistake(key):
    panel = BreakPanel()
    panel.inputs["key"].value = key
    slip = MISTAKES.get(key)
    said = cells(panel)
    assert said.keys() == {"check"} | {check.title for check in CHECKS.values()}
    for row, check in enumerate(CHECKS.values()):
        errors = check.errors(slip or RIGHT)
        assert said[check.title] == [check.verdict(slip or RIGHT), *map(number, errors.values())]
        assert panel.labels[row].get_text() == check.title
        for mark, error in zip(panel.marks, errors.values(), strict=True):
            assert mark.get_xdata()[row] == np.clip(error, panels.LEAST, panels.MOST)
    words = plain(panel.words.value)
    said = (slip.name, slip.line, slip.why) if slip else ("no mistake.",)
    assert all(part in words for part in said)
    assert f"from {number(training(key)[0])} to {number(training(key)[-1])}" in words
    np.testing.assert_array_equal(panel.wrong.get_ydata(), training(key))


@pytest.mark.parametrize("key", panels.LAZY)
def test_break_panel_shows_what_a_lazy_check_says_of_each_mistake(key):
    panel = BreakPanel()
    panel.inputs["key"].value = key
    said = cells(panel)
    assert said.keys() == {"mistake"} | {slip.name for slip in MISTAKES.values()}
    for slip in MISTAKES.values():
        assert said[slip.name][0] == CHECKS[key].verdict(slip)
    panel.inputs["key"].value = ""  # and no label of a longer table is left
    assert [label.get_text() for label in panel.labels].count("") == len(MISTAKES) - len(CHECKS)


def test_a_mistake_gives_what_a_lazy_check_of_one_gradient_cannot_see():
    """The question of page 06: U for its transpose, T+1 = 2, and dU alone."""
    assert CHECKS["2"].errors(MISTAKES["transpose"])["dU"] < AGREES
    assert CHECKS["4"].errors(MISTAKES["transpose"])["dU"] > WRONG


@pytest.mark.parametrize(
    ("error", "said"),
    [(0.0, "≤ 1e−8"), (3e-11, "≤ 1e−8"), (5e-8, "≤ 1e−4"), (1e-4, "≤ 1e−4"), (0.0123, "0.012"), (np.inf, "inf")],
)
def test_rounding_is_not_stored(error, said):
    assert rough(error) == said


# What it costs


@pytest.mark.parametrize("n_h", [2, 5, 16])
@pytest.mark.parametrize(("name", "method"), [("central differences", "central"), ("complex step", "complex")])
def test_forward_passes_are_those_that_are_made(n_h, name, method):
    calls = []

    def f(a):
        calls.append(1)
        return np.tanh(a)

    net = Net(
        init_params(n_x=cost.N_X, n_h=n_h, n_y=cost.N_Y), Activation("counting", f, lambda a: 1 - np.tanh(a) ** 2)
    )
    calls.clear()  # f was tried when it was handed over
    numerical_gradients(net, np.ones((cost.T + 1, cost.N_X, 1)), np.ones((cost.N_Y, 1)), method=method)
    assert len(calls) // (cost.T + 1) == cost.passes(n_h)[name] + 1  # one pass to begin with
    assert cost.weights(n_h) == sum(weight.size for weight in net.params)


class Counted:
    """A number that counts the products it takes part in."""

    products = 0

    def __init__(self, value):
        self.value = value

    def __add__(self, other):
        return Counted(self.value + getattr(other, "value", other))

    __radd__ = __add__

    def __sub__(self, other):
        return Counted(self.value - other.value)

    def __mul__(self, other):
        Counted.products += 1
        return Counted(self.value * other.value)


def counted(array):
    return np.vectorize(Counted, otypes=[object])(array)


@pytest.mark.parametrize("n_h", [2, 3, 8])
def test_products_are_counted_as_numbers_are_multiplied(n_h):
    """The forward and the backward pass on numbers that count; f and f' take no product of two of them."""
    W, U, b, V, c = map(counted, init_params(n_x=cost.N_X, n_h=n_h, n_y=cost.N_Y))
    x, Y, T = counted(np.ones((cost.T + 1, cost.N_X, 1))), counted(np.ones((cost.N_Y, 1))), cost.T
    Counted.products = 0
    h_hat, h = [], [counted(np.zeros((n_h, 1)))]
    for t in range(T + 1):
        h_hat.append(W @ x[t] + U @ h[-1] + b)
        h.append(counted(np.tanh(np.vectorize(lambda a: a.value)(h_hat[-1]))))
    y = V @ h[-1] + c
    assert Counted.products == cost.forward_products(n_h)
    Counted.products = 0
    df = [counted(1 - np.tanh(np.vectorize(lambda a: a.value)(each)) ** 2) for each in h_hat]
    dV, dh = (y - Y) @ h[-1].T, V.T @ (y - Y)
    for t in range(T, -1, -1):
        delta = dh * df[t]
        dW = delta @ x[t].T
        if t:
            dU = delta @ h[t].T  # h^(t-1): the list begins with h^(-1)
            dh = U.T @ delta
    assert Counted.products == cost.backward_products(n_h)
    assert [each.shape for each in (dW, dU, dV)] == [each.shape for each in (W, U, V)]


def test_bptt_stays_below_three_forward_passes_and_the_others_grow_with_the_weights():
    assert all(2 < cost.passes(n_h)["BPTT"] < 3 for n_h in cost.UNITS)
    for name in ("central differences", "complex step"):
        assert 3.5 < cost.passes(64)[name] / cost.passes(32)[name] < 4


@pytest.mark.parametrize("n_h", [2, 8, 64])
def test_cost_panel(n_h):
    panel = CostPanel()
    panel.inputs["n_h"].value = n_h
    weights, passes = cost.weights(n_h), cost.passes(n_h)
    words = plain(panel.words.value)
    assert f"n_h = {n_h}: {weights} weights. Central differences take {2 * weights} forward passes" in words
    assert f"the complex step {weights}, with complex numbers" in words
    assert f"the cost of {number(passes['BPTT'])} forward passes" in words
    np.testing.assert_array_equal(panel.marker.get_xdata(), [n_h, n_h])
    for line, name in zip(panel.chart.figure.axes[0].get_lines(), passes, strict=False):
        assert line.get_label() == name
        assert line.get_ydata()[n_h - 2] == passes[name]
