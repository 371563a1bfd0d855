"""Exercises: right answers in any equal form, known mistakes by their names, and kind words for all else."""

import re
from collections import Counter
from contextlib import suppress
from copy import deepcopy

import numpy as np
import pytest

from bptt_core import Net, backward, forward, init_params, mse_loss, step_terms
from bptt_lab.pages import EXERCISES, check
from bptt_lab.practice.call import Stopped, _first_changed
from bptt_lab.practice.check import judged
from bptt_lab.practice.trial import Trial

ALL = list(EXERCISES.values())
every_exercise = pytest.mark.parametrize("exercise", ALL, ids=EXERCISES)
IN_STAGES = [exercise for exercise in ALL if exercise.id.startswith("06-backward")]  # see tests/pages/test_capstone.py
IN_COLUMNS = [exercise for exercise in ALL if exercise.page != "08"]  # see tests/pages/test_bring.py
APART = [exercise for exercise in ALL if exercise not in IN_STAGES]
MISTAKES = [
    (exercise, mistake, way) for exercise in APART for mistake in exercise.mistakes for way in exercise.ways(mistake)
]
every_mistake = pytest.mark.parametrize(
    ("exercise", "mistake", "way"),
    MISTAKES,
    ids=[f"{exercise.id}: {mistake.name}" for exercise, mistake, _ in MISTAKES],
)
TRANSPOSED = {
    "03-dense": "dV is transposed",
    "03-sum": "dW and dU are transposed",
    "03-term": "message and state change places",
    **dict.fromkeys(
        (f"06-backward-{stage}" for stage in ("one", "N", "before", "each")), "dW, dU and dV are transposed"
    ),
    "05-dW": "δ and x change places",
    "05-dU": "δ and h change places",
    "05-truncated": "δ and x change places",
    "06-central": "the gradient is transposed",
    "06-clip": "the gradients are transposed",
    "08-rows": "dW, dU and dV are all transposed",
    "08-torch": "dW, dU and dV are all transposed",
    "08-unnamed": "dW, dU and dV are all transposed",
}


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    """The reader's progress file, in a folder of its own."""
    monkeypatch.setenv("BPTT_PROGRESS", str(tmp_path / "progress.json"))
    return tmp_path / "progress.json"


def as_answer(exercise, function, form=lambda array: array):
    """A function, or for an exercise that asks for a value, its result; each result in that form."""

    def shaped(*arguments):
        result = function(*arguments)
        return tuple(map(form, result)) if isinstance(result, tuple) else form(result)

    return shaped if exercise.call else shaped()


# Right, in any form that says the same

FORMS = {
    "as the book has it": np.asarray,
    "rows": lambda array: np.swapaxes(array, -1, -2) if np.ndim(array) > 1 else array,
    "float32": np.float32,
    "one axis more": lambda array: np.asarray(array)[None],
    "no axes of length 1": np.squeeze,
    "a list": lambda array: np.asarray(array).tolist(),
}


FORMED = [
    pytest.param(exercise, form, id=f"{exercise.id}, {name}")
    for exercise in ALL
    for name, form in FORMS.items()
    if name != "rows" or exercise.id not in TRANSPOSED  # that would be the transpose of a weight's gradient
]


@pytest.mark.parametrize(("exercise", "form"), FORMED)
def test_a_right_answer_is_right_in_every_equal_form(exercise, form):
    state, message, mistake = judged(exercise, as_answer(exercise, exercise.right, form))
    assert (state, mistake) == ("right", ""), message


def test_rows_are_remarked():
    transposed = as_answer(EXERCISES["04-link"], EXERCISES["04-link"].right, FORMS["rows"])
    assert "rows where the book has columns" in check("04-link", transposed).message
    assert "rows" not in check("04-link", EXERCISES["04-link"].right).message


@pytest.mark.parametrize("exercise_id", ["03-dense", "03-sum"])
def test_a_message_may_come_in_rows_beside_gradients_in_columns(exercise_id):
    right = EXERCISES[exercise_id].right

    def in_rows(*given):
        *grads, message = right(*given)
        return *grads, message.T

    verdict = check(exercise_id, in_rows)
    assert verdict.state == "right"
    assert "rows where the book has columns" in verdict.message


