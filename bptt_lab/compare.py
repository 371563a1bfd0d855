"""A comparison that a notebook prints: two computations agree, or the cell fails and shows both."""

import numpy as np

from .numbers import number

FLOOR = 1e-12  # below this size two values are compared absolutely: 0/0 must neither pass nor fail by accident


def relative_difference(ours, independent) -> float:
    """The largest difference of two arrays, as a share of their largest entry. Never nan: that would pass a test."""
    ours, independent = np.asarray(ours, dtype=float), np.asarray(independent, dtype=float)
    if ours.shape != independent.shape:
        raise ValueError(f"both sides must have one shape; got {ours.shape} and {independent.shape}")
    size = max(np.abs(ours).max(), np.abs(independent).max(), FLOOR)
    with np.errstate(invalid="ignore"):  # inf - inf
        difference = np.abs(ours - independent).max() / size
    return float(difference) if np.isfinite(difference) else np.inf


AGREES, WRONG = 1e-8, 1e-4  # central differences reach about 1e-9; a slip in a formula is seldom below a few per cent


def verdict(difference) -> str:
    """What a relative difference of two gradients says: "agrees", "suspicious" or "wrong"."""
    if difference <= AGREES:
        return "agrees"
    return "suspicious" if difference <= WRONG else "wrong"


def rough(error) -> str:
    """An error as a notebook stores it: what is rounding alone differs from machine to machine."""
    bound = next((bound for bound in (AGREES, WRONG) if error <= bound), None)
    return f"≤ {number(bound)}" if bound else number(error)


def agree(what, ours, independent, within=1e-8):
    """Say that `ours` agrees with an independent computation, or raise AssertionError with both side by side.

    within : the largest difference allowed, as a share of the largest entry
    """
    agree_all(what, [("", ours, independent)], within)


def agree_all(what, comparisons, within=1e-8):
    """Say in one line that all `comparisons` agree, or raise AssertionError with the first that does not.

    comparisons : (name, ours, independent) of each
    within : the largest difference allowed, as a share of the largest entry of the two
    """
    comparisons = list(comparisons)
    if not comparisons:
        raise ValueError(f"{what}: comparisons must hold at least one; got none")
    for name, ours, independent in comparisons:
        difference = relative_difference(ours, independent)
        if difference > within:
            pairs = zip(np.ravel(ours), np.ravel(independent), strict=True)
            rows = "\n".join(f"  {number(a):>12} {number(b):>12}" for a, b in pairs)
            off = f"off by {difference:.1e} of the largest entry, allowed {within:.0e}"
            raise AssertionError(f"{what}{', ' if name else ''}{name}: {off}\n{rows}")
    print(f"{what}: {'agrees' if len(comparisons) == 1 else f'all {len(comparisons)} agree'} within {within:.0e}")
