"""What a verdict says of a mistake: in the reader's own line, in words, with the danger of what is right by luck."""

import re

import numpy as np
import pytest

from bptt_lab.pages import EXERCISES, check
from bptt_lab.practice.check import judged
from bptt_lab.practice.progress import NOT_YET, RIGHT
from bptt_lab.practice.verdict import MARKS

RIGHT_ANSWERS = {name: exercise.right for name, exercise in EXERCISES.items()}


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    """The reader's progress file, in a folder of its own."""
    monkeypatch.setenv("BPTT_PROGRESS", str(tmp_path / "progress.json"))


# Python's and numpy's words, translated

TRANSPOSED = ": which of the two is to be transposed?"
OTHER_ORDER = ": which of the two is to be transposed, or is their order another?"
ENTRY_BY_ENTRY = ": `*` is entry by entry, `@` is the product."
ONE_SHAPE = ": entry by entry, two shapes are the same, or 1 where they differ."
NO_POWER = "`^` is no power: a power is `**`."
NOTHING = "There is a None where numbers belong."
NO_ARRAY = "A list is no array: `np.array` makes one of it."
LINES = [  # an exercise, a line of a function for it, and what is said of that line
    ("02-step", "return np.tanh(U @ x + W @ h_prev + b)", "(5, 5) @ (6, 1) does not fit, and no transpose helps."),
    ("02-step", "return np.tanh(x @ W + U @ h_prev + b)", "(6, 1) @ (5, 6) does not fit. In the other order it does."),
    ("02-step", "return np.tanh(W * x + U * h_prev + b)", f"(5, 6) * (6, 1) does not fit{ENTRY_BY_ENTRY}"),
    ("02-step", "return np.tanh(np.dot(x, W) + b)", "(6, 1) @ (5, 6) does not fit. In the other order it does."),
    ("02-step", "return np.tanh(np.matmul(U, x) + b)", "(5, 5) @ (6, 1) does not fit, and no transpose helps."),
    ("02-step", "return np.tanh(W @ x + U @ x.T + b)", "(5, 5) @ (1, 6) does not fit, and no transpose helps."),
    ("02-step", "return np.tanh(W @ x + U + b[:2])", f"(5, 5) + (2, 1) does not fit{ONE_SHAPE}"),
    ("02-step", "return np.tanh(W @ x + U @ 2.0 + b)", "`@` is the product of matrices. One side is a number"),
    ("02-step", "return np.tanh(W @ x + print() + b)", NOTHING),
    ("02-step", "return np.tanh(W @ print() + b)", NOTHING),
    ("02-step", "return np.tanh(W @ x + U @ ... + b)", ""),
    ("02-step", "return np.tanh(W @ x + ...)", "The dots `...` still stand where numbers belong."),
    (
        "02-step",
        "h_hat = np.zeros((5, 1)); h_hat += W",
        "An array of shape (5, 6) does not fit into one of shape (5, 1).",
    ),
    ("02-states", "h = np.zeros((len(x), 5)); h[0] = W @ x[0]", "shape (5, 1) does not fit into one of shape (5,)."),
    ("02-states", "return x[len(x)]", "There is no index 1: along axis 0 they go from 0 to 0."),
    ("02-states", "return x[0, 0, 0, 0]", "Of 3 axes, 4 are asked for."),
    ("02-states", "return x(0)", "An array is followed by `(`. An index stands in `[` and `]`."),
    ("02-states", "h = []; return h.T", NO_ARRAY),
    ("02-states", "h = [1.0]; return h * 0.5", NO_ARRAY),
    ("02-states", "h = [1.0]; return h - h", NO_ARRAY),
    ("02-states", "h = [].append(1); return h[0]", NOTHING),
    ("02-states", "h = None; return h.T", NOTHING),
    ("01-loss", "return 0.5 * np.sum((y - Y)^2)", NO_POWER),
    ("01-loss", "return 0.5^2", NO_POWER),
    ("01-loss", "return (y - Y) @ (y - Y)", f"(2, 1) @ (2, 1) does not fit{TRANSPOSED} Or is `*` meant, which is"),
    ("01-loss", "return sum(float(row) for row in (y - Y))", "An array stands where one number belongs."),
    ("03-slope", "return 1.0 if h_hat > 0 else 0.0", "An array has many truth values. Entry by entry it is `np.where`"),
    ("04-link", "return (dh_next * df_next) @ U", f"(5, 1) @ (5, 5) does not fit{OTHER_ORDER}"),
    ("04-link", "return U.T * (dh_next * df_next)", f"(5, 5) * (5, 2) does not fit{ENTRY_BY_ENTRY}"),
    ("04-link", "return U.T @ (dh_next @ df_next)", f"(5, 1) @ (5, 1) does not fit{TRANSPOSED} Or is `*` meant"),
    ("05-dW", "return sum(delta[t] @ x[t] for t in range(len(x)))", f"(5, 1) @ (6, 1) does not fit{TRANSPOSED}"),
    ("05-dW", "return (delta @ x).sum(axis=0)", f"(1, 5, 1) @ (1, 6, 1) does not fit{TRANSPOSED} `.T` turns all three"),
    ("05-dW", "return (x @ delta).sum(axis=0)", f"(1, 6, 1) @ (1, 5, 1) does not fit{TRANSPOSED} `.T` turns all three"),
    ("05-dW", "return np.dot(delta[0], x[0])", f"(5, 1) @ (6, 1) does not fit{TRANSPOSED}"),
    ("05-dW", "return delta[0].dot(x[0])", f"(5, 1) @ (6, 1) does not fit{TRANSPOSED}"),
    ("05-dW", "delta[0] @= x[0]", f"(5, 1) @ (6, 1) does not fit{TRANSPOSED}"),
    ("05-dW", "return delta[0] * x[0].T", f"(5, 4) * (4, 6) does not fit{ENTRY_BY_ENTRY}"),
    (
        "05-dW",
        "return delta[:2] @ x[1:].transpose(0, 2, 1)",
        "(2, 5, 1) and (6, 1, 6) do not fit: the two have different",
    ),
    ("05-db", "return delta.sum(axis=3)", "There is no axis 3: of 3 the first is 0."),
    ("05-db", "return sum_db(delta)", "The function calls itself, without end."),
    ("05-db", "return delta.mean(axis)", "with NameError: name 'axis' is not defined."),
]


