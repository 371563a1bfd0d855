"""Page 08: three broken passes, each in a layout of its own, to be mended from the doctor's report."""

from functools import partial

import numpy as np

from bptt_core import Net, Params, forward

from ...doctor import LAYOUTS, case, diagnose
from ...practice.exercise import Exercise, Mistake, drawn
from ...slips import RIGHT, SLIPS

GIVEN, RETURNED = ("W", "U", "b", "V", "c", "x", "Y"), ("dW", "dU", "db", "dV", "dc")
SIZES = ((1, 1), (1, 3), (2, 1), (3, 2), (5, 1), (5, 3))  # T+1 and N; n_x, n_h and n_y are 4, 6 and 7


class Layout:
    """The right pass in a layout of doctor.case, and there and back to columns."""

    def __init__(self, name, outputs="last"):
        self.name, self.outputs = name, outputs
        self.rows, self.axes, _ = LAYOUTS[name]
        self.flat = self.rows or name.startswith("torch")

    def right(self, *given, kept=lambda grads: grads, **steps):
        """All five gradients. steps : those of a Pass that are replaced     kept : what is returned"""
        trace, Y = self.trace(*given)
        dW, dU, db, dV, dc = RIGHT._replace(**steps).backward(trace, Y)
        weights = [self._turned(grad) for grad in (dW, dU, dV)]
        db, dc = (np.squeeze(grad) if self.flat else grad for grad in (db, dc))
        return tuple(kept([weights[0], weights[1], db, weights[2], dc]))

    def trace(self, W, U, b, V, c, x, Y):
        """The forward pass and Y, in columns."""
        W, U, V = map(self._turned, (W, U, V))
        net = Net(Params(W, U, b.reshape(-1, 1), V, c.reshape(-1, 1)), outputs=self.outputs)
        return forward(net, x.transpose(np.argsort(self.axes))), self._answers(Y, np.argsort(self.axes))

    def where(self, tried, known):
        """What the doctor says of an answer that no Mistake gives."""
        last = tried[-1]
        if known or not all(trial.parts and trial.fits for trial in tried):
            return ""
        trace, _ = self.trace(*last.arguments)
        given = dict(zip(GIVEN, last.arguments, strict=True)) | dict(zip(RETURNED, last.parts, strict=True))
        report = diagnose(**given, y=self._answers(trace.y, self.axes))
        return f"The doctor says: {report.findings[0].words}" if report.findings else ""

    def cases(self):
        for steps, N in SIZES:
            yield drawn(f"T+1 = {steps}, N = {N}", partial(self._case, steps=steps, N=N), 8)

    def _case(self, rng, steps, N):
        made = case(self.name, int(rng.integers(1 << 32)), outputs=self.outputs, steps=steps, N=N)
        return tuple(made[name] for name in GIVEN)

    def _turned(self, weight):
        return weight.T if self.rows else weight

    def _answers(self, Y, axes):
        if self.outputs == "all":
            return Y.transpose(axes)
        return Y if self.axes.index(1) < self.axes.index(2) else Y.T


TURNED = Mistake(
    "dW, dU and dV are all transposed",
    {"kept": lambda grads: [grad.T for grad in grads]},
    "A gradient has the shape of its weight, in any layout.",
    "the notation on page 00",
)


def _exercise(name, task, layout, slips, hints):
    return Exercise(
        f"08-{name}",
        task,
        f"{name}_mended({', '.join(GIVEN)})",
        layout.right,
        tuple(layout.cases()),
        (*(Mistake.of(SLIPS[key]) for key in slips), TURNED),
        hints,
        rows=False,
        where=layout.where,
    )


EXERCISES = (
    _exercise(
        "rows",
        "Read the report on `rows`, and mend it: return dW, dU, db, dV and dc.",
        Layout("rows"),
        ("without 0", "without T", "wrap", "range", "late b", "transpose", "step", "slope", "mean b"),
        (
            "Which t is missing, and in which sums? Not in dU: the state before it is zero. So look for a range.",
            "`range(T, 0, -1)` ends at 1. Which number makes it end at 0?",
        ),
    ),
    _exercise(
        "torch",
        "Read the report on `torch`, and mend both mistakes: return dW, dU, db, dV and dc.",
        Layout("torch batch first", "all"),
        ("late", "mean b", "no link", "only last", "transpose", "range", "without 0"),
        (
            "One line puts the two messages together, another belongs to b alone.",
            "First add, then f′: `(dy[:, t] @ V + back) * (1 - h[:, t] ** 2)`. And b is added up, as W is: "
            "`.sum(axis=0)`.",
        ),
    ),
    _exercise(
        "unnamed",
        "Read the report on `unnamed`, and mend it: return dW, dU, db, dV and dc.",
        Layout("columns"),
        ("no U", "slope", "transpose", "without 0", "range"),
        (
            "At T all is right, and each step back the message gets another length. Which line changes a length?",
            "No line of 7.6 divides by a norm. Leave that one out.",
        ),
    ),
)