def test_the_array_that_is_wrong_is_named():
    def dense(V, h, y, Y):
        dV, dc, grad_dense = EXERCISES["03-dense"].right(V, h, y, Y)
        return dV, dc[:1], grad_dense

    assert exact("03-dense", dense) == "With N = 1: dc: the shape is (1, 1), and should be (8, 1)."

    def through_sum(U, x, h_prev, delta):
        dW, dU, db, message = EXERCISES["03-sum"].right(U, x, h_prev, delta)
        return dW, dU, db, 1.3 * message

    said = exact("03-sum", through_sum)
    assert said.startswith("With N = 1: the message: the shape is right, but the entry (")


def test_a_list_and_a_named_tuple_of_gradients_are_right():
    def clip(grads, limit):
        norm = np.sqrt(sum((grad**2).sum() for grad in grads))
        return [grad * min(1, limit / max(norm, 1e-300)) for grad in grads]

    assert check("06-clip", clip).state == "right"
    triple = EXERCISES["06-clip"].right
    assert check("06-clip", lambda grads, limit: type("Three", (tuple,), {})(triple(grads, limit))).state == "right"


def test_a_number_may_be_of_any_kind():
    for answer in (57, 57.0, np.int32(57), np.array([57]), [[57]]):
        assert check("02-count", answer).state == "right"


@every_exercise
def test_a_right_answer_that_is_a_little_off_is_not_right(exercise):
    state, message, mistake = judged(
        exercise, as_answer(exercise, exercise.right, lambda array: np.multiply(array, 1.001))
    )
    assert (state, mistake) == ("not yet", "")
    said = r"is not it|but not the entry \(\d|(it|but the entry \(\d.*\)) is −?\d\S* and should be −?\d"
    assert re.search(said, message, re.IGNORECASE)


# Known mistakes


def test_there_are_enough_of_them():
    assert len(ALL) >= 12
    assert len(MISTAKES) >= 150
    assert Counter(exercise.page for exercise in ALL).keys() >= {"01", "02", "03", "04", "05", "06", "07"}
    assert all(name == exercise.id for name, exercise in EXERCISES.items())


@every_mistake
@pytest.mark.filterwarnings("ignore:invalid value|divide by zero:RuntimeWarning")
def test_a_known_mistake_is_named_with_its_reason(exercise, mistake, way):
    verdict = check(exercise.id, as_answer(exercise, way))
    assert (verdict.state, verdict.mistake) == ("not yet", mistake.name)
    for said in (mistake.name, mistake.why, mistake.source):
        assert said in verdict.message


@every_mistake
@pytest.mark.filterwarnings("ignore:invalid value|divide by zero:RuntimeWarning")
def test_a_known_mistake_is_no_other_one_and_not_right(exercise, mistake, way):
    try:
        tried = [Trial(exercise, as_answer(exercise, way), case) for case in exercise.cases]
    except Stopped as stopped:  # it leaves an array: then the other cases tell
        beyond = stopped.beyond
        tried = []
    if not tried:
        assert beyond
        assert judged(exercise, way)[2] == mistake.name
        return
    matching = [other.name for other in exercise.mistakes if all(trial.is_as(other) for trial in tried)]
    assert matching == [mistake.name]
    assert not all(trial.right for trial in tried)


@pytest.mark.parametrize("exercise", ALL, ids=EXERCISES)
@pytest.mark.filterwarnings("ignore:invalid value|divide by zero:RuntimeWarning")
def test_no_mistake_changes_what_it_is_given(exercise):
    """For the hidden cases themselves are handed to them."""
    for case in exercise.cases:
        given = deepcopy(case.arguments)
        for mistake in exercise.mistakes:
            for way in exercise.ways(mistake):
                with suppress(ValueError, IndexError):  # its shapes may not fit in this case
                    way(*given)
        assert _first_changed(exercise, case.arguments, given) == ""


@every_mistake
@pytest.mark.filterwarnings("ignore:invalid value|divide by zero:RuntimeWarning")
def test_a_known_mistake_is_named_in_float32_too(exercise, mistake, way):
    assert judged(exercise, as_answer(exercise, way, FORMS["float32"]))[2] == mistake.name


