"""The net of one hidden unit, which page 00 differentiates by hand."""

from dataclasses import replace

import numpy as np

from bptt_core import Net, Params

from ...data import running_example
from ...example import Example

WEIGHTS = Params(W=0.5, U=0.8, b=0.1, V=1.5, c=0.2)  # round, and such that no term of a sum hides behind another


def one_unit(T=1) -> Example:
    """The last T+1 years of the running example, and a net of one unit: each of its weights is one number."""
    return replace(running_example(T), net=Net(Params(*(np.full((1, 1), weight) for weight in WEIGHTS))))
