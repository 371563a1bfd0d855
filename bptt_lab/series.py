"""Any series, cut into windows, and the windows parted in time: for training, and for the test.

A window is T+1 values in a row and the value after them: the input x and the target Y of a many-to-one net.
"""

from typing import NamedTuple

import numpy as np


class Series(NamedTuple):
    """time : (points,), years or angles.  value : (points,)."""

    time: np.ndarray
    value: np.ndarray


class Split(NamedTuple):
    """Windows of one series, for training and for the test, and the times of their targets."""

    x: np.ndarray  # (T+1, 1, N)   training
    Y: np.ndarray  # (1, N)
    x_test: np.ndarray  # (T+1, 1, N_test)
    Y_test: np.ndarray  # (1, N_test)
    time: np.ndarray  # (N,)
    time_test: np.ndarray  # (N_test,)
    unit: float  # of x and Y, in units of the series
    centre: float = 0.0  # x and Y count from it
    left_out: int = 0  # windows that touch a gap


def windows(value, T):
    """Every window of T+1 values with a value after it: x of shape (T+1, 1, N), and that next value, Y of (1, N).

    Column n holds value[n] ... value[n+T] and the target value[n+T+1].
    """
    value = np.asarray(value, dtype=float)
    if value.ndim != 1:
        raise ValueError(f"value must have shape (points,); got {value.shape}")
    if not 0 <= T <= len(value) - 2:
        raise ValueError(f"T must be from 0 to {len(value) - 2}, two fewer than the points; got {T}")
    x = np.lib.stride_tricks.sliding_window_view(value[:-1], T + 1)  # (N, T+1)
    return x.T[:, None, :].copy(), value[None, T + 1 :].copy()


def split_in_time(series, T, start, unit=1.0) -> Split:
    """Windows for training, whose targets come before `start`, and windows for the test, whose targets do not.

    start : in the units of series.time
    unit  : x and Y are in this unit. It is fixed, so nothing of the test gets into the training by way of a scale.
    A test window may begin in the years of training: they are past by then. No training window reaches into the test.
    A window that touches a gap, a value of nan, is left out and counted.
    """
    targets = windows(series.value, T)[1].shape[1]
    time = series.time[len(series.time) - targets :]
    first = int(np.searchsorted(time, start))
    if not 0 < first < targets:
        raise ValueError(f"start must lie within the targets, after {time[0]} and up to {time[-1]}; got {start}")
    return _split_at(series, T, first, unit, 0.0)


def split_by_share(series, T, test=0.3) -> Split:
    """The same for a series of which nothing is known beforehand: the last targets are the test.

    test : which share of the targets they are, between 0 and 1
    x and Y count from the mean of the training's values, in units of their standard deviation: nothing of the test is
    in either. Raises ValueError if a side has no window without a gap, or the training's values are all equal.
    """
    if not 0 < test < 1:
        raise ValueError(f"test must be between 0 and 1, a share of the targets; got {test}")
    targets = windows(series.value, T)[1].shape[1]
    first = targets - max(1, round(test * targets))
    known = series.value[: T + 1 + first]  # all before the first target of the test
    known = known[np.isfinite(known)]
    if not known.size or known.std() == 0:
        held = "none" if not known.size else f"{known[0]} alone"
        raise ValueError(f"the training, before {series.time[T + 1 + first]}, must hold different values; got {held}")
    return _split_at(series, T, first, float(known.std()), float(known.mean()))


def _split_at(series, T, first, unit, centre) -> Split:
    x, Y = windows((series.value - centre) / unit, T)
    time = series.time[T + 1 :]
    whole = np.isfinite(x).all(axis=(0, 1)) & np.isfinite(Y[0])
    train, test = np.flatnonzero(whole[:first]), first + np.flatnonzero(whole[first:])
    for side, found in (("training", train), ("test", test)):
        if not found.size:
            raise ValueError(
                f"the {side} must have a window of T+1 = {T + 1} values and a target without a gap; the longest run of "
                f"values without a gap in the series has {_longest_run(series.value)}: take a smaller T"
            )
    sides = (array[..., side] for side in (train, test) for array in (x, Y))
    return Split(*sides, time[train], time[test], unit, centre, int((~whole).sum()))


def _longest_run(value):
    ends = np.flatnonzero(np.concatenate([[True], ~np.isfinite(value), [True]]))
    return int(np.diff(ends).max() - 1)