@pytest.mark.parametrize(("exercise_id", "name"), TRANSPOSED.items())
def test_the_transpose_of_a_weights_gradient_is_not_right(exercise_id, name):
    exercise = EXERCISES[exercise_id]
    verdict = check(exercise_id, as_answer(exercise, exercise.right, np.transpose))
    assert (verdict.state, verdict.mistake) == ("not yet", name)


def test_a_mistake_seen_in_rows_says_so():
    """Eq. 7.6 in the book's order, with rows: it ends in the transpose of U, and should end in U."""
    said = check("04-link", lambda U, dh_next, df_next: (dh_next * df_next).T @ U.T)
    assert said.mistake == "U is not transposed"
    assert said.message.endswith("There the factors stand in the other order, each of them transposed.)")
    assert "rows" not in check("04-link", lambda U, dh_next, df_next: U @ (dh_next * df_next)).message


def test_the_shape_comes_before_the_mistake():
    message = check("02-states", lambda W, U, b, x: EXERCISES["02-states"].right(W, U, b, x)[-1]).message
    assert message.index("the shape is (5, 1), and should be (2, 5, 1)") < message.index("only the last state")
    message = check("05-dW", lambda delta, x: np.zeros((2, 3))).message
    assert message.startswith("With T+1 = 1, N = 1: the shape is (2, 3), and should be (5, 6).")


@pytest.mark.parametrize("loop", ["forwards", "backwards"])
def test_loops_as_they_are_written_with_the_mistake(loop):
    """The functions above are short forms. This is how a reader falls into it."""

    def dU(delta, h):
        total = np.zeros((5, 5))
        for t in range(len(h)) if loop == "forwards" else reversed(range(len(h))):
            total += delta[t] @ h[t - 1].T
        return total

    assert check("05-dU", dU).mistake == "h[t-1] is taken at t = 0 too"

    def dW(delta, x):
        for t in range(len(x)) if loop == "forwards" else reversed(range(len(x))):
            total = delta[t] @ x[t].T
        return total

    alone = {"forwards": "the last step alone is counted", "backwards": "the first step alone is counted"}
    assert check("05-dW", dW).mistake == alone[loop]


def test_in_place_as_it_is_written():
    def recursion(U, grad_dense, df):
        dh = np.zeros_like(df)
        dh[-1] = grad_dense
        for t in reversed(range(len(df) - 1)):
            message = dh[t + 1]
            message *= df[t + 1]
            dh[t] = U.T @ message
        return dh

    assert check("04-recursion", recursion).mistake == "dh of the step after is changed in place"


def test_an_unknown_mistake_says_how_far_off_and_where_it_is_right():
    def recursion(U, grad_dense, df):
        dh = EXERCISES["04-recursion"].right(U, grad_dense, df)
        dh[:-1] *= 3
        return dh

    verdict = check("04-recursion", recursion)
    assert verdict.mistake == ""
    said = r"With T\+1 = 2, N = 1: the shape is right, but the entry \(0, (\d), 0\) is (\S+) and should be (\S+)\. "
    i, is_, should_be = re.match(said, verdict.message).groups()
    U, grad_dense, df = EXERCISES["04-recursion"].cases[2].arguments
    assert float(should_be.replace("−", "-")) == pytest.approx((U.T @ (grad_dense * df[1]))[int(i), 0], rel=1e-6)
    assert float(is_.replace("−", "-")) == pytest.approx(3 * float(should_be.replace("−", "-")), rel=1e-6)
    assert verdict.message.endswith("It is right with T+1 = 1, N = 1; T+1 = 1, N = 4.")
    assert check("02-count", 82).message == "82 is not it."


# Not attempted


@every_exercise
def test_an_empty_answer_is_not_attempted(exercise, kept):
    for nothing in (None, ..., *([lambda *arguments: ...] if exercise.call else [])):
        verdict = check(exercise.id, nothing)
        assert (verdict.state, verdict.message) == ("not attempted", exercise.task)
    assert not kept.exists()


