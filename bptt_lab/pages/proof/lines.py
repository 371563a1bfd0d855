"""Which line of a backward pass goes wrong first: grad_dense, dh, δ, or a sum.

Three ways to know, the best that there is: what the answer hands over besides its gradients; the steps that a known
mistake replaces; the gradients alone. A sum over independent inputs can be undone: dW = Σ δ^(t) x^(t)ᵗ gives each δ^(t)
back if there are at most n_x inputs in all, and so do dU and dV with their states.
"""

from copy import deepcopy
from typing import NamedTuple

import numpy as np

from bptt_core import Gradients

from ...compare import relative_difference
from ...practice.judge import same
from ...slips import RIGHT
from ...slips.passes import outer, shifted

MESSAGES = {"grad_dense": "grad_dense, eq. 7.4,", "dh": "dh, eq. 7.6,", "delta": "δ, dh times f′,"}
DH_OF_T = "dh, eq. 7.5,"  # it is grad_dense, which is right
A_SLOPE = "an f′, in dh or in δ,"  # only gradients came: which of the two it is cannot be told
SUMS = dict(zip(Gradients._fields, ("eq. 7.7", "eq. 7.8", "eq. 7.9", "dense layer", "dense layer"), strict=True))
NEAR = 1e-6  # of the largest entry: 1e-16, times what the undoing of a sum makes of it
SMALL = 1e-3  # states below it have an f' that is 1, to six digits: then no mistake in f' shows


class Wrong(NamedTuple):
    """The first message that is wrong."""

    what: str  # of MESSAGES, DH_OF_T or A_SLOPE
    back: int  # T - t


def where(tried, known) -> str:
    """A sentence on the first line that goes wrong, or "" if it cannot be told. Arguments as for Exercise.where"""
    if not all(trial.parts and (known or trial.fits) for trial in tried):
        return ""
    found = _handed_over(tried) or (_of_steps(tried, known) if known else None) or _of_sums(tried)
    if isinstance(found, Wrong):
        back = f"T−{found.back}" if found.back else "T"
        return f"The first line that goes wrong is {MESSAGES.get(found.what, found.what)} at t = {back}."
    wrong = [name for name in SUMS if not all(_is_right(trial, name) for trial in tried)]
    if found is None or not wrong:
        return ""
    named = [f"{name} ({SUMS[name]})" for name in wrong]
    one = len(named) == 1
    return f"The messages are right. The sum{'' if one else 's'} {_listed(named)} go{'es' if one else ''} wrong."


ALL_RIGHT = "all messages are right"


def _listed(words):
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _is_right(trial, name):
    n = list(SUMS).index(name)
    return same(*trial.pairs[n], rows=False)


def first_wrong(ours, right, near=1e-9):
    """Wrong, or ALL_RIGHT. From T back, and in each step in the order of MESSAGES.

    ours, right : {name: (T+1, rows, N)}; names that `ours` does not have are not compared
    """
    for back, t in enumerate(reversed(range(len(right["dh"])))):
        for name in MESSAGES:
            if name in ours and not relative_difference(ours[name][t], right[name][t]) <= near:
                return Wrong(name, back)
    return ALL_RIGHT


def _messages(made, trial):
    _, grad_dense, dh, delta, _ = made.messages(*trial.arguments)
    return {"grad_dense": grad_dense, "dh": dh, "delta": delta}


def _first_of(found):
    """Of the findings in several cases: the first that is a wrong message."""
    found = list(found)
    return next((each for each in found if isinstance(each, Wrong)), next(filter(None, found), None))


# From what is handed over


def _handed_over(tried):
    return _first_of(_compared(trial) for trial in tried[::-1])


def _compared(trial):
    right, ours = _messages(RIGHT, trial), {}
    for name, array in trial.besides.items():
        whole = _of_all_steps(array, right[name])
        if whole is not None:
            ours[name] = _first_step_first(whole, right[name])
    near = 1e-4 if any(array.dtype == np.float32 for array in ours.values()) else 1e-7
    found = first_wrong(ours, right, near)
    if not isinstance(found, Wrong):
        return found if {"dh", "delta"} <= ours.keys() else None
    if found.what == "dh" and not found.back:
        return Wrong(DH_OF_T if "grad_dense" in ours else "grad_dense", 0)
    return None if found.what == "delta" and "dh" not in ours else found  # δ alone does not tell why


def _first_step_first(array, right):
    """Turned round if it begins with step T, as a list does to which a loop from T back has appended."""
    turned = _near(array[0], right[-1]) and not _near(array[-1], right[-1])
    return array[::-1] if turned else array


