"""The capstone of page 06: all slips and any two of them are told apart, and the first wrong line is the right one."""

import re
from collections import namedtuple

import numpy as np
import pytest

from bptt_core import Gradients, backward
from bptt_core import gradients as of_core
from bptt_lab.compare import relative_difference
from bptt_lab.pages import check
from bptt_lab.pages.proof.capstone import NAMES, STAGES
from bptt_lab.practice.check import judged
from bptt_lab.practice.judge import same
from bptt_lab.slips import RIGHT, SLIPS, USUAL

every_stage = pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.id)
MISTAKES = [(stage, mistake) for stage in STAGES for mistake in stage.mistakes]
LAST = STAGES[-1]


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    """The reader's progress file, in a folder of its own."""
    monkeypatch.setenv("BPTT_PROGRESS", str(tmp_path / "progress.json"))


def by_hand(trace, Y):
    """All of it in plain loops, one sequence after the other."""
    W, U, b, V, c = trace.net.params
    last, n_h = len(trace.x) - 1, len(U)
    each = trace.net.outputs == "all"
    dW, dU, db, dV, dc = (np.zeros(weight.shape) for weight in trace.net.params)
    for n in range(trace.x.shape[2]):
        delta = np.zeros(n_h)
        for t in range(last, -1, -1):
            dh = U.T @ delta
            if each or t == last:
                error = (trace.y[t] - Y[t] if each else trace.y - Y)[:, n]
                dV += np.outer(error, trace.h[t, :, n])
                dc += error[:, None]
                dh = dh + V.T @ error
            delta = dh * (1 - trace.h[t, :, n] ** 2)
            dW += np.outer(delta, trace.x[t, :, n])
            dU += np.outer(delta, (trace.h[t - 1] if t else trace.h_init)[:, n])
            db += delta[:, None]
    return dW, dU, db, dV, dc


# Right, in any form that says the same


@every_stage
def test_loops_of_ones_own_are_right(stage):
    assert judged(stage, by_hand) == ("right", f"In all {len(stage.cases)} hidden cases.", "")


Own = namedtuple("Own", "of_inputs of_states of_bias of_V of_c")
Named = namedtuple("Named", "dc dV db dU dW dh")
FORMS = {
    "a list": list,
    "names of one's own": lambda grads: Own(*grads),
    "a dict in another order": lambda grads: dict(zip(NAMES[::-1], grads[::-1], strict=True)),
    "a named tuple in another order": lambda grads: Named(*grads[::-1], dh=None),
    "flat biases": lambda grads: [grad.ravel() if n in (2, 4) else grad for n, grad in enumerate(grads)],
    "float32": lambda grads: [grad.astype(np.float32) for grad in grads],
    "messages that are no arrays": lambda grads: (
        Gradients(*grads)._asdict() | {"dh": [[1.0], [2.0, 3.0]], "delta": "-"}
    ),
}


@every_stage
@pytest.mark.parametrize("form", FORMS)
def test_a_right_answer_is_right_in_every_equal_form(stage, form):
    state, message, _ = judged(stage, lambda trace, Y: FORMS[form](by_hand(trace, Y)))
    assert state == "right", message
    assert "rows where the book has columns" not in message


@every_stage
def test_gradients_are_not_right_in_rows(stage):
    state, message, name = judged(stage, lambda trace, Y: [grad.T for grad in by_hand(trace, Y)])
    assert (state, name) == ("not yet", "dW, dU and dV are transposed")
    assert f"{stage.cases[0].title}: dW: the shape is (8, 9), and should be (9, 8). The messages are right." in message


@every_stage
def test_messages_in_rows_are_right_with_a_remark(stage):
    function = handing_over(turned=True)
    assert judged(stage, function)[:2] == (
        "right",
        f"In all {len(stage.cases)} hidden cases. Your grad_dense, dh and delta come in rows where the book has "
        "columns: the same, transposed.",
    )
    assert judged(stage, handing_over())[1] == f"In all {len(stage.cases)} hidden cases."
    wrong = judged(stage, lambda trace, Y: function(trace, Y) | {"dh": 7 * trace.h.mT})[1]
    assert wrong.endswith("Your grad_dense and delta come in rows where the book has columns: the same, transposed.")


def test_the_core_s_own_backward_is_right():
    for stage in STAGES:
        assert judged(stage, backward)[0] == judged(stage, lambda trace, Y: backward(trace, Y).grads)[0] == "right"