def test_a_forgotten_return_is_told():
    def loss(y, Y):
        0.5 * np.sum((y - Y) ** 2)

    assert exact("01-loss", loss) == "With n_y = 1, N = 1: nothing came back. Is there a `return`?"


# Rubbish


def raising(y, Y):
    raise KeyError("W")


def exact(exercise_id, answer):
    verdict = check(exercise_id, answer)
    assert (verdict.state, verdict.mistake) == ("not yet", "")
    return verdict.message


class Refuses:
    def __array__(self, *args, **kwargs):
        raise RuntimeError("no")


NUMBERS_EXPECTED = "With n_y = 1, N = 1: numbers are expected; got {}."


@pytest.mark.parametrize(
    ("exercise_id", "answer", "message"),
    [
        (
            "01-loss",
            raising,
            "With n_y = 1, N = 1: `loss(y, Y)` stopped in your line `raise KeyError(\"W\")` with KeyError: 'W'. "
            "It was given y of shape (1, 1), Y of shape (1, 1).",
        ),
        (
            "05-truncated",
            lambda delta, x: 0,
            "With T+1 = 1, N = 1, k = 1: `truncated(delta, x, k)` stopped with TypeError: <lambda>() takes 2 "
            "positional arguments but 3 were given. "
            "It was given delta of shape (1, 5, 1), x of shape (1, 6, 1), k = 1.",
        ),
        ("01-loss", 0.5, "Hand over the function `loss` itself, without brackets; got a float."),
        ("02-count", lambda: 57, "The answer is a value; got a function."),
        ("01-loss", lambda y, Y: "0.5", NUMBERS_EXPECTED.format("text")),
        ("01-loss", lambda y, Y: {1: 2}, NUMBERS_EXPECTED.format("a dict")),
        ("01-loss", lambda y, Y: 1j * y, NUMBERS_EXPECTED.format("complex numbers")),
        ("01-loss", lambda y, Y: [[1.0], [1.0, 2.0]], NUMBERS_EXPECTED.format("a list")),
        ("01-loss", lambda y, Y: Refuses(), NUMBERS_EXPECTED.format("a Refuses")),
        ("01-loss", lambda y, Y: np.nan, "With n_y = 1, N = 1: there is a nan among the numbers."),
        ("01-loss", lambda y, Y: [], "With n_y = 1, N = 1: the shape is (0,), and should be (): one number."),
        (
            "06-clip",
            lambda grads, limit: grads[0],
            "With a norm of twice the limit: 3 arrays are expected, as a tuple or a list; got a ndarray.",
        ),
        (
            "06-clip",
            lambda grads, limit: grads[:2],
            "With a norm of twice the limit: 3 arrays are expected, as a tuple or a list; got 2.",
        ),
    ],
)
def test_rubbish_gets_an_exact_message(exercise_id, answer, message):
    assert exact(exercise_id, answer) == message


def test_a_function_that_forgets_a_case_hears_which():
    def slope(name, h_hat):
        if name != "relu":
            return EXERCISES["03-slope"].right(name, h_hat)
        return None

    assert exact("03-slope", slope) == (
        "With name = 'relu': nothing came back. Is there a `return`? "
        "It is right with name = 'tanh'; name = 'sigmoid'; name = 'identity'."
    )


def test_a_function_that_changes_its_argument_is_not_right_yet():
    def link(U, dh_next, df_next):
        dh_next *= df_next
        return U.T @ dh_next

    assert exact("04-link", link) == "The numbers are right, but `link` changes its argument `dh_next`."

    def clip(grads, limit):
        clipped = EXERCISES["06-clip"].right(grads, limit)
        grads.clear()
        return clipped

    assert exact("06-clip", clip) == "The numbers are right, but `clip` changes its argument `grads`."


def test_a_function_may_move_its_argument_and_put_it_back():
    def central(L, w, eps):
        grad = np.empty_like(w)
        for i in np.ndindex(w.shape):
            here = w[i]
            w[i] = here + eps
            up = L(w)
            w[i] = here - eps
            grad[i] = (up - L(w)) / (2 * eps)
            w[i] = here
        return grad

    assert check("06-central", central).state == "right"


