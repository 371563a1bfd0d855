"""How good is a forecast? The error in units of the series, two baselines, and a net that runs on its own answers."""

import numpy as np

from bptt_core import forward


def rms_error(y, Y, unit=1.0) -> float:
    """The root of the mean square of y - Y, times the unit of both: in units of the series."""
    return float(unit * np.sqrt(np.mean((np.asarray(y) - Y) ** 2)))


def last_value(x):
    """The first baseline: next year is like this year.  x : (T+1, 1, N).  Returns (1, N)."""
    return x[-1]


def linear_autoregression(x, Y):
    """The second baseline: a weighted sum of the same T+1 values and a constant, by least squares on x and Y.

    Returns a function from inputs (T+1, 1, N) to forecasts (1, N).
    """

    def rows(x):
        return np.column_stack([x[:, 0].T, np.ones(x.shape[2])])  # (N, T+2)

    weights = np.linalg.lstsq(rows(x), Y[0], rcond=None)[0]
    return lambda x: (rows(x) @ weights)[None]


def net_forecast(net, x):
    """y^(T) for each window.  x : (T+1, 1, N).  Returns (1, N)."""
    return forward(net, x).y


def free_run(net, x, steps):
    """The net reads a window, answers, takes its answer for the next value, and so on: no true value comes in again.

    x : (T+1, 1, 1), the last values that are known
    Returns (1, steps).
    """
    window, answers = x, []
    for _ in range(steps):
        answers.append(net_forecast(net, window))
        window = np.concatenate([window[1:], answers[-1][None]])
    return np.concatenate(answers, axis=1)


def tops(values, time, around=4) -> list:
    """The years whose value is the highest of `around` years on both sides."""
    inner = range(around, len(values) - around)
    return [int(time[n]) for n in inner if values[n] == max(values[n - around : n + around + 1])]


COMPARED = ("forecast", "error in training", "in the test", "best start", "worst")  # the heads of what compare returns


def compare(split, nets) -> list:
    """Rows of errors, in units of the series: two baselines, and a net from several starts: mean, best and worst."""
    sides = ((split.x, split.Y), (split.x_test, split.Y_test))

    def errors(says):
        return [rms_error(says(x), Y, split.unit) for x, Y in sides]

    line = linear_autoregression(split.x, split.Y)
    trained, tested = zip(*(errors(lambda x, net=net: net_forecast(net, x)) for net in nets), strict=True)
    return [
        ("last value", *errors(last_value), "", ""),
        ("linear autoregression", *errors(line), "", ""),
        (
            "our net" + f", {len(nets)} starts" * (len(nets) > 1),
            np.mean(trained),
            np.mean(tested),
            min(tested),
            max(tested),
        ),
    ]