@every_stage
def test_what_is_right_is_that_of_bptt_core(stage):
    for trace, Y in (case.arguments for case in stage.cases):
        for ours, theirs in zip(stage.right(trace, Y), backward(trace, Y).grads, strict=True):
            assert relative_difference(ours, theirs) < 1e-12


def test_rows_in_one_gradient_alone_are_a_mistake():
    def turned(trace, Y):
        dW, dU, *others = by_hand(trace, Y)
        return dW, dU.T, *others

    for stage in STAGES:
        state, message, name = judged(stage, turned)
        assert (state, name) == ("not yet", "dU is transposed")
        assert message.startswith("The messages are right. The sum dU (eq. 7.8) goes wrong. This is what comes out")


def test_a_function_that_changes_the_trace_is_not_right_yet():
    def careless(trace, Y):
        grads = by_hand(trace, Y)
        trace.h[...] *= 2
        return grads

    said = "The numbers are right, but `my_backward` changes its argument `trace`."
    assert judged(STAGES[0], careless)[1] == said


def test_a_name_that_is_missing_is_named():
    said = judged(STAGES[0], lambda trace, Y: {"dW": 0, "dU": 0, "db": 0, "dV": 0})[1]
    assert said == ("With T+1 = 1, N = 1: dW, dU, db, dV, dc are expected in what comes back; dc is not there.")


def test_an_error_says_what_the_function_was_given():
    said = judged(STAGES[0], lambda trace, Y: trace.h @ Y)[1]
    assert "It was given trace, a Trace, Y of shape (5, 1)." in said


# A stage asks for more than the one before


@pytest.mark.parametrize("n", range(len(STAGES)))
def test_each_stage_needs_what_it_says(n):
    """What is right up to a stage and no further."""

    def one(trace, Y):
        return LAST.right(trace, Y, **USUAL["columns"].steps)

    def zeros(trace, Y):
        return LAST.right(trace, Y, **USUAL["first use"].steps)

    def last(trace, Y):
        return of_core(trace.net._replace(outputs="last"), trace.x, Y[-1] if Y.ndim == 3 else Y, h_init=trace.h_init)

    right_up_to = {0: one, 1: zeros, 2: last, 3: by_hand}[n]
    assert [judged(stage, right_up_to)[0] == "right" for stage in STAGES] == [m <= n for m in range(len(STAGES))]


# Every slip

NO_SLIP_HERE = {"float32", "dense slope", "dense state"}  # right in float32; and the dense layer has no activation


def test_every_slip_of_the_catalogue_is_known_in_the_last_stage():
    assert {mistake.name for mistake in LAST.mistakes} >= {SLIPS[key].name for key in SLIPS.keys() - NO_SLIP_HERE}


@pytest.mark.parametrize(("stage", "mistake"), MISTAKES, ids=[f"{s.id}: {m.name}" for s, m in MISTAKES])
def test_a_slip_is_named_with_its_reason(stage, mistake):
    verdict = check(stage.id, stage.ways(mistake)[0])
    assert (verdict.state, verdict.mistake) == ("not yet", mistake.name)
    assert all(said in verdict.message for said in (mistake.name, mistake.why, mistake.source))


NO_U_LATE = "U is left out, and f′ is multiplied before the message of later steps is added"
LAST_PILE = (
    "f′ of the last step is used at every step, and the messages of the answers pile up, without f′ and U on the way"
)
ENTRIES, LOOP = "each entry is clipped", "the sum is clipped inside the loop"
SAME = {  # two and two that come to the same formula; one of them is named
    (NO_U_LATE, LAST_PILE),  # with one answer
    (
        "f′ is taken of step t, and f′ is left out in the sums",
        "f′ is taken of the state before, and f′ is left out in the sums",
    ),
    *(
        (f"{one}, and {ENTRIES}", f"{one}, and {LOOP}")
        for one in (
            "the message of later steps is left out",  # one term: its sum is clipped once
            "the last step is left out",
            "the mean is taken over all entries",  # at a limit that is passed at the end, and not on the way
            "y is sent back instead of the error",
        )
    ),
}
SAME = [set(pair) for pair in SAME]


