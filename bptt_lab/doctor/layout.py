"""Which layout somebody's arrays have: the one in which our forward pass gives their y, h or loss."""

from itertools import product
from typing import NamedTuple

import numpy as np

from bptt_core import ACTIVATIONS, Net, Params, Trace, forward
from bptt_core.inputs import quiet

from .answers import ABOVE, Answer, G, answers
from .axes import STEPS, N, extents, placements

EXACT = 1e-9  # of the largest number: two ways to compute the same in float64
NEAR = 1e-3  # float32, numbers printed with few digits


class States(NamedTuple):
    """One way to read everything up to the states."""

    W: np.ndarray
    U: np.ndarray
    turned: tuple  # of W and U: is it as rows have it?
    x: np.ndarray
    axes: tuple  # of x as it came
    h_init: np.ndarray
    f: str
    h_hat: np.ndarray
    h: np.ndarray
    off: float  # from their h; nan if there is none


class Reading(NamedTuple):
    """One way to read everything that was handed over, in the layout of bptt_core."""

    states: States
    outputs: str
    V: np.ndarray
    V_turned: bool
    g: str
    answer: Answer
    axes: tuple  # of Y, dy or dh as it came
    off: float  # of the forward pass; nan if nothing was there to compare
    odd: int = 0  # how many things are laid out otherwise than the rest

    def trace(self, given) -> Trace:
        s, (n_y, n_h) = self.states, self.V.shape
        b = _bias(given, n_h)
        c = np.zeros((n_y, 1)) if given.c is None or not given.n_y else given.c.reshape(n_y, 1)
        net = Net(Params(s.W, s.U, b, self.V, c), ACTIVATIONS[s.f], self.answer.g, self.outputs)
        return forward(net, s.x, h_init=s.h_init)


def readings(given) -> list:
    """Every way to read what is given that its own y, h and loss do not exclude: the nearest first."""
    found = [each for states in _states(given) for each in _answered(given, states)]
    return _nearest(found)


def nearest_states(given):
    """What fits h best, if nothing fits."""
    return min(_states(given, every=True), key=lambda s: s.off if s.off == s.off else np.inf, default=None)


def _bias(given, n_h):
    b = np.zeros((n_h, 1)) if given.b is None else given.b.reshape(n_h, 1)
    return b if given.b2 is None else b + given.b2.reshape(n_h, 1)


def _nearest(found):
    """Those that are as near as the nearest; all of them where nothing could be compared."""
    offs = [each.off for each in found if each.off == each.off]
    if not offs:
        return found
    within = max(EXACT, 10 * min(offs))
    return [each for each in found if each.off <= within] if min(offs) <= NEAR else []


def off(ours, theirs):
    """How far apart, of the largest number."""
    far = np.abs(ours - theirs).max() / max(np.abs(theirs).max(), 1e-300)
    return float(far) if far == far else np.inf


# up to the states


def oriented(array, rows, columns) -> list:
    """The matrix as columns have it, with whether it was turned: (rows, columns), or (columns, rows) turned."""
    if array.ndim < 2:
        return [(array.reshape(rows, columns), False)]
    return [(way, turned) for way, turned in ((array, False), (array.T, True)) if way.shape == (rows, columns)]


def _states(given, every=False):
    n_x, n_h = given.n_x, given.n_h
    found = []
    for steps, count in extents(given.x, n_x):
        if not _sizes_fit(given, steps, count):
            continue
        sizes = {STEPS: steps, "n_x": n_x, N: count}
        inits = _inits(given, count)
        U_ways = oriented(given.U.reshape(n_h, n_h), n_h, n_h)
        for (W, W_turned), (U, U_turned), (x, axes), h_init in product(
            oriented(given.W, n_h, n_x), U_ways, placements(given.x, sizes), inits
        ):
            if steps == 1 and U_turned != W_turned and not h_init.any():
                continue  # U is not used: as W has it
            fed = W @ x + _bias(given, n_h)
            for f in ACTIVATIONS:
                h_hat, h = _run(U, fed, h_init, ACTIVATIONS[f].f)
                if np.isfinite(h).all():
                    found.append(States(W, U, (W_turned, U_turned), x, axes, h_init, f, h_hat, h, _off_h(given, h)))
    return _distinct(found) if every else _nearest(_distinct(found))


def _run(U, fed, h_init, f):
    h_hat, h, before = fed.copy(), np.empty_like(fed), h_init
    with quiet():
        for t in range(len(fed)):
            h_hat[t] += U @ before
            before = h[t] = f(h_hat[t])
    return h_hat, h


def _inits(given, count):
    if given.h_init is None:
        return [np.zeros((given.n_h, count))]
    ways = placements(given.h_init, {"n_h": given.n_h, N: count})
    if not ways and given.h_init.size == given.n_h:  # one for all sequences
        return [np.broadcast_to(given.h_init.reshape(-1, 1), (given.n_h, count)).copy()]
    return [way for way, _ in ways]