def written(exercise, line, tmp_path):
    """The function as from a cell: with a file of its own, in which the line stands."""
    path = tmp_path / "cell.py"
    path.write_text(f"import numpy as np\ndef {exercise.call}:\n    {line}\n", encoding="utf-8")
    names = {}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), names)
    return names[exercise.function]


@pytest.mark.parametrize(("exercise_id", "line", "said"), LINES, ids=[f"{name}: {line}" for name, line, _ in LINES])
def test_what_numpy_says_is_told_in_words(exercise_id, line, said, tmp_path):
    exercise = EXERCISES[exercise_id]
    message = check(exercise_id, written(exercise, line, tmp_path)).message
    assert said in message
    assert f"`{exercise.call}` stopped in your line `" in message
    assert f"`{line}`" in message or exercise_id == "05-db"  # RecursionError may come at the `def`
    assert "gufunc" not in message
    assert "It was given " in message
    assert message.count("`") % 2 == 0


def test_shapes_that_cannot_be_known_are_not_told():
    """A function without source, as one that was made by exec."""
    names = {}
    exec("def sum_dW(delta, x):\n    return delta[0] @ x[0]", names)
    assert (
        "stopped. The two sides of `@` do not fit: which of the two is to be transposed?"
        in check("05-dW", names["sum_dW"]).message
    )


def test_sides_that_cannot_be_computed_once_more_are_not_told():
    calls = []

    def side(error=SystemExit):
        calls.append(0)
        if len(calls) > 1:
            raise error
        return np.ones((2, 3))

    def sum_dW(delta, x):
        return side() @ x[0]

    class Odd:
        def __matmul__(self, other):
            return np.ones((2, 3)) @ other

        def __array__(self, *given, **named):
            raise SystemExit

    def sum_dW_of_odd(delta, x):
        return Odd() @ x[0]

    unknown = "The two sides of `@` do not fit: which of the two is to be transposed?"
    assert unknown in check("05-dW", sum_dW).message
    assert "(2, 3) @ (6, 1) does not fit" in check("05-dW", sum_dW_of_odd).message  # in its own line


