"""Which slips, or which convention, give the gradients that somebody brings."""

from itertools import combinations, product
from typing import NamedTuple

import numpy as np

from .catalogue import SLIPS
from .passes import RIGHT
from .slip import Slip, composed

WITHIN = 1e-9  # of the largest entry: what is reached to rounding


class Explanation(NamedTuple):
    """What gives the gradients in all cases."""

    slips: tuple  # of Slip, each at its value; () if the formulas are right
    convention: Slip  # the loss that they are the gradient of, but for the slips
    loss: Slip  # the loss that they should be the gradient of

    @property
    def keys(self):
        """Of the slips, and of the convention if it is not that of eq. 7.3."""
        return tuple(slip.key for slip in (*self.slips, self.convention) if slip.steps)

    def __str__(self):
        said = [f"{slip.name} ({slip.parameter} {slip.values[0]})" if slip.values else slip.name for slip in self.slips]
        if self.convention is not self.loss:
            of, wanted = (each.line.removeprefix("dy = ") for each in (self.convention, self.loss))
            said.append(f"a matter of convention, one factor for all: the first message is {of}, and not {wanted}")
        return "; ".join(said) or "no slip"


def _convention(top, over) -> Slip:
    """All five gradients times top / the product of `over`, some of N, T+1 and n_y."""
    below = " / " + (f"({' '.join(over)})" if len(over) > 1 else over[0]) if over else ""
    factor = f"{'½' if top == 0.5 else top}{below}" if top != 1 or over else ""

    def by(steps, N, n_y):
        return top / np.prod([{"N": N, "T+1": steps, "n_y": n_y}[size] for size in over])

    return Slip(
        f"times {factor}" if factor else "sum",
        f"all gradients are multiplied by {factor}" if factor else "half of the sum of squares",
        f"dy = {factor} (y - Y)" if factor else "dy = y - Y",
        "That is the gradient of a loss with this factor: it points the same way, and a learning rate means something "
        "else.",
        "eq. 7.3",
        {"factor": by} if factor else {},
    )


_OVER = [over for size in range(4) for over in combinations(("N", "T+1", "n_y"), size)]
CONVENTIONS = {each.key: each for each in (_convention(top, over) for over, top in product(_OVER, (1, 2, 0.5)))}
SUM = CONVENTIONS["sum"]
NOT_HERE = ("float32", "half", "mean", "entries")  # no formula, or a convention


def explain(cases, brought, *, loss="sum", most=2, values=None) -> list[Explanation]:
    """Every explanation that holds in all cases together, of those with the fewest slips; [] if there is none.

    cases   : for each case its Trace and its targets Y, as bptt_core.backward takes them
    brought : for each case the five gradients that somebody has computed
    loss    : what they should be the gradient of, a key of CONVENTIONS: half of the sum of squares, times a factor
    most    : how many may be made together; a convention, one factor for all five gradients, counts as one
    values  : {"limit": (...), "rate": (...)}, to try instead of the usual values of these parameters
    """
    pairs = sorted(zip(cases, brought, strict=True), key=lambda pair: -pair[0][0].h.size)  # the large ones tell most
    slips = [each for key, slip in SLIPS.items() if key not in NOT_HERE for each in _at_all(slip, values or {})]
    slips = [slip for slip in slips if not _holds((slip,), [(case, RIGHT.backward(*case)) for case in cases])]
    conventions = _distinct([(*trace.x.shape[::2], Y.shape[-2]) for trace, Y in cases])
    for count in range(most + 1):
        tried = [(made, SUM) for made in _together(slips, count)]
        if count:
            tried += product(_together(slips, count - 1), conventions)
        found = [Explanation(*each, CONVENTIONS[loss]) for each in tried if _holds((*each[0], each[1]), pairs)]
        if found:
            return [each for each in found if not each.slips] or found  # averaged steps are a convention, if all are
    return []


def _distinct(sizes):
    """The conventions that give another factor than 1 and than each other: of equal ones the simplest.

    sizes : T+1, N and n_y of each case
    """
    kinds = {(1.0,) * len(sizes): SUM}
    for convention in CONVENTIONS.values():
        if convention is not SUM:
            kinds.setdefault(tuple(float(convention.steps["factor"](*each)) for each in sizes), convention)
    return list(kinds.values())[1:]


def _at_all(slip, values):
    chosen = values.get(slip.parameter, slip.values)
    return [slip.at(value) for value in chosen] if slip.make else [slip]


def _together(slips, count):
    """Every choice of so many that replace different steps."""
    for made in combinations(slips, count):
        steps = [step for slip in made for step in slip.steps]
        if len(set(steps)) == len(steps):
            yield made


def _holds(slips, pairs):
    made = composed(*slips)
    return all(_same(made.backward(*case), grads) for case, grads in pairs)


def _same(ours, theirs):
    for grad, other in zip(ours, theirs, strict=True):
        if np.shape(grad) != np.shape(other):
            return False
        size = max(np.abs(grad).max(), np.abs(other).max())
        if not np.abs(grad - other).max() <= WITHIN * size:  # also where there is a nan
            return False
    return True