def test_no_case_reaches_the_next_reader_changed():
    """A function that spoils its arguments does not spoil the hidden cases."""

    def spoil(delta, x):
        delta[...] = 0
        x[...] = 0
        return np.zeros((5, 6))

    check("05-dW", spoil)
    assert check("05-dW", EXERCISES["05-dW"].right).state == "right"


def test_an_unknown_exercise_is_refused():
    with pytest.raises(ValueError, match=r"exercise_id must be one of 00-dw, .*; got '01-lost'"):
        check("01-lost", 1)
    with pytest.raises(ValueError, match=r"got \['01-loss'\]"):
        check(["01-loss"], 1)
    with pytest.raises(ValueError, match=r"exercise_id must be one of 00-dw, .*; got array\(\['01-lo"):
        check(np.array(["01-loss", "01-message"]), 1)


# How it is shown


def test_the_verdict_shows_itself_once(capsys):
    verdict = check("02-count", 45)
    assert capsys.readouterr().out.strip() == repr(verdict)
    verdict._ipython_display_()
    assert capsys.readouterr().out == ""
    assert repr(verdict).startswith("02-count: not yet. This is what comes out when the dense layer is left out.")


def test_hints_open_one_after_the_other_and_go_when_it_is_right():
    html = check("05-dW", None)._repr_html_()
    first, second = html.index("Hint 1"), html.index("Hint 2")
    assert html.count("<details>") == html.count("</details>") == 2
    assert html.index("</details>") > second > first  # the second inside the first
    assert "Hint" not in check("05-dW", EXERCISES["05-dW"].right)._repr_html_()


def test_what_a_reader_wrote_is_text_and_no_html():
    def loss(y, Y):
        raise ValueError("<img src=x onerror=alert(1)>")

    html = check("01-loss", loss)._repr_html_()
    assert "<img" not in html
    assert "&lt;img" in html
    assert ">loss(y, Y)</code>" in html


@every_exercise
def test_every_exercise_says_what_it_wants(exercise):
    assert exercise.task.endswith(".")
    assert len(exercise.hints) == 2
    assert all(hint and hint.count("`") % 2 == 0 for hint in exercise.hints)
    for mistake in exercise.mistakes:
        assert mistake.why.endswith((".", "?"))
        assert mistake.name[0].islower() or mistake.name[0] in "UVWδĥ="
        assert mistake.source
    if exercise.call:
        for case in exercise.cases:
            assert len(case.arguments) == len(exercise.arguments)


def test_sums_are_tried_with_one_two_three_and_seven_steps_and_more_than_one_sequence():
    for name in ("02-states", "04-recursion", "05-dW", "05-dU", "05-db", "05-truncated"):
        shapes = [next(a.shape for a in case.arguments[::-1] if np.ndim(a) == 3) for case in EXERCISES[name].cases]
        assert {shape[0] for shape in shapes} == {1, 2, 3, 7}
        assert {1, 4} <= {shape[2] for shape in shapes}
    for name in ("02-step", "02-states", "04-link", "04-recursion"):
        for case in EXERCISES[name].cases:
            U = next(argument for argument in case.arguments if argument.shape == (5, 5))
            assert np.abs(U - U.T).max() > 0.1


