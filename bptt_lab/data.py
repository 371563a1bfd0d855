"""The series that the notebooks learn from, and the one small net that runs through all pages.

A reader's own series: read_series.
"""

import os
from importlib.resources import files

import numpy as np

from bptt_core import Net, Params, init_params

from .example import Example, Run, run_of
from .reading import read_series as read_series
from .series import Series, Split, split_in_time, windows

SUNSPOT_UNIT = 100.0  # x and Y are in hundreds of sunspots: a fixed unit, so no later year leaks into an earlier one
TARGET_YEAR = 1957  # the running example predicts it: the highest yearly number on record
TEST_YEAR = 1921  # what is learnt is tried on this year and those after it
T_MAX = 30  # the longest window of the sliders
SEED = "BPTT_SEED"  # the environment variable for numbers of one's own: small_net


def sunspots() -> Series:
    """Yearly mean sunspot numbers, 1700 to 2008: 309 points. Source: the head of sunspots.csv."""
    with (files("bptt_lab") / "sunspots.csv").open(encoding="utf-8") as lines:
        year, number = np.loadtxt(lines, delimiter=",", unpack=True)
    return Series(year.astype(int), number)


def noisy_sine(points=100, periods=2, noise=0.05, seed=0) -> Series:
    """The textbook's task: a sine wave with noise, 100 points over two periods.

    noise : the standard deviation of the normal noise that is added
    time is the angle in radians.
    """
    angle = np.linspace(0, 2 * np.pi * periods, points)
    return Series(angle, np.sin(angle) + np.random.default_rng(seed).normal(0, noise, points))


def sunspot_windows(T):
    """The sunspot series in hundreds, as windows: x (T+1, 1, N), Y (1, N), and the N years that Y stands for."""
    series = sunspots()
    return *windows(series.value / SUNSPOT_UNIT, T), series.time[T + 1 :]


def sine_windows(T=24, **series):
    """The noisy sine wave as windows: x (T+1, 1, N), Y (1, N). T = 24 means 25 inputs, as in the textbook."""
    return windows(noisy_sine(**series).value, T)


def sunspot_split(T=11) -> Split:
    """Twelve years of sunspots and the year after them: training up to 1920, test from 1921. In hundreds."""
    return split_in_time(sunspots(), T, TEST_YEAR, SUNSPOT_UNIT)


def sine_split(T=24, **series) -> Split:
    """The noisy sine wave, 25 points and the one after them: the last 30 points are the test."""
    series = noisy_sine(**series)
    return split_in_time(series, T, series.time[-30])


def running_example(T=4) -> Example:
    """The net and the window that all pages share: T+1 years of sunspots before 1957, and 1957.

    T : from 0 to T_MAX. The target stays the same: a longer window begins earlier. The net is the same for every T.
    """
    x, Y, years = sunspot_windows(T)
    (n,) = np.flatnonzero(years == TARGET_YEAR)
    return Example(
        small_net(),
        x[:, :, n : n + 1],
        Y[:, n : n + 1],
        np.arange(TARGET_YEAR - T - 1, TARGET_YEAR),
        about_x="in hundreds of sunspots",
        about_Y="what was counted in the year after the last input",
        target=f"{TARGET_YEAR} was",
    )


def small_net() -> Net:
    """Three hidden units with f = tanh, seeded, and not trained: it has learnt nothing yet.

    Where the environment variable BPTT_SEED has an integer, its weights are a little other ones: a student of a class
    has numbers of their own, and the pages' questions keep their answers. Raises ValueError for another text.
    """
    params = init_params(n_x=1, n_h=3, n_y=1, seed=20)
    seed = os.environ.get(SEED, "")
    if seed and not (seed.isascii() and seed.isdigit()):
        raise ValueError(f"{SEED} must be an integer from 0 on; got {seed!r}")
    return Net(_moved(params, int(seed)) if seed else params, activation="tanh")


def _moved(params, seed):
    """Each weight by at most a twentieth of its size, and U turned by a small angle, so that it stays orthogonal."""
    rng = np.random.default_rng(seed)
    W, U, b, V, c = (weight * rng.uniform(0.95, 1.05, weight.shape) for weight in params)
    angles = 0.05 * np.triu(rng.uniform(-1, 1, U.shape), 1)
    skew, eye = angles - angles.T, np.eye(len(U))
    return Params(W, params.U @ np.linalg.solve(eye + skew, eye - skew), b, V, c)


def run_example(T, activation, U=None) -> Run:
    """The running example for T and f, with a U of your own if given."""
    return run_of(running_example(T), activation, U)