def test_the_line_is_the_readers_and_not_numpys():
    def loss(y, Y):
        return half(np.linalg.inv(np.ones((2, 3))))

    def half(square):
        return 0.5 * square

    message = check("01-loss", loss).message
    assert "`return half(np.linalg.inv(np.ones((2, 3))))` with LinAlgError" in message


def test_code_with_a_power_is_not_raised():
    html = check("01-loss", lambda y, Y: np.sum((y - Y)^(2)))._repr_html_()  # fmt: skip
    assert "(y - Y)^(2)" in html


# Right, and yet

CAREFUL = (
    "Careful: your shape is {}, the book's {}. Added to an array of the book's shape it makes one of shape {}, by "
)
FORMS = [
    ("05-db", lambda delta: delta.sum(axis=(0, 2)), ((5,), (5, 1), (5, 5))),
    ("05-db", lambda delta: delta.sum(axis=(0, 2))[None], ((1, 5), (5, 1), (5, 5))),
    ("01-message", lambda y, Y: (y - Y).T, ((1, 2), (2, 1), (2, 2))),
    ("01-message", lambda y, Y: (y - Y).squeeze(), ((2,), (2, 1), (2, 2))),
    (
        "03-dense",
        lambda *given: [np.squeeze(part) for part in RIGHT_ANSWERS["03-dense"](*given)],
        ((8,), (8, 1), (8, 8)),
    ),
    ("04-link", lambda U, dh, df: (U.T @ (dh * df)).T, ((1, 5), (5, 1), (5, 5))),
    ("02-step", lambda *given: np.squeeze(RIGHT_ANSWERS["02-step"](*given)), ((5,), (5, 1), (5, 5))),
    ("02-states", lambda *given: RIGHT_ANSWERS["02-states"](*given).squeeze(), ((5,), (1, 5, 1), (1, 5, 5))),
    ("04-recursion", lambda *given: RIGHT_ANSWERS["04-recursion"](*given).squeeze(), ((5,), (1, 5, 1), (1, 5, 5))),
    ("07-each", lambda *given: RIGHT_ANSWERS["07-each"](*given).swapaxes(1, 2), ((1, 1, 5), (1, 5, 1), (1, 5, 5))),
    ("07-alone", lambda *given: RIGHT_ANSWERS["07-alone"](*given)[:, None], ((2, 1), (2,), (2, 2))),
    ("06-central", lambda *given: RIGHT_ANSWERS["06-central"](*given)[..., None], ((4, 1), (4,), (4, 4))),
    ("06-clip", lambda *given: [np.squeeze(g) for g in RIGHT_ANSWERS["06-clip"](*given)], ((3,), (3, 1), (3, 3))),
]


@pytest.mark.parametrize(("exercise_id", "answer", "shapes"), FORMS, ids=[name for name, *_ in FORMS])
def test_a_shape_that_will_hurt_is_accepted_with_a_warning(exercise_id, answer, shapes):
    """The broadcasting that it speaks of is numpy's own."""
    verdict = check(exercise_id, answer)
    assert verdict.state == "right"
    assert CAREFUL.format(*shapes) in verdict.message
    yours, books, both = shapes
    assert (np.zeros(books) + np.zeros(yours)).shape == both


def test_a_shape_that_cannot_be_added_is_told_too():
    states = RIGHT_ANSWERS["02-states"]
    verdict = check("02-states", lambda W, U, b, x: states(W, U, b, x).swapaxes(1, 2)[:, None])
    assert verdict.state == "right"
    assert "Careful: your shape is" in verdict.message


def test_a_shape_that_does_no_harm_is_remarked_quietly():
    for exercise_id, answer in (
        ("01-loss", lambda y, Y: 0.5 * np.sum((y - Y) ** 2, keepdims=True)),
        ("02-count", [57]),
        ("06-relative", lambda *given: [RIGHT_ANSWERS["06-relative"](*given)]),
    ):
        message = check(exercise_id, answer).message
        assert "the same numbers" in message
        assert "Careful" not in message


@pytest.mark.parametrize("name", [name for name, exercise in EXERCISES.items() if exercise.call])
def test_the_books_shape_gets_no_remark(name):
    assert check(name, RIGHT_ANSWERS[name]).message == f"In all {len(EXERCISES[name].cases)} hidden cases."