def test_the_right_answers_are_those_of_bptt_core():
    """On a net of two inputs, three units, two outputs: every exercise's answer, against what backward computes."""
    rng = np.random.default_rng(0)
    params = init_params(n_x=2, n_h=3, n_y=2, seed=1)
    x, Y = rng.normal(size=(4, 2, 2)), rng.normal(size=(2, 2))
    trace = forward(Net(params), x)
    back = backward(trace, Y)
    df = trace.net.activation.df(trace.h_hat)
    right = {name: exercise.right for name, exercise in EXERCISES.items()}
    W, U, b, V, c = params
    for ours, theirs in (
        (right["01-loss"](trace.y, Y), back.loss),
        (right["02-states"](W, U, b, x), trace.h),
        (right["02-step"](W, U, b, x[1], trace.h[0]), trace.h[1]),
        (right["03-slope"]("tanh", trace.h_hat), df),
        *zip(right["03-dense"](V, trace.h[-1], trace.y, Y), (*back.grads[3:], back.grad_dense), strict=True),
        *zip(
            right["03-sum"](U, x[2], trace.h[1], back.delta[2]),
            (*(term[2] for term in step_terms(trace, back)[:3]), back.dh[1]),
            strict=True,
        ),
        (right["04-link"](U, back.dh[2], df[2]), back.dh[1]),
        (right["04-recursion"](U, back.grad_dense, df), back.dh),
        (right["05-dW"](back.delta, x), back.grads.dW),
        (right["05-dU"](back.delta, trace.h), back.grads.dU),
        (right["05-db"](back.delta), back.grads.db),
        (right["05-truncated"](back.delta, x, 2), backward(trace, Y, steps=2).grads.dW),
    ):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-14)

    def loss(W):
        return mse_loss(forward(Net(params._replace(W=W)), x).y, Y)

    np.testing.assert_allclose(right["06-central"](loss, W, 1e-5), back.grads.dW, rtol=1e-7, atol=1e-9)
    assert right["02-count"]() == sum(weight.size for weight in init_params(n_x=3, n_h=5, n_y=2))


# Two mistakes at once

PAIRS = [(exercise, pair) for exercise in ALL for pair in exercise.pairs()]
TWO = "two mistakes are made at once: "
LINK = "the message of later steps is left out"
LOOP = "the loop runs over N where T+1 belongs"
SAME = {  # pairs that give the same numbers: one is named for the other
    f"{LINK}, and dh begins at T with f′ already in it": f"{LINK}, and δ is returned instead of dh",
    f"the step t = 1 alone is counted, and {LOOP}": f"the last step alone is counted, and {LOOP}",
    "the k-th step from the end alone is counted, and the sum is not cut": (
        "the first k steps are taken, and the k-th step from the end alone is counted"
    ),
    f"grad_dense of T is added in every step, and {LINK}": (
        "only the last answer sends a message, and the messages of the answers pile up, without f′ and U on the way"
    ),
}


def test_many_mistakes_can_be_made_together():
    assert len(PAIRS) >= 600
    alone = {exercise.id for exercise in ALL if len(exercise.mistakes) > 1} - {exercise.id for exercise, _ in PAIRS}
    assert alone == {"02-count", "06-relative"}


@pytest.mark.parametrize("exercise", APART, ids=lambda exercise: exercise.id)
def test_two_known_mistakes_at_once_are_named_as_two(exercise):
    """Or as the one mistake that they come to: no U and no f' is no link at all."""
    alone = {mistake.name for mistake in exercise.mistakes}
    for pair in exercise.pairs():
        state, message, name = judged(exercise, as_answer(exercise, exercise.ways(pair)[0]))
        assert state == "not yet"
        if name not in alone:
            assert name in (pair.name, TWO + SAME.get(pair.name.removeprefix(TWO), ""))
            assert name in message
        if name == pair.name:
            assert pair.name.startswith(TWO)
            assert all(said in message for said in (pair.why, pair.source))


def test_two_mistakes_as_they_are_written():
    def recursion(U, grad_dense, df):
        dh = np.zeros_like(df)
        dh[-1] = grad_dense
        for t in reversed(range(len(df) - 1)):
            dh[t] = U @ (dh[t + 1] * df[t])
        return dh

    verdict = check("04-recursion", recursion)
    assert verdict.mistake == "two mistakes are made at once: U is not transposed, and f′ is taken of step t"
    transpose, step = (
        next(each for each in EXERCISES["04-recursion"].mistakes if each.name == name)
        for name in ("U is not transposed", "f′ is taken of step t")
    )
    assert f"{verdict.mistake}. {transpose.why} {step.why} See eq. 7.6." in verdict.message

    def sum_dU(delta, h):
        return sum(delta[t] @ h[t - 1].T for t in range(len(h))) / delta.shape[2]

    found = check("05-dU", sum_dU).mistake
    assert found == "two mistakes are made at once: h[t-1] is taken at t = 0 too, and the sequences are averaged"


