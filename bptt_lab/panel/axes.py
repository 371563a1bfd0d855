"""Axes of a chart that stay still over most of a slider's range."""

from itertools import zip_longest

import numpy as np

from ..look import LINE_SPACING
from ..symbols import short


def round_up(size) -> float:
    """The next of 1, 1.5, 2, 3, 5, 7, 10, 15 ... that holds `size`."""
    if not np.isfinite(size) or size <= 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(size))
    return float(next(step * power for step in (1, 1.5, 2, 3, 5, 7, 10) if step * power >= size * (1 - 1e-12)))


def fit_height(ax, values):
    """Limits for `values` and 0 that change only in large steps, so that a moving slider does not shake the axis."""
    values = np.asarray(values, dtype=float)
    values = values[np.isfinite(values)]
    below, above = -values.min(initial=0), values.max(initial=0)
    least = 0.1 * max(below, above)  # so that no bar of 0 lies on the rim
    ax.set_ylim(-round_up(1.05 * max(below, least)), round_up(1.05 * max(above, least)))


def fit_log_height(ax, values):
    """Limits on a scale of powers of ten: whole powers, at least from 0.1 to 10."""
    values = np.asarray(values, dtype=float)
    values = values[np.isfinite(values) & (values > 0)]
    powers = np.log10(values) if values.size else np.zeros(1)
    ax.set_ylim(10.0 ** min(np.floor(powers.min()), -1), 10.0 ** max(np.ceil(powers.max()), 1))


class StepAxis:
    """An x axis of steps t = 0 ... T, each with a label of its own, in T+1 slots that always fill the width.

    The labels are artists that move, so the axis itself stays as it is for every T.
    """

    LABELS, WIDEST = 9, 6.4  # at most so many labels, each so many font sizes wide, else they touch

    def __init__(self, ax, free=0.0):
        """free : the share of the width to keep free on the right"""
        self.free = free
        ax.set_xlim(0, 1)
        ax.set_xticks([])
        ax.grid(visible=False, axis="x")
        below = ax.get_xaxis_transform()
        self.labels = [
            ax.text(
                0,
                -0.03,
                "",
                transform=below,
                ha="center",
                va="top",
                fontsize=9,
                linespacing=LINE_SPACING,
                animated=True,
                parse_math=False,
            )
            for _ in range(self.LABELS)
        ]

    def place(self, names):
        """Write the labels, one name for each step; return the slots' centres and their width."""
        steps = len(names)
        width = (1 - self.free) / steps
        centres = (np.arange(steps) + 0.5) * width
        stride = -(-steps // self.LABELS)
        shown = range((steps - 1) % stride, steps, stride)  # T always has its label
        for label, t in zip_longest(self.labels, shown):
            label.set_visible(t is not None)
            if t is not None:
                label.set_x(centres[t])
                label.set_text(f"t = {t}\n{short(names[t], self.WIDEST)}")
        return centres, width
