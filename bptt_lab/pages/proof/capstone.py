"""The end of page 06: all of `backward`, in four stages that grow from each other."""

from functools import partial

import numpy as np

from bptt_core import Gradients, Net, Params, forward

from ...practice.exercise import SIZES, Exercise, Mistake, drawn
from ...practice.judge import Refused
from ...slips import RIGHT, SLIPS, USUAL
from .lines import MESSAGES, remark, where
from .mistakes import ALL_TURNED, AVERAGED, IN_ALL, IN_EACH, ONE_STEP_LATE, OVERWRITE_U, STEPS

N_X, N_H, N_Y = 8, 9, 5  # none of them a T+1 or an N; n_x and n_h are enough to undo a sum of three steps, N = 2
NAMES = Gradients._fields
FAR = 16.0  # of the targets: large errors, so that clipping to a usual limit shows
NEAR_ZERO = 1e-4  # states so small that f' is 1, to six digits


def right(trace, Y, **steps):
    """All five gradients. steps : those of a Pass that are replaced"""
    return RIGHT._replace(**steps).backward(trace, Y)


def read(came):
    """Five arrays, or what has them by name: a dict or a named tuple, as it is or with Gradients in it.

    Besides, by name: grad_dense, dh and delta, where they are given.
    """
    named = came if isinstance(came, dict) else came._asdict() if hasattr(came, "_asdict") else {}
    if hasattr(named.get("grads"), "_asdict"):
        named = {**named, **named["grads"]._asdict()}
    if not isinstance(came, dict) and not set(NAMES) <= set(named):
        return came, {}
    missing = [name for name in NAMES if named.get(name) is None]
    if missing:
        raise Refused(f"{', '.join(NAMES)} are expected in what comes back; {', '.join(missing)} is not there")
    return tuple(named[name] for name in NAMES), dict(_numbers(named))


def _numbers(named):
    """Of the messages, those that are arrays of numbers: no answer is wrong because of what it gives besides."""
    for name in MESSAGES:
        try:
            array = np.array(named[name])
        except (KeyError, ValueError):
            continue
        if array.dtype.kind in "fiu":
            yield name, array if array.dtype == np.float32 else array.astype(float)


def case(steps, N, outputs="last", given=False, scale=1.0):
    """given : whether there is an h^(-1)     scale : of the states"""

    def made(rng):
        shapes = (N_H, N_X), (N_H, N_H), (N_H, 1), (N_Y, N_H), (N_Y, 1)
        W, U, b, V, c = (rng.normal(size=shape) / np.sqrt(shape[1]) for shape in shapes)
        net = Net(Params(W, U, scale * b, V, c), outputs=outputs)
        h_init = scale * rng.uniform(-0.9, 0.9, size=(N_H, N)) if given else None
        trace = forward(net, scale * rng.normal(size=(steps, N_X, N)), h_init=h_init)
        return trace, FAR * rng.normal(size=trace.y.shape)

    title = f"T+1 = {steps}, N = {N}{', an h^(-1)' if given else ''}{', an answer at each step' * (outputs == 'all')}"
    return drawn(title + ", states near 0" * (scale < 1), made, 6, steps, N, outputs == "all", given)


def _last_only(y, Y):
    error = y - Y
    if error.ndim == 3:
        error[:-1] = 0
    return error


def _known(*without):
    """The usual slips, alone and two at once; then the others, alone."""
    usual = [MANY_WAYS.get(key, Mistake.of(slip)) for key, slip in USUAL.items() if key not in ("float32", *without)]
    seldom = [_alone(slip) for key, slip in SELDOM.items() if key not in without]
    return [*usual, TURNED, ALL_TURNED, *seldom, *IN_ALL]


def _alone(slip):
    """The slip as functions, which no other is combined with."""
    made = [slip.make(value) for value in VALUES.get(slip.key, slip.values)] if slip.make else [slip.steps]
    return Mistake.of(slip)._replace(does=tuple(partial(right, **steps) for steps in made))


