"""A slip with a parameter that is not one of the usual ones: which value gives the claimed gradients."""

import numpy as np

from bptt_lab.slips import SLIPS

from .claims import base
from .search import Cure

FITTED = ("clip", "moved", "times")
GOLDEN = (5**0.5 - 1) / 2


def fitted(search):
    """The Cure with such a slip, or None."""
    names = [name for name in search.wrong if base(name) in ("dW", "dU", "db")]
    spoiled = [name for name in search.claims if base(name) in ("dW", "dU", "db")]
    if set(names) != set(search.wrong) or len(names) < len(spoiled):
        return None  # a message is in all of them
    for key in FITTED:
        slip = SLIPS[key]

        def far(log, slip=slip):
            _, dy, delta = search.sent((slip.at(float(np.exp(log))),))
            away = 0.0
            for name in names:
                grad, claim = search.start.sum(base(name), search.trace, dy, delta), search.claims[name].array
                if grad.shape != claim.shape:
                    return np.inf
                away = max(away, np.abs(grad - claim).max() / search.measure.limit(name, search.factor, claim))
            return away if away == away else np.inf

        grid = np.log(np.geomspace(1e-4, 30, 30))
        values = [far(log) for log in grid]
        for i in np.argsort(values)[:2]:
            log = _lowest(far, grid[max(i - 1, 0)], grid[min(i + 1, len(grid) - 1)])
            if far(log) <= 1:
                made = slip.at(float(np.exp(log)))
                return Cure((made,), dict.fromkeys(names, (made,)), search.whole((made,)))
    return None


def _lowest(f, low, high):
    """Golden section."""
    a, b = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    at_a, at_b = f(a), f(b)
    for _ in range(50):
        if at_a < at_b:
            high, b, at_b = b, a, at_a
            a = high - GOLDEN * (high - low)
            at_a = f(a)
        else:
            low, a, at_a = a, b, at_b
            b = low + GOLDEN * (high - low)
            at_b = f(b)
    return (low + high) / 2