# What is found in published code, as it is written there


def _dh(U, grad_dense, df):
    dh = np.zeros_like(df)
    dh[-1] = grad_dense
    return dh


def clipped_message(limit):
    def recursion(U, grad_dense, df):
        dh = _dh(U, grad_dense, df)
        for t in reversed(range(len(df) - 1)):
            dh[t] = np.clip(U.T @ (dh[t + 1] * df[t + 1]), -limit, limit)
        return dh

    return recursion


def clipped_sum(limit):
    def sum_dW(delta, x):
        dW = np.zeros((delta.shape[1], x.shape[1]))
        for t in range(len(x)):
            dW += delta[t] @ x[t].T
            np.clip(dW, -limit, limit, out=dW)
        return dW

    return sum_dW


def piled_up(U, grad_dense, df):
    dh = _dh(U, grad_dense, df)
    for t in reversed(range(len(df) - 1)):
        dh[t] = dh[t + 1] + grad_dense
    return dh


def each_piled_up(U, grad_dense, df):
    return np.cumsum(grad_dense[::-1], axis=0)[::-1]


def last_slope(U, grad_dense, df):
    dh = _dh(U, grad_dense, df)
    for t in reversed(range(len(df) - 1)):
        dh[t] = U.T @ (dh[t + 1] * df[-1])
    return dh


def not_used(U, grad_dense, df):
    dh = _dh(U, grad_dense, df)
    for t in reversed(range(len(df) - 1)):
        U.T @ (dh[t + 1] * df[t + 1])
    return dh


def over_N(U, grad_dense, df):
    dh = _dh(U, grad_dense, df)
    T, N = len(df) - 1, df.shape[2]
    for t in range(T - 1, max(T - 1 - N, -1), -1):
        dh[t] = U.T @ (dh[t + 1] * df[t + 1])
    return dh


def tanh_of_tanh(name, h_hat):
    h = EXERCISES["02-step"].right(np.eye(3), np.zeros((3, 3)), 0, h_hat, h_hat)
    return 1 - np.tanh(h) ** 2 if name == "tanh" else EXERCISES["03-slope"].right(name, h_hat)


def half_angle(name, h_hat):
    return (1 - np.tanh(h_hat / 2) ** 2) / 2 if name == "tanh" else EXERCISES["03-slope"].right(name, h_hat)


def halved(name, h_hat):
    h = np.tanh(h_hat)
    return 0.5 * (1 + h) * (1 - h) if name == "tanh" else EXERCISES["03-slope"].right(name, h_hat)


def all_of_N(W, U, b, x):
    h, before = np.zeros((len(x), len(U), x.shape[2])), np.zeros((len(U), x.shape[2]))
    for n in range(x.shape[2]):
        h[n] = before = np.tanh(W @ x[n] + U @ before + b)
    return h


def from_N(U, grad_dense, df):
    dh = _dh(U, grad_dense, df)
    for t in range(df.shape[2] - 2, -1, -1):
        dh[t] = U.T @ (dh[t + 1] * df[t + 1])
    return dh


def each_from_N(U, grad_dense, df):
    dh = grad_dense.copy()
    for t in range(df.shape[2] - 2, -1, -1):
        dh[t] = grad_dense[t] + U.T @ (dh[t + 1] * df[t + 1])
    return dh


def dense(V, h, y, Y, scale):
    message = scale * (y - Y)
    return message @ h.T, message.sum(axis=1, keepdims=True), V.T @ message


CLIPPED, CLIPPED_SUM = "the message is clipped inside the loop", "the sum is clipped inside the loop"
PILE = "the messages of the answers pile up, without f′ and U on the way"