def _sizes_fit(given, steps, count):
    """Can all arrays have so many steps and sequences?"""
    if given.h_init is not None and given.h_init.size not in (given.n_h, given.n_h * count):
        return False
    outer = (("Y", given.n_y), ("y", given.n_y), ("dy", given.n_y), ("dh", given.n_h))
    sizes = {given.arrays[name].size / size for name, size in outer if size and name in given.arrays}
    last, every = count, steps * count
    if given.h is not None and given.h.size / given.n_h not in (last, every, every + count):
        return False
    return all(size in (last, every) for size in sizes)


def _off_h(given, h):
    """From their states: all, the last, or with one more before or behind them."""
    if given.h is None:
        return np.nan
    steps, n_h, count = h.shape
    best = np.inf
    for extra in (0, 1):
        for way, _ in placements(given.h, {STEPS: steps + extra, "n_h": n_h, N: count}):
            parts = [way] if not extra else [way[1:], way[:-1]]
            best = min([best, *(off(part, h) for part in parts)])
    if given.h.size == n_h * count:
        best = min([best, *(off(way, h[-1]) for way, _ in placements(given.h, {"n_h": n_h, N: count}))])
    return best


def _distinct(found):
    """Without those that differ in nothing that the backward pass asks for."""
    kept = {}
    for each in found:
        arrays = each.h, each.U, each.x, ACTIVATIONS[each.f].df(each.h_hat)
        kept.setdefault(tuple((array.shape, array.tobytes()) for array in arrays), each)
    return list(kept.values())


# from the states to the loss


def _answered(given, states):
    steps, n_h, count = states.h.shape
    if not given.n_y:
        return _from_above(given, states)
    found = []
    for outputs in ("last", "all"):
        sizes = {STEPS: steps, "n_y": given.n_y, N: count}
        if outputs == "last":
            del sizes[STEPS]
        elif steps == 1:
            continue
        name = "Y" if given.Y is not None else "dy"
        theirs = None if given.y is None else _theirs(given.y, sizes, steps, outputs)
        wanted = None
        for (V, turned), g in product(oriented(given.V, given.n_y, n_h), G):
            c = 0 if given.c is None else given.c.reshape(-1, 1)
            y_hat = V @ (states.h if outputs == "all" else states.h[-1]) + c
            far = states.off if theirs is None else _off_any(G[g].f(y_hat), theirs)
            if far > NEAR or (g == "softmax" and given.n_y == 1):
                continue
            wanted = wanted or placements(given.arrays[name], sizes)
            for way, axes in wanted:
                odd = _odd(states, turned, axes)
                found += [
                    Reading(states, outputs, V, turned, g, each, axes, _with(far, states.off), odd)
                    for each in answers(g, y_hat, **{name: way})
                ]
    return found


def _odd(states, V_turned, axes):
    """Whoever has W in rows has V in rows, and Y as x."""
    of_x = [axis for axis in states.axes if axis in axes]
    mixed = len({*states.turned, V_turned}) > 1
    like_x = [{"n_x": "own"}.get(axis, axis) for axis in states.axes if axis == "n_x" or axis in axes]
    like_Y = [axis if axis in (STEPS, N) else "own" for axis in axes]
    return mixed + (like_x != [axis for axis in like_Y if axis == "own" or axis in of_x])


def _off_any(ours, theirs):
    """From the nearest of their arrays."""
    if not len(theirs):
        return np.inf
    far = np.abs(theirs - ours).reshape(len(theirs), -1).max(axis=1).min() / max(np.abs(theirs[0]).max(), 1e-300)
    return float(far) if far == far else np.inf


def _theirs(y, sizes, steps, outputs):
    """Their y; of answers at each step the last, where only that has a target."""
    ways = [way for way, _ in placements(y, sizes)]
    if outputs == "last" and steps > 1:
        ways += [way[-1] for way, _ in placements(y, {STEPS: steps, **sizes})]
    return np.array(ways)


def _with(*offs):
    known = [each for each in offs if each == each]
    return max(known) if known else np.nan


def _from_above(given, states):
    """Messages dh in place of a dense layer: V = 1, and Y so that h - Y is dh."""
    steps, n_h, count = states.h.shape
    found = []
    for outputs, sizes, h in (
        ("last", {"n_h": n_h, N: count}, states.h[-1]),
        ("all", {STEPS: steps, "n_h": n_h, N: count}, states.h),
    ):
        if outputs == "all" and steps == 1:
            continue
        for dh, axes in placements(given.dh, sizes):
            answer = Answer(G["identity"], h - dh, ABOVE, np.nan)
            odd = _odd(states, states.turned[0], axes)
            found.append(Reading(states, outputs, np.eye(n_h), False, "identity", answer, axes, states.off, odd))
    return found