def states_that_wrap(W, U, b, x):
    h = np.zeros((len(x), len(U), x.shape[2]))
    for t in range(len(x)):
        h[t] = np.tanh(W @ x[t] + U @ h[t - 1] + b)
    return h


def states_that_begin_at_the_end(W, U, b, x):
    h = np.zeros_like(x, shape=(len(x), len(U), x.shape[2]))
    before = h[-1]
    for t in range(len(x)):
        before = h[t] = np.tanh(W @ x[t] + U @ before + b)
    return list(h)


def states_in_a_variable(W, U, b, x):
    h = np.zeros((len(x), len(U), x.shape[2]))
    h_prev = np.zeros((len(U), x.shape[2]))
    for t in range(len(x)):
        h[t] = h_prev = np.tanh(W @ x[t] + U @ h_prev + b)
    return h


def states_with_a_question(W, U, b, x):
    h = np.zeros((len(x), len(U), x.shape[2]))
    for t in range(len(x)):
        h[t] = np.tanh(W @ x[t] + (U @ h[t - 1] if t > 0 else 0) + b)
    return h


def states_with_room_for_the_first(W, U, b, x):
    """h^(-1) has a place of its own, the last one, as h[-1] says."""
    h = np.zeros((len(x) + 1, len(U), x.shape[2]))
    for t in range(len(x)):
        h[t] = np.tanh(W @ x[t] + U @ h[t - 1] + b)
    return h[:-1]


def states_that_set_the_end_first(W, U, b, x):
    h = np.empty((len(x), len(U), x.shape[2]))
    h[-1] = 0
    for t in range(len(x)):
        h[t] = np.tanh(W @ x[t] + U @ h[t - 1] + b)
    return h


def states_that_add_up(W, U, b, x):
    h = np.zeros((len(x), len(U), x.shape[2]))
    for t in range(len(x)):
        h[t] += W @ x[t]
        h[t] += b
        if t:
            h[t] += U @ h[t - 1]
        h[t] = np.tanh(h[t])
    return h


def states_in_a_list(W, U, b, x):
    h = [np.zeros((len(U), x.shape[2]))]
    for now in x:
        h.append(np.tanh(W @ now + U @ h[-1] + b))
    return h[1:]


@pytest.mark.parametrize("answer", [states_that_wrap, states_that_begin_at_the_end])
def test_a_state_that_is_zero_by_luck_is_told(answer):
    verdict = check("02-states", answer)
    assert verdict.state == "right"
    assert "at t = 0 it is so by luck: `h[t-1]` is `h[-1]` there" in verdict.message


@pytest.mark.parametrize(
    "answer",
    [
        states_in_a_variable,
        states_with_a_question,
        states_with_room_for_the_first,
        states_that_set_the_end_first,
        states_that_add_up,
        states_in_a_list,
        RIGHT_ANSWERS["02-states"],
    ],
)
def test_a_state_that_is_zero_on_purpose_is_left_in_peace(answer):
    assert check("02-states", answer).message == "In all 7 hidden cases."


def test_to_look_for_luck_changes_nothing_and_stops_nothing():
    calls = []

    def states(W, U, b, x):
        calls.append(0)
        if len(calls) > 7:
            raise SystemExit
        return states_that_wrap(W, U, b, x)

    zeros = np.zeros
    assert check("02-states", states).message == "In all 7 hidden cases."
    assert np.zeros is zeros
    assert not np.zeros((7, 5, 4)).any()


# Rounded


@pytest.mark.parametrize("digits", [2, 3, 4, 6])
def test_an_answer_typed_from_a_card_hears_that_it_is_rounded(digits):
    for round_ in (np.round, lambda array, n: [[float(f"{value:.{n}f}") for value in row] for row in array]):
        verdict = check("03-term", round_(RIGHT_ANSWERS["03-term"](), digits))
        assert verdict.state == "not yet"
        assert verdict.message == (
            f"Right to {digits} decimals, and no further. A picture rounds what it shows. Compute the answer, and hand "
            "over all its digits."
        )


@pytest.mark.parametrize("name", [name for name, exercise in EXERCISES.items() if exercise.call])
def test_a_function_that_rounds_hears_it(name):
    def rounds(*given):
        result = RIGHT_ANSWERS[name](*given)
        return tuple(np.round(part, 4) for part in result) if isinstance(result, tuple) else np.round(result, 4)

    verdict = check(name, rounds)
    assert (verdict.state, verdict.mistake) == ("not yet", "")
    assert verdict.message == (
        "Right to 4 decimals, and no further. Hand over the numbers as they come, without rounding."
    )


