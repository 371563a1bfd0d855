"""What grows past the largest float is inf, and never nan.

IEEE arithmetic makes inf of an overflow, but then nan of inf - inf and of 0 * inf. Inputs hold no nan (inputs.py sees
to that), so a nan in a result comes from an overflow: it is written as inf, "too large, or computed from what was too
large". The value itself tells; no warning is needed.

A bounded activation takes an inf as it takes every large number: tanh(inf) is 1. What is computed from that is finite.
"""

import numpy as np


def quiet():
    """As a decorator: no warning, and no error, from a function whose results tell of an overflow themselves.

    Nor of an underflow, whatever np.seterr says: 0 is then as near as a float can be.
    """
    return np.errstate(over="ignore", invalid="ignore", under="ignore")


def check_no_nan_made(name, before, after):
    """A nan that a reader's own function makes of a finite number is no overflow, and must not become inf."""
    if np.isnan(after[np.isfinite(before)]).any():
        raise ValueError(f"{name} must not give nan for a finite number; it did")


def say_inf(*arrays):
    """Write inf for nan, in place."""
    for array in arrays:
        array[np.isnan(array)] = np.inf
