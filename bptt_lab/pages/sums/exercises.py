"""Page 05: the three sums, and one that is cut short."""

import numpy as np

from ...practice.exercise import LONG, N_H, N_X, SIZES, Exercise, Mistake, cases, drawn
from ...slips import SLIPS


def _outer(delta, states):
    """Each step's product, with its sequences added up."""
    return delta @ states.transpose(0, 2, 1)


def _sum(terms):
    return terms.sum(axis=0)


def dW(delta, x, *, uses=lambda d, x: (d, x), terms=_outer, total=_sum, count=lambda d: 1, kept=lambda dW: dW):
    """Eq. 7.7. uses : the messages and inputs to multiply; terms : how to; total : how to add; count : the divisor"""
    return kept(total(terms(*uses(delta, x))) / count(delta))


def dU(delta, h, *, uses=lambda d, h: (d[1:], h[:-1]), **steps):
    return dW(delta, h, uses=uses, **steps)  # 7.8


def db(delta, *, uses=lambda d: d, terms=lambda d: d.sum(axis=2), total=_sum, count=lambda d: 1, kept=lambda db: db):
    return kept((total(terms(uses(delta))) / count(delta))[..., None])  # 7.9


def truncated(delta, x, k, *, uses=lambda d, x, k: (d[len(d) - k :], x[len(x) - k :]), count=lambda d, k: 1, **steps):
    return dW(*uses(delta, x, k), count=lambda d: count(delta, k), **steps)


def _first(terms):
    """The term of the first step alone, zeros if there is none."""
    return terms[:1].sum(axis=0)


def _last(terms):
    return terms[-1:].sum(axis=0)


WRONG_AXES = tuple({"total": lambda terms, axis=axis: terms.sum(axis=axis)} for axis in (1, 2, (1, 2)))  # right: axis 0


def _clipped(start):
    """The sum is clipped after each step. start : where the loop begins, "0" or "T" """
    made = SLIPS["clip sums"].make
    totals = (made(limit)["total"] for limit in SLIPS["clip sums"].values)
    return [{"total": (lambda terms, total=total: total(terms[::-1])) if start == "0" else total} for total in totals]


CLIPPED = Mistake.of(SLIPS["clip sums"], *_clipped("T"), *_clipped("0"))
CLIPPED_AFTER = Mistake.of(
    SLIPS["clip entries"],
    *({"kept": SLIPS["clip entries"].make(limit)["result"]} for limit in SLIPS["clip entries"].values),
)


def _for_W(rng, steps, N):
    return LONG * rng.normal(size=(steps, N_H, N)), rng.normal(size=(steps, N_X, N))


def _for_U(rng, steps, N):
    return LONG * rng.normal(size=(steps, N_H, N)), np.tanh(rng.normal(size=(steps, N_H, N)))


def _for_b(rng, steps, N):
    return (LONG * rng.normal(size=(steps, N_H, N)),)


def _cut(steps, N, k):
    return drawn(f"T+1 = {steps}, N = {N}, k = {k}", lambda rng: (*_for_W(rng, steps, N), k), 5, steps, N)


def _one_too_many(delta, x, k):
    """k+1 terms, from t = T−k on; t = −1 is the last step once more."""
    return sum(delta[t] @ x[t].T for t in range(len(x) - 1 - k, len(x)))


SWAPPED = "That is the transpose. The message is the column and stands first: entry (i, j) belongs to unit i."
KEEPS_LAST = SLIPS["overwrite"].why
NOT_A_MEAN = "The loss adds the sequences up, and so do the gradients."
WRONG_AXIS = "The steps are axis 0: `sum(axis=0)` adds the terms, entry by entry, and keeps the matrix."
ONE_NUMBER = "`sum()` adds along all axes. A matrix has a slope for each entry: add the steps alone, along axis 0."
TERM_BY_TERM = "Each message belongs to the step it was computed for: multiply step by step, and add then."