def alike(stage):
    """Sets of names, of mistakes and pairs of them with any value of their parameters, that give the same numbers."""
    made = [("right", stage.right)]
    made += [(each.name, way) for each in (*stage.mistakes, *stage.pairs()) for way in stage.ways(each)]
    gave = [way(*stage.cases[-1].arguments) for _, way in made]
    rng = np.random.default_rng(0)
    weights = {shape: rng.normal(size=shape) for shape in sorted({part.shape for parts in gave for part in parts})}
    sums = [sum((part * weights[part.shape]).sum() for part in parts) for parts in gave]  # a number for each
    order = sorted(range(len(made)), key=sums.__getitem__)
    while order:
        first = order[0]
        near = [n for n in order if abs(sums[n] - sums[first]) <= 1e-6 * max(1, abs(sums[first]))]
        found = {n for n in near if n == first or all_same(stage, made[first][1], made[n][1])}
        order = [n for n in order if n not in found]
        yield {made[n][0].removeprefix("two mistakes are made at once: ") for n in found}


def all_same(stage, one, other):
    return all(
        mine.shape == theirs.shape and same(mine, theirs, rows=False)
        for case in stage.cases[::-1]
        for mine, theirs in zip(one(*case.arguments), other(*case.arguments), strict=True)
    )


@every_stage
def test_no_slip_and_no_two_are_taken_for_another(stage):
    """Whatever gives the same numbers is named as one mistake, which the other one hides, or is the same formula."""
    alone = {mistake.name for mistake in stage.mistakes}
    count = 0
    for names in alike(stage):
        count += len(names)
        assert names == {"right"} or "right" not in names
        assert len(names) == 1 or len(names & alone) == 1 or names in SAME
    assert count > 500