VALUES = {"truncated": (1, 2, 3, 4, 5), "other f′": ("sigmoid", "relu", "identity")}  # seven steps, and tanh
NOT_HERE = ("dense slope", "dense state")  # the dense layer has no activation
TURNED = Mistake.of(SLIPS["turned U"])
MANY_WAYS = {"overwrite U": OVERWRITE_U, "steps": STEPS}
LAST_ALONE = Mistake.of(SLIPS["only last"], SLIPS["only last"].steps, {"error": _last_only})
SELDOM = {key: slip for key, slip in SLIPS.items() if key not in (*USUAL, *NOT_HERE, "turned U", "only last")}
OF_ANSWERS = ("answer before", "answer after")
OF_ONE = (ONE_STEP_LATE, AVERAGED._replace(does=AVERAGED.does[:1]))  # in stages with one answer


def _stage(name, task, cases, mistakes, hints, reminder=""):
    return Exercise(
        f"06-backward-{name}",
        task,
        "my_backward(trace, Y)",
        right,
        tuple(cases),
        tuple(mistakes),
        hints,
        parts=NAMES,
        rows=False,
        read=read,
        where=where,
        beware=partial(remark, read=read, case=cases[-1]),
        reminder=reminder,
    )


STAGES = (
    _stage(
        "one",
        "Return dW, dU, db, dV and dc for one sequence, N = 1, with zeros before the first input and one answer at T.",
        [case(steps, 1) for steps in (1, 2, 3)] + [case(3, 1, scale=NEAR_ZERO), case(7, 1)],
        [*_known("mean", "columns", "loop N", "first use", "mean b", "columns of c", *OF_ANSWERS), *OF_ONE],
        (
            "Five lines: the error, grad_dense, then from T back dh and δ of each step, and the sums. dV and dc come "
            "from the dense layer, which is used once.",
            "`dy = trace.y - Y`, `dh = V.T @ dy`; in `for t in reversed(range(len(x))):` first "
            "`delta = dh * (1 - h[t]**2)`, then `+=` for the three sums, and last `dh = U.T @ delta`",
        ),
    ),
    _stage(
        "N",
        "Return the same for N sequences side by side: the loss adds them up.",
        [case(*size) for size in SIZES[:-2]] + [case(3, 2, scale=NEAR_ZERO), case(7, 1), case(7, 4)],
        [*_known("first use", *OF_ANSWERS), *OF_ONE],
        (
            "The products of matrices add the sequences up by themselves. Which two of the five gradients are no "
            "products?",
            "`.sum(axis=1, keepdims=True)` for b and c: add the columns, and divide by nothing.",
        ),
    ),
    _stage(
        "before",
        "Return the same when a state h^(-1) is given, as trace.h_init.",
        [case(*size, given=True) for size in SIZES[:-2]]
        + [case(3, 2, given=True, scale=NEAR_ZERO), case(3, 2), case(7, 4, given=True)],
        [*_known(*OF_ANSWERS), *OF_ONE],
        (
            "One gradient changes. In which step is there a use of U that was multiplied by zeros until now?",
            "At t = 0 the state before is `trace.h_init`, and never `h[-1]`.",
        ),
    ),
    _stage(
        "each",
        'Return the same when the net answers at each step, trace.net.outputs = "all": y and Y of shape (T+1, n_y, N).',
        [case(*size, "all") for size in SIZES[:-2]]
        + [case(3, 2, "all", given=True, scale=NEAR_ZERO), case(3, 2), case(7, 1, "all", given=True)]
        + [case(7, 4, "all", given=True)],
        [*_known(), LAST_ALONE, AVERAGED, *IN_EACH],
        (
            "V and c are used in each step now, so they have sums too. And two messages arrive at h of each step: from "
            "where?",
            "`dh = V.T @ dy[t] + U.T @ delta`, with δ of the step after; with one answer dy is zero at all t but T.",
        ),
        "With an answer at each step y and Y have an axis of steps: (T+1, n_y, N).",
    ),
)
