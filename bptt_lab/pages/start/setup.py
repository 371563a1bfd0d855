"""Is this computer ready? The set-up check of notebook 00."""

import sys

from bptt_core import gradients, numerical_gradients

from ...compare import relative_difference
from ...data import running_example
from ...requirements import are_met

AGAIN = "install again: python -m pip install -r requirements.txt"


def check_setup():
    """Print a line for each thing that the notebooks need; after a `no`, what to do."""
    for what, passed, advice in (
        ("Python is 3.11 or newer", sys.version_info >= (3, 11), "install a newer Python and begin again"),
        ("the packages have versions that fit", are_met(), AGAIN),
        ("the sunspot series is there", running_example().x.shape == (5, 1, 1), AGAIN),
        ("BPTT agrees with an independent gradient", _gradients_agree(), AGAIN),
    ):
        print(f"{what}: {'yes' if passed else f'no. To mend it, {advice}'}")


def _gradients_agree():
    net, x, Y, _ = running_example()
    pairs = zip(gradients(net, x, Y), numerical_gradients(net, x, Y, method="complex"), strict=True)
    return all(relative_difference(ours, judge) < 1e-12 for ours, judge in pairs)