EXERCISES = (
    Exercise(
        "05-dW",
        "Write dW of eq. 7.7, of shape (n_h, n_x), from delta of shape (T+1, n_h, N) and x of shape (T+1, n_x, N).",
        "sum_dW(delta, x)",
        dW,
        cases(_for_W),
        (
            Mistake("the last step alone is counted", {"total": _last}, KEEPS_LAST, "eq. 7.7, the sum"),
            Mistake("the first step alone is counted", {"total": _first}, KEEPS_LAST, "eq. 7.7, the sum"),
            Mistake(
                "the first step is left out",
                {"uses": lambda d, x: (d[1:], x[1:])},
                "W is used in every step, from t = 0. It is U that begins at t = 1.",
                "eq. 7.7, the range of the sum",
            ),
            Mistake(
                "the last step is left out",
                {"uses": lambda d, x: (d[:-1], x[:-1])},
                "T is the last index and counts. `range(T)` stops before it.",
                "eq. 7.7, the range of the sum",
            ),
            Mistake("the sequences are averaged", {"count": lambda d: d.shape[2]}, NOT_A_MEAN, "eq. 7.3"),
            Mistake(
                "the steps are averaged",
                {"count": len},
                "W was used T+1 times and is blamed T+1 times: a sum.",
                "eq. 7.7",
            ),
            Mistake(
                "the input of the step before is taken",
                (
                    {"uses": lambda d, x: (d[1:], x[:-1])},
                    {"uses": lambda d, x: (d, np.roll(x, 1, axis=0))},
                ),
                "W multiplies the input of the same step. The state of the step before belongs to U.",
                "eqs. 7.7 and 7.8",
            ),
            Mistake(
                "δ and x are added up before they are multiplied",
                lambda d, x: d.sum(axis=0) @ x.sum(axis=0).T,
                TERM_BY_TERM,
                "eq. 7.7",
            ),
            Mistake(
                "δ and x change places",
                {"kept": np.transpose},
                SWAPPED,
                "eq. 7.7",
            ),
            Mistake(
                "the steps are not added up",
                {"total": np.array},
                "These are the T+1 terms. W is one matrix, so they are added.",
                "eq. 7.7, the sum",
            ),
            Mistake("the sum goes along a wrong axis", WRONG_AXES, WRONG_AXIS, "eq. 7.7, the sum"),
            Mistake("everything is added to one number", {"kept": np.sum}, ONE_NUMBER, "eq. 7.7, the sum"),
            Mistake.of(
                SLIPS["loop N"],
                {"uses": lambda d, x: (d[-d.shape[2] :], x[-d.shape[2] :])},
                {"uses": lambda d, x: (d[: d.shape[2]], x[: d.shape[2]])},
                {"uses": lambda d, x: (d[np.arange(d.shape[2])], x[np.arange(d.shape[2])])},
            ),
            CLIPPED,
            CLIPPED_AFTER,
        ),
        (
            "Which shapes have delta[t] and the transpose of x[t]? Their product is the term of step t.",
            "Begin with zeros, and in a loop over all steps `+= delta[t] @ ...`",
        ),
        rows=False,
    ),
    Exercise(
        "05-dU",
        "Write dU of eq. 7.8, of shape (n_h, n_h), from delta and h, both of shape (T+1, n_h, N). The state before the "
        "first input is zero.",
        "sum_dU(delta, h)",
        dU,
        cases(_for_U),
        (
            Mistake(
                "h[t-1] is taken at t = 0 too",
                {"uses": lambda d, h: (d, np.roll(h, 1, axis=0))},
                "In Python h[-1] is the last state, h^(T). The state before t = 0 is zero, so the sum begins at t = 1.",
                "eq. 7.8, the range of the sum",
            ),
            Mistake(
                "the state of the same step is taken, from t = 0",
                {"uses": lambda d, h: (d, h)},
                "U multiplies the state of the step before.",
                "eq. 7.8",
            ),
            Mistake(
                "the state of the same step is taken, from t = 1",
                {"uses": lambda d, h: (d[1:], h[1:])},
                "The range is right. U multiplies the state of the step before.",
                "eq. 7.8",
            ),
            Mistake(
                "the step after is taken for the step before",
                {"uses": lambda d, h: (d[:-1], h[1:])},
                "U goes from h^(t-1) to ĥ^(t): the message is the later one.",
                "eq. 7.8",
            ),
            Mistake(
                "the last step alone is counted",
                {"total": _last},
                KEEPS_LAST,
                "eq. 7.8, the sum",
            ),
            Mistake(
                "the step t = 1 alone is counted",
                {"total": _first},
                KEEPS_LAST,
                "eq. 7.8, the sum",
            ),
            Mistake("the sequences are averaged", {"count": lambda d: d.shape[2]}, NOT_A_MEAN, "eq. 7.3"),
            Mistake(
                "the last step is left out",
                {"uses": lambda d, h: (d[1:-1], h[:-1][:-1])},
                "T is the last index and counts. `range(1, T)` stops before it.",
                "eq. 7.8, the range of the sum",
            ),
            Mistake(
                "δ and h change places",
                {"kept": np.transpose},
                SWAPPED + " U is square, so no shape complains.",
                "eq. 7.8",
            ),
            Mistake(
                "δ and h are added up before they are multiplied",
                lambda d, h: d[1:].sum(axis=0) @ h[:-1].sum(axis=0).T,
                TERM_BY_TERM,
                "eq. 7.8",
            ),
            Mistake(
                "δ and h are multiplied entry by entry",
                (
                    lambda d, h: (d[1:] * h[:-1]).sum(axis=0),
                    lambda d, h: (d[1:] * h[:-1]).sum(axis=(0, 2)),
                    lambda d, h: (d[1:] * h[:-1]).sum(),
                ),
                "`*` is entry by entry. U has an entry for each pair of units: a column times a row, `@`.",
                "eq. 7.8",
            ),
            Mistake(
                "the sum begins with the number 0",
                {"total": lambda terms: sum(terms)},
                "With one input there is no term, and `sum` gives a bare 0: begin with zeros of the shape of U.",
                "eq. 7.8, the range of the sum",
            ),
            Mistake("the sum goes along a wrong axis", WRONG_AXES, WRONG_AXIS, "eq. 7.8, the sum"),
            Mistake("everything is added to one number", {"kept": np.sum}, ONE_NUMBER, "eq. 7.8, the sum"),
            Mistake(
                "the steps are averaged",
                ({"count": len}, {"count": lambda d: max(len(d) - 1, 1)}),
                SLIPS["steps"].why,
                "eq. 7.8",
            ),
            Mistake.of(
                SLIPS["loop N"],
                {"uses": lambda d, h: (d[1:][-d.shape[2] :], h[:-1][-d.shape[2] :])},
                {"uses": lambda d, h: (d[1:][-d.shape[2] + 1 or len(d) :], h[:-1][-d.shape[2] + 1 or len(d) :])},
                {"uses": lambda d, h: (d[1 : d.shape[2]], h[: min(d.shape[2], len(d)) - 1])},
                {"uses": lambda d, h: (d[np.arange(1, d.shape[2])], h[np.arange(d.shape[2] - 1)])},
            ),
            CLIPPED,
            CLIPPED_AFTER,
        ),
        (
            "Which state did U multiply in step t? In which step did it multiply a state of zeros?",
            "Begin with `np.zeros((n_h, n_h))`, and loop over `range(1, len(h))`.",
        ),
        rows=False,
    ),
    Exercise(
        "05-db",
        "Write db of eq. 7.9, of shape (n_h, 1), from delta of shape (T+1, n_h, N).",
        "sum_db(delta)",
        db,
        cases(_for_b),
        (
            Mistake(
                "the sequences are not added up",
                lambda d: d.sum(axis=0),
                "All N sequences share one b: add the columns too.",
                "eq. 7.9",
            ),
            Mistake(
                "the steps are not added up",
                {"total": np.array},
                "b was used in every step: add the steps too.",
                "eq. 7.9, the sum",
            ),
            Mistake("the sequences are averaged", {"terms": lambda d: d.mean(axis=2)}, NOT_A_MEAN, "eq. 7.3"),
            Mistake(
                "the steps are averaged",
                {"count": len},
                "b was used T+1 times and is blamed T+1 times: a sum.",
                "eq. 7.9",
            ),
            Mistake(
                "steps and sequences are averaged",
                {"count": len, "terms": lambda d: d.mean(axis=2)},
                "b was used in every step and for every sequence. Both are added up, and neither is averaged.",
                "eq. 7.9",
            ),
            Mistake("the last step alone is counted", {"total": _last}, KEEPS_LAST, "eq. 7.9, the sum"),
            Mistake("the first step alone is counted", {"total": _first}, KEEPS_LAST, "eq. 7.9, the sum"),
            Mistake(
                "the first step is left out",
                {"uses": lambda d: d[1:]},
                "b is used in every step, from t = 0. It is U that begins at t = 1.",
                "eq. 7.9, the range of the sum",
            ),
            Mistake(
                "the hidden units are added up",
                (lambda d: d.sum(axis=1), lambda d: d.sum(axis=(0, 1)), lambda d: d.sum(axis=(1, 2))),
                "The axes of delta are step, unit, sequence. Each unit keeps its own entry of b: add along 0 and 2.",
                "eq. 7.9",
            ),
            Mistake(
                "everything is added to one number",
                lambda d: d.sum(),
                "Each hidden unit has its own entry of b: (n_h, 1).",
                "eq. 7.9",
            ),
            Mistake.of(
                SLIPS["units"],
                {"kept": lambda db: np.full_like(db, db.mean())},
                {"kept": np.mean},
                {"kept": lambda db: db.mean(axis=0)},
                {"terms": lambda d: d.mean(axis=1)},
            ),
            Mistake(
                "the last step is left out",
                {"uses": lambda d: d[:-1]},
                SLIPS["without T"].why,
                "eq. 7.9, the range of the sum",
            ),
            Mistake.of(
                SLIPS["loop N"],
                {"uses": lambda d: d[-d.shape[2] :]},
                {"uses": lambda d: d[: d.shape[2]]},
                {"uses": lambda d: d[np.arange(d.shape[2])]},
            ),
            CLIPPED,
            CLIPPED_AFTER,
        ),
        (
            "Over which two of the three axes of delta must you add?",
            "`delta.sum(axis=(..., ...))`, and then a column: `[:, None]`",
        ),
    ),
    Exercise(
        "05-truncated",
        "Write dW with the last k steps only, of shape (n_h, n_x). k is from 1 to T+1.",
        "truncated(delta, x, k)",
        truncated,
        tuple(_cut(steps, N, k) for steps, N in SIZES for k in sorted({1, 2, steps}) if k <= steps),
        (
            Mistake(
                "the first k steps are taken",
                {"uses": lambda d, x, k: (d[:k], x[:k])},
                "The blame starts at the answer and goes back: the last k steps count.",
                "eq. 7.7, cut short",
            ),
            Mistake(
                "one step too many is taken",
                ({"uses": lambda d, x, k: (d[-k - 1 :], x[-k - 1 :])}, _one_too_many),
                "k steps are t = T−k+1 … T.",
                "eq. 7.7, cut short",
            ),
            Mistake(
                "one step too few is taken",
                {"uses": lambda d, x, k: (d[len(d) - k + 1 :], x[len(d) - k + 1 :])},
                "k steps are t = T−k+1 … T.",
                "eq. 7.7, cut short",
            ),
            Mistake(
                "the last step is left out",
                {"uses": lambda d, x, k: (d[-k:-1], x[-k:-1])},
                "The end of a slice is not in it: `[-k:]` goes to the end.",
                "eq. 7.7, cut short",
            ),
            Mistake(
                "the k-th step from the end alone is counted",
                {"total": _first},
                "All of the last k steps are added.",
                "eq. 7.7, cut short",
            ),
            Mistake(
                "the last step alone is counted",
                {"total": _last},
                "All of the last k steps are added.",
                "eq. 7.7, cut short",
            ),
            Mistake(
                "the sum is divided by k",
                {"count": lambda d, k: k},
                "It is a sum, cut short, and no mean.",
                "eq. 7.7, cut short",
            ),
            Mistake(
                "the sum is not cut",
                {"uses": lambda d, x, k: (d, x)},
                "Only the last k terms are asked for.",
                "eq. 7.7",
            ),
            Mistake(
                "the sum is scaled up to all steps",
                {"count": lambda d, k: k / len(d)},
                "What is left out is left out. No factor brings it back.",
                "eq. 7.7, cut short",
            ),
            Mistake(
                "the sum goes along a wrong axis",
                WRONG_AXES,
                WRONG_AXIS,
                "eq. 7.7, the sum",
            ),
            Mistake(
                "everything is added to one number",
                {"kept": np.sum},
                ONE_NUMBER,
                "eq. 7.7, the sum",
            ),
            Mistake("the sequences are averaged", {"count": lambda d, k: d.shape[2]}, NOT_A_MEAN, "eq. 7.3"),
            Mistake("δ and x change places", {"kept": np.transpose}, SWAPPED, "eq. 7.7"),
            Mistake.of(SLIPS["loop N"], {"uses": lambda d, x, k: (d[-d.shape[2] :], x[-d.shape[2] :])}),
            CLIPPED,
            CLIPPED_AFTER,
        ),
        (
            "The sum of 7.7 again, over fewer steps. At which t does it begin?",
            "Slices from the end: `delta[-k:]` has the last k steps.",
        ),
        rows=False,
    ),
)