@pytest.mark.parametrize(
    ("exercise_id", "answer", "name"),
    [
        *(("04-recursion", clipped_message(limit), CLIPPED) for limit in (1, 5, 0.5, 10)),
        *(("05-dW", clipped_sum(limit), CLIPPED_SUM) for limit in (1, 5, 0.5, 10)),
        ("04-link", lambda U, dh, df: np.clip(U.T @ (dh * df), -1, 1), CLIPPED),
        ("04-recursion", piled_up, PILE),
        ("07-each", each_piled_up, PILE),
        ("04-recursion", last_slope, "f′ of the last step is used at every step"),
        ("04-recursion", not_used, "the message of later steps is left out"),
        ("07-each", lambda U, grad_dense, df: grad_dense.copy(), "the message of later steps is left out"),
        ("04-recursion", over_N, LOOP),
        ("05-dW", lambda d, x: sum(d[t] @ x[t].T for t in range(d.shape[2])), LOOP),
        ("05-db", lambda d: d[: d.shape[2]].sum(axis=(0, 2)), LOOP),
        ("05-dU", lambda d, h: sum(d[t] @ h[t - 1].T for t in range(1, d.shape[2])) + np.zeros((5, 5)), LOOP),
        ("02-states", all_of_N, LOOP),
        ("04-recursion", from_N, LOOP),
        ("07-each", each_from_N, LOOP),
        ("05-db", lambda d: d.sum(axis=(0, 2)).mean(), "the units are averaged"),
        ("05-db", lambda d: d.sum(axis=(0, 2)).mean() * np.ones((d.shape[1], 1)), "the units are averaged"),
        ("01-message", lambda y, Y: (y - Y) / y.size, "the mean is taken over all entries"),
        ("01-message", lambda y, Y: 2 * (y - Y) / y.size, "the mean is taken over all entries"),
        ("03-dense", lambda *given: dense(*given, scale=1 / given[2].size), "the mean is taken over all entries"),
        ("03-dense", lambda *given: dense(*given, scale=2 / given[2].size), "the mean is taken over all entries"),
        ("03-slope", tanh_of_tanh, "f′ is applied to h"),
        ("03-slope", half_angle, "f′ is that of tanh(ĥ/2)"),
        ("03-slope", halved, "f′ is that of tanh(ĥ/2)"),
    ],
)
def test_what_is_found_in_published_code_is_named(exercise_id, answer, name):
    assert check(exercise_id, answer).mistake == name


AXES = {  # of the book's symbols; of one step, as h_prev or dh_next, without T+1
    "W": ("n_h", "n_x"),
    "U": ("n_h", "n_h"),
    "b": ("n_h", "1"),
    "V": ("n_y", "n_h"),
    "c": ("n_y", "1"),
    **dict.fromkeys(("y", "Y", "y_hat"), ("T+1", "n_y", "N")),
    "x": ("T+1", "n_x", "N"),
    **dict.fromkeys(("h", "h_init", "h_hat", "dh", "df", "delta", "grad_dense"), ("T+1", "n_h", "N")),
}


def axes_of(name, argument):
    """What the shape of an exercise's argument stands for."""
    if np.ndim(argument) == 0:
        return ()
    symbol = name.removesuffix("_prev").removesuffix("_next")
    assert symbol in AXES, f"say in AXES what the {np.ndim(argument)} axes of {name} are: T+1, n_x, n_h, n_y, N or 1"
    axes = AXES[symbol]
    return axes[1:] if axes[0] == "T+1" and np.ndim(argument) == 2 else axes


def arrays_of(named):
    """Pairs of a name and an array or a number, also from a Trace: from its fields, and from theirs."""
    for name, part in named.items():
        if hasattr(part, "_asdict"):
            yield from arrays_of(part._asdict())
        elif not (callable(part) or isinstance(part, str)):
            yield name, part


@pytest.mark.parametrize("exercise", IN_COLUMNS, ids=lambda exercise: exercise.id)
def test_no_two_sizes_of_a_hidden_case_are_equal_but_those_that_are_one(exercise):
    """Else one may stand for the other unnoticed. An exercise without steps and sequences has no such sizes."""
    for case in exercise.cases:
        if "N = " not in case.title:
            continue
        sizes = {}
        given = dict(zip(exercise.arguments, case.arguments, strict=True))
        for name, array in arrays_of(given):
            for axis, size in zip(axes_of(name, array), np.shape(array), strict=True):
                assert sizes.setdefault(axis, size) == size, (case.title, name, axis)
        found = [size for size in sizes.values() if size != 1]
        assert len(set(found)) == len(found), (case.title, sizes)