@pytest.mark.parametrize("mistake", EXERCISES["03-term"].mistakes, ids=lambda mistake: mistake.name)
def test_a_card_of_another_node_is_known_in_three_decimals(mistake):
    verdict = check("03-term", np.round(EXERCISES["03-term"].ways(mistake)[0](), 3))
    assert (verdict.state, verdict.mistake) == ("not yet", mistake.name)
    assert verdict.message.startswith("To the digits that you give, this comes out when")


def test_a_little_off_is_not_rounded():
    term = RIGHT_ANSWERS["03-term"]()
    for wrong in (term + 1e-5, np.round(term, 3) + 0.002, 0 * term, np.round(term + 0.1, 1)):
        assert "Right to" not in check("03-term", wrong).message


def test_digits_are_written_until_they_differ():
    def loss(y, Y):
        return RIGHT_ANSWERS["01-loss"](y, Y) * (1 + 2e-7)

    is_, should_be = re.search(
        r"it is (\S+) and should be (\S+)\. That is close", judged(EXERCISES["01-loss"], loss)[1]
    ).groups()
    assert is_ != should_be


# Mistakes as they are written


def own_eps(L, w, eps, eps_of_its_own=1e-6):
    return RIGHT_ANSWERS["06-central"](L, w, eps_of_its_own)


def stored_late(U, grad_dense, df):
    dh, message = np.zeros_like(df), grad_dense
    for t in reversed(range(len(df))):
        message = U.T @ (message * df[t])
        dh[t] = message
    return dh


def next_alone(U, grad_dense, df):
    dh = grad_dense.copy()
    for t in reversed(range(len(df) - 1)):
        dh[t] = grad_dense[t] + U.T @ (grad_dense[t + 1] * df[t + 1])
    return dh


def mean_beside_the_message(V, h, y, Y):
    message, N = y - Y, y.shape[1]
    return message @ h.T / N, message.sum(axis=1, keepdims=True) / N, V.T @ message


def clip_as_pytorch(grads, limit):
    norm = np.sqrt(sum((grad**2).sum() for grad in grads))
    return [grad * min(1.0, limit / (norm + 1e-6)) for grad in grads]


@pytest.mark.parametrize("eps", [1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7])
def test_an_eps_of_its_own_is_known(eps):
    verdict = check("06-central", lambda L, w, _: own_eps(L, w, _, eps))
    assert verdict.mistake == "ε is a number of its own, and not eps"