def _of_all_steps(array, right):
    """In the shape of all T+1 steps: grad_dense may be that of T alone. None if it has another shape."""
    array = _in_columns(array, right)
    if array.size == right.size:
        return array.reshape(right.shape)
    if array.size == right[-1].size and not right[:-1].any():
        return np.concatenate([right[:-1], array.reshape(right[-1:].shape)])
    return None


def _agrees(array, right):
    whole = _of_all_steps(array, right)
    return whole is not None and _near(_first_step_first(whole, right), right)


def _in_columns(array, right):
    return np.swapaxes(array, -1, -2) if in_rows(array, right) else array


def in_rows(array, right):
    return array.ndim > 1 and array.shape[-2:] == right.shape[:-3:-1] != right.shape[-2:]


def remark(function, *, read, case) -> str:
    """Of right gradients: that messages which are handed over besides come in rows, or "".

    read : as for an Exercise     case : one of its Cases
    """
    _, besides = read(function(*deepcopy(case.arguments)))
    right = _messages(RIGHT, case)
    rows = [name for name, array in besides.items() if in_rows(array, right[name]) and _agrees(array, right[name])]
    verb = "comes" if len(rows) == 1 else "come"
    return f" Your {_listed(rows)} {verb} in rows where the book has columns: the same, transposed." if rows else ""


# From a known mistake


def _of_steps(tried, known):
    """The steps of the way that gives what came, by name or in a partial, taken with all the others right.

    A function that names no step has its messages right.
    """
    largest = tried[-1]
    for way in known.ways:
        steps = way if isinstance(way, dict) else getattr(way, "keywords", {})
        if largest.is_as(known._replace(does=way)):
            made = RIGHT._replace(**steps)
            return _first_of(first_wrong(_messages(made, trial), _messages(RIGHT, trial)) for trial in tried[::-1])
    return None


# From the gradients alone


def _of_sums(tried):
    usual, small = [], []
    for trial in tried[::-1]:
        trace = trial.arguments[0]
        if len(trace.x) * trace.x.shape[2] <= min(trace.x.shape[1], trace.h.shape[1]):  # as many as can be undone
            (small if np.abs(trace.h).max() < SMALL else usual).append(_undone(trial))
    linear, found = _first_of(small), _first_of(usual)
    if isinstance(linear, Wrong):  # f' is 1 there, and δ is dh
        return Wrong("dh" if linear.back and linear.what == "delta" else "grad_dense", linear.back)
    if isinstance(found, Wrong) and found.what == "delta":
        return found if found.back == 0 else Wrong(A_SLOPE, found.back)
    return found


def _undone(trial):
    """Wrong("grad_dense" or "delta", ...), ALL_RIGHT, or None where it cannot be told."""
    trace, Y = trial.arguments
    dW, dU, db, dV, dc = (part.reshape(right.shape) for part, right in trial.pairs)
    dy, _, _, delta, _ = RIGHT.messages(trace, Y)
    at = slice(None) if trace.net.outputs == "all" else slice(-1, None)
    sent = _undo(dV, trace.h[at])
    if sent is not None and _near(_summed(sent), dc):  # dV and dc tell of one message
        for back, (ours, right) in enumerate(zip(sent[::-1], dy[at][::-1], strict=True)):
            if not _near(ours, right):
                return Wrong("grad_dense", back)
    before, first = shifted(trace.h, trace.h_init), 0 if trace.h_init.any() else 1
    of_W, of_U = _undo(dW, trace.x), _undo(dU, before[first:])
    if any(ours is not None and _near(ours, delta[-len(ours) :]) for ours in (of_W, of_U)):
        return ALL_RIGHT
    if of_W is None or not (_near(_summed(of_W), db) or (dU.any() and _near(outer(of_W, before).sum(axis=0), dU))):
        return None  # no other sum tells of these messages: that of W is wrong itself
    back = next(back for back, pair in enumerate(zip(of_W[::-1], delta[::-1], strict=True)) if not _near(*pair))
    return Wrong("delta", back)


def _undo(grad, states):
    """The messages (T+1, rows, N) of which grad is the sum of products with states (T+1, columns, N), or None."""
    steps = len(states)
    if not steps:
        return None
    side_by_side = np.concatenate(states, axis=1)
    messages = grad @ np.linalg.pinv(side_by_side.T)
    if not np.isfinite(messages).all() or not _near(messages @ side_by_side.T, grad):
        return None
    return np.stack(np.split(messages, steps, axis=1))


def _summed(messages):
    """Over steps and sequences: a column."""
    return messages.sum(axis=(0, 2))[:, None]


def _near(ours, right):
    return relative_difference(ours, right) <= (1e-3 if ours.dtype == np.float32 else NEAR)