@every_stage
def test_two_slips_are_named_as_two(stage):
    """Some of them, tried as an answer is; the test above has compared all."""
    alone = {mistake.name for mistake in stage.mistakes}
    pairs = stage.pairs()
    named = 0
    for pair in pairs[:: len(pairs) // 6]:
        state, message, name = judged(stage, stage.ways(pair)[0])
        assert state == "not yet"
        assert name == pair.name or name in alone or {name, pair.name} in SAME
        named += name == pair.name
        assert re.match(r"The first line that goes wrong is|The messages are right\. The sums? d|With ", message)
    assert named >= 4


# The first line that goes wrong

GRAD_DENSE, DH, DELTA = (
    f"The first line that goes wrong is {line}, at t = {{}}."
    for line in ("grad_dense, eq. 7.4", "dh, eq. 7.6", "δ, dh times f′")
)
ALL_SUMS = "The messages are right. The sums dW (eq. 7.7), dU (eq. 7.8) and db (eq. 7.9) go wrong."
OF_U = "The messages are right. The sum dU (eq. 7.8) goes wrong."
OF_C = "The messages are right. The sum dc (dense layer) goes wrong."
OF_B = "The messages are right. The sum db (eq. 7.9) goes wrong."
FIRST_LINES = (  # of each slip of the catalogue, with one answer and in many-to-many
    {key: GRAD_DENSE.format("T") for key in ("sign", "answer", "half", "mean", "entries")}
    | {"upstream": GRAD_DENSE.format("T−1")}
    | {key: DELTA.format("T") for key in ("state", "half angle", "before")}
    | {key: DELTA.format("T−1") for key in ("last slope", "late")}
    | {key: DH.format("T−1") for key in ("step", "slope", "after", "transpose", "no U", "pile", "clip", "no link")}
    | {"moved": DH.format("T−2")}
    | dict.fromkeys(("in place", "bare"), ALL_SUMS)
    | dict.fromkeys(("wrap", "range", "first use", "overwrite U"), OF_U)
    | dict.fromkeys(("late b", "units", "columns"), OF_B)
    | {"no c": OF_C, "columns of c": OF_C, "turned V": OF_C.replace("dc", "dV")}
    | {
        "loss value": GRAD_DENSE.format("T"),
        "every step": GRAD_DENSE.format("T−1"),
        "only last": GRAD_DENSE.format("T−1"),
    }
    | {"answer after": GRAD_DENSE.format("T"), "answer before": GRAD_DENSE.format("T")}
    | {key: DELTA.format("T") for key in ("h for f′", "no square", "other f′", "no slope at T")}
    | {"truncated": DH.format("T−2"), "times": DH.format("T−1"), "delta after": ALL_SUMS, "mean b": OF_B}
    | {"turned U": OF_U}
    | dict.fromkeys(("x before", "x wrap", "turned W"), OF_U.replace("dU (eq. 7.8)", "dW (eq. 7.7)"))
)


def test_every_slip_has_its_first_line():
    rest = {"loop N", "without T", "without 0", "overwrite", "steps", "clip sums", "clip entries"}
    assert FIRST_LINES.keys() | rest | NO_SLIP_HERE == SLIPS.keys()


KEYS = {slip.name: key for key, slip in SLIPS.items()}
KNOWN = [(stage, mistake) for stage, mistake in MISTAKES if mistake.name in KEYS]


@pytest.mark.parametrize(("stage", "mistake"), KNOWN, ids=[f"{s.id}: {KEYS[m.name]}" for s, m in KNOWN])
def test_the_first_line_of_a_slip(stage, mistake):
    message = judged(stage, stage.ways(mistake)[0])[1]
    assert FIRST_LINES.get(KEYS[mistake.name], "The messages are right. The sums dW (eq. 7.7)") in message


UNKNOWN = {  # a step replaced by what no slip has; and what the gradients alone tell of it
    "error": (lambda y, Y: 1.3 * (y - Y), GRAD_DENSE.format("T")),
    "upstream": (lambda grad_dense, back: 0.7 * grad_dense, GRAD_DENSE.format("T")),
    "turn": (lambda U: 0.95 * U.T, DH.format("T−1")),
    "sent": (lambda message, df, t: 1.1 * message, DH.format("T−1")),
    "slope": (lambda f, h_hat, h, before: 1 - 0.9 * h**2, DELTA.format("T")),
    "passed": (lambda dh, message, df: dh * df**3, DELTA.format("T")),
    "through": (
        lambda dh, delta, df, t: delta[t + 1] * df[t + 1] ** 2,
        "The first line that goes wrong is an f′, in dh or in δ, at t = T−1.",
    ),
    "shared": (lambda delta, dh, df: 0.5 * (delta + dh), None),
    "states_of_U": (lambda h, h_init: 0.5 * h, OF_U),
    "uses_of_b": (lambda delta: 0.9 * delta, OF_B),
    "terms_of_c": (
        lambda dy: 0.9 * dy.sum(axis=2, keepdims=True),
        "The messages are right. The sum dc (dense layer) goes wrong.",
    ),
}


@pytest.mark.parametrize("stage", STAGES[::3], ids=lambda stage: stage.id)
@pytest.mark.parametrize("step", UNKNOWN)
def test_a_mistake_without_a_name_is_told_its_line_from_the_gradients_alone(stage, step):
    does, said = UNKNOWN[step]
    state, message, name = judged(stage, lambda trace, Y: stage.right(trace, Y, **{step: does}))
    assert (state, name) == ("not yet", "")
    if said:
        assert message.startswith(said + " With T+1 =")


@pytest.mark.parametrize(("form", "step"), [("float32", "turn"), ("flat biases", "passed")])
def test_so_it_is_in_float32_and_with_flat_biases(form, step):
    does, said = UNKNOWN[step]
    message = judged(LAST, lambda trace, Y: FORMS[form](LAST.right(trace, Y, **{step: does})))[1]
    assert message.startswith(said)


def handing_over(turned=False, **steps):
    """A function that returns its messages too. turned : these in rows"""

    def function(trace, Y):
        made = RIGHT._replace(**steps)
        _, grad_dense, dh, delta, _ = made.messages(trace, Y)
        named = made.backward(trace, Y)._asdict() | {"grad_dense": grad_dense, "dh": dh, "delta": delta}
        rows = {name: np.swapaxes(named[name], -1, -2) for name in ("grad_dense", "dh", "delta")} if turned else {}
        return named | rows

    return function


@pytest.mark.parametrize(("stage", "turned"), [(STAGES[0], False), (LAST, True)])
def test_what_is_handed_over_tells_the_line_exactly(stage, turned):
    """An f' cubed in the link, and in δ of the steps before T: the gradients alone cannot tell which."""

    def passed(dh, message, df):
        return dh * (df**3 if message.any() else df)

    for steps, said in (({"through": UNKNOWN["through"][0]}, DH), ({"passed": passed}, DELTA)):
        message = judged(stage, handing_over(turned, **steps))[1]
        assert message.startswith(said.format("T−1"))


def test_grad_dense_may_be_that_of_the_last_step():
    def function(trace, Y):
        named = handing_over(upstream=lambda grad_dense, back: 0.7 * grad_dense)(trace, Y)
        return named | {"grad_dense": named["grad_dense"][-1]}

    assert judged(STAGES[1], function)[1].startswith(GRAD_DENSE.format("T"))


@every_stage
@pytest.mark.parametrize("without", [(), ("grad_dense",), ("grad_dense", "dh"), ("grad_dense", "delta")])
@pytest.mark.parametrize("steps", [USUAL["sign"].steps, USUAL["half"].steps, {"error": UNKNOWN["error"][0]}])
def test_a_wrong_first_message_is_told_of_grad_dense_whatever_is_handed_over(stage, without, steps):
    def function(trace, Y):
        return {name: array for name, array in handing_over(**steps)(trace, Y).items() if name not in without}

    assert GRAD_DENSE.format("T") in judged(stage, function)[1]


def test_dh_of_t_is_that_of_eq_7_5_if_grad_dense_is_right():
    wrong = handing_over(join=lambda answer, message: 0.7 * answer + message)
    assert "The first line that goes wrong is dh, eq. 7.5, at t = T." in judged(STAGES[1], wrong)[1]


def test_messages_in_the_order_of_the_loop_are_turned_round():
    """A loop from T back appends the message of T first."""

    def function(trace, Y):
        named = handing_over(turn=lambda U: 0.95 * U.T)(trace, Y)
        return named | {"dh": list(named["dh"][::-1]), "delta": list(named["delta"][::-1])}

    assert judged(STAGES[0], function)[1].startswith(DH.format("T−1"))


def test_messages_of_another_shape_are_passed_over():
    def function(trace, Y):
        return handing_over(turn=lambda U: 0.95 * U.T)(trace, Y) | {"grad_dense": 1.0, "dh": [1.0], "delta": [1.0]}

    assert judged(STAGES[0], function)[1].startswith(DH.format("T−1"))


def test_what_is_handed_over_may_be_wrong_where_the_gradients_are_right():
    assert judged(STAGES[0], lambda trace, Y: handing_over()(trace, Y) | {"dh": 7 * trace.h})[0] == "right"


def test_where_nothing_can_be_told_nothing_is_said():
    message = judged(STAGES[1], lambda trace, Y: [np.cos(7 * grad) for grad in by_hand(trace, Y)])[1]
    assert message.startswith("With T+1 =")
    message = judged(STAGES[1], lambda trace, Y: [np.nan * grad for grad in by_hand(trace, Y)])[1]
    assert message.endswith("there is a nan among the numbers.")


# As it is written


def as_written(wrong):
    """backward in a loop, as on the page, with one line of it wrong."""

    def my_backward(trace, Y):
        W, U, b, V, c = trace.net.params
        x, h, dy = trace.x, trace.h, trace.y - Y
        dh, n = V.T @ dy, len(x) - (wrong == "n")
        dW, dU, db = np.zeros_like(W), np.zeros_like(U), np.zeros_like(b)
        for t in reversed(range(n)):
            delta = dh * (1 - (trace.h_hat if wrong == "f′ of ĥ" else h)[t] ** 2)
            delta = delta * (1 - h[t] ** 2) if wrong == "f′ twice" else delta
            h_prev = h[t - 1] if t else trace.h_init
            dW = delta @ x[t].T + (0 if wrong == "dW" else dW)
            dU = delta @ h_prev.T + (0 if wrong == "dU" else dU)
            db = delta.sum(axis=1, keepdims=True) + (0 if wrong == "db" else db)
            dh = U.T @ (delta * (1 - h[t] ** 2) if wrong == "f′ again" else delta)
        return dW, dU, db, dy @ h[-1].T, dy.sum(axis=1, keepdims=True)

    return my_backward


@pytest.mark.parametrize("stage", STAGES[:3], ids=lambda stage: stage.id)
@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ("n", "the loop begins at T−1, and gives that step the message of T"),
        ("dW", "= stands for += in the sum for W"),
        ("dU", "= stands for += in the sum for U"),
        ("db", "= stands for += in the sum for b"),
        ("f′ twice", "f′ is applied twice"),
        ("f′ again", "f′ is applied twice"),
        ("f′ of ĥ", "ĥ is put where h belongs in f′"),
    ],
)
def test_one_wrong_line_is_one_mistake(stage, wrong, name):
    assert judged(stage, as_written("nothing"))[0] == "right"
    assert judged(stage, as_written(wrong))[2] == name


def test_a_backward_for_one_answer_hears_of_the_axis_of_steps():
    said = " With an answer at each step y and Y have an axis of steps: (T+1, n_y, N)."
    assert f"dc: the shape is (1, 1, 1), and should be (5, 1).{said}" in judged(LAST, as_written("nothing"))[1]

    def adds_in_place(trace, Y):
        dW = np.zeros((9, 8))
        dW += trace.net.params.V.T @ (trace.y - Y) @ trace.x[0].T

    assert judged(LAST, adds_in_place)[1].endswith(f"It was given trace, a Trace, Y of shape (1, 5, 1).{said}")