@pytest.mark.parametrize(
    ("exercise_id", "answer", "mistake"),
    [
        ("05-dW", lambda delta, x: np.sum(delta @ x.transpose(0, 2, 1), axis=1), "the sum goes along a wrong axis"),
        ("05-dW", lambda delta, x: np.sum(delta @ x.transpose(0, 2, 1), axis=-1), "the sum goes along a wrong axis"),
        ("05-dW", lambda delta, x: np.sum(delta @ x.transpose(0, 2, 1)), "everything is added to one number"),
        ("05-dU", lambda delta, h: (delta[1:] * h[:-1]).sum(axis=0), "δ and h are multiplied entry by entry"),
        ("05-db", lambda delta: delta.sum(axis=1), "the hidden units are added up"),
        ("05-dU", lambda d, h: sum(d[t] @ h[t - 1].T for t in range(1, len(h))), "the sum begins with the number 0"),
        ("00-dw", lambda x, df, u, v, e: e * v * df[0] * (x[0] + u * df[1] * x[1]), "the two years change places"),
        ("01-message", lambda y, Y: (y - Y).ravel(), "the axes are lost"),
        ("02-step", lambda W, U, b, x, h: np.tanh(W @ x + U @ h + b).ravel(), "the axes are lost"),
        (
            "02-states",
            lambda *given: np.moveaxis(RIGHT_ANSWERS["02-states"](*given), 2, 0),
            "the sequence stands first",
        ),
        (
            "04-recursion",
            lambda *of: np.moveaxis(RIGHT_ANSWERS["04-recursion"](*of), 2, 0),
            "the sequence stands first",
        ),
        ("04-recursion", stored_late, "each message is multiplied before it is stored"),
        ("07-each", next_alone, "only the message of the next answer is passed on"),
        ("07-each", lambda *of: RIGHT_ANSWERS["07-each"](*of) / len(of[1]), "the messages are divided by the number"),
        ("03-slope", lambda name, a: np.tanh(a) if name == "tanh" else RIGHT_ANSWERS["03-slope"](name, a), "tanh is"),
        (
            "03-slope",
            lambda name, a: 1 if name == "identity" else RIGHT_ANSWERS["03-slope"](name, a),
            "the slope of the",
        ),
        ("03-dense", mean_beside_the_message, "dV and dc are averaged over the sequences"),
        ("06-clip", clip_as_pytorch, "a small number is added to the norm"),
        ("06-relative", lambda a, b: np.linalg.norm(a - b) / np.linalg.norm(b), "norms are taken, not the largest"),
        ("06-relative", lambda a, b: abs(a - b).max() / (max(abs(a).max(), abs(b).max()) + 1e-12), "the size has a"),
        ("06-relative", lambda a, b: abs(a - b).max() / max(abs(a).max(), abs(b).max(), 1e-8), "the size has a floor"),
        ("06-relative", lambda a, b: abs(a - b).max() / max(a.max(), b.max()), "the sign of the entries is kept"),
        ("02-count", 62, "b is counted twice"),
        (
            "06-relative",
            lambda a, b: np.abs(a - b) / np.maximum(abs(a), abs(b)),
            "each entry is divided by its own size",
        ),
        ("06-relative", lambda a, b: np.abs(a - b) / np.abs(b).max(), "the differences are not brought down to one"),
        (
            "06-relative",
            lambda a, b: (np.abs(a - b) / np.abs(b)).max(),
            "each entry is divided by its own size, and the largest is taken",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value|divide by zero:RuntimeWarning")
def test_more_mistakes_are_known_as_they_are_written(exercise_id, answer, mistake):
    assert check(exercise_id, answer).mistake.startswith(mistake)


@pytest.mark.parametrize(
    ("turned", "name"), [("W", "dW is transposed"), ("U", "dU is transposed"), ("WU", "dW and dU are transposed")]
)
def test_a_gradient_of_the_sum_that_is_transposed_is_named(turned, name):
    def through_sum(U, x, h_prev, delta):
        dW, dU, *others = RIGHT_ANSWERS["03-sum"](U, x, h_prev, delta)
        return dW.T if "W" in turned else dW, dU.T if "U" in turned else dU, *others

    assert check("03-sum", through_sum).mistake == name


def test_a_tuple_for_an_array_is_told():
    link = RIGHT_ANSWERS["04-link"]
    two = check("04-link", lambda *given: (link(*given), link(*given))).message
    assert two == "With N = 1: the shape is (2, 5, 1), and should be (5, 1): one array, and no tuple of 2."
    uneven = check("04-link", lambda *given: (link(*given), 1.0)).message
    assert uneven == "With N = 1: one array is expected; got a tuple of 2."
    assert check("04-link", lambda *given: (link(*given),)).state == "right"  # a comma too many does no harm


def test_an_array_for_a_number_is_told():
    message = check("01-loss", lambda y, Y: np.ones(3)).message
    assert message == "With n_y = 1, N = 1: the shape is (3,), and should be (): one number."


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
def test_every_case_can_be_said_in_a_sentence(exercise):
    for case in exercise.cases:
        assert re.match(r"$|a |an |two |one |both |gradients |`|\w+(\+1)? = |w of shape", case.title)


# Signs


def luminance(color):
    parts = [int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return np.dot(linear, (0.2126, 0.7152, 0.0722))


def test_right_and_not_yet_differ_in_sign_word_and_colour_and_are_read_well():
    assert (MARKS[RIGHT][0], MARKS[NOT_YET][0]) == ("✓", "✗")
    signs, colors = zip(*MARKS.values(), strict=True)
    assert len(set(signs)) == len(set(colors)) == 3
    for color in colors:
        assert 1.05 / (luminance(color) + 0.05) >= 4.5  # WCAG AA: white on it
    assert "✗ 01-loss: not yet.</b>" in check("01-loss", 0.5)._repr_html_()
    assert "✓ 02-count: right.</b>" in check("02-count", 57)._repr_html_()
