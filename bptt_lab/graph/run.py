"""What a page hands to the graph."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from bptt_core import Backward, Gradients, Trace


class Run(Protocol):
    """A net's forward and backward pass, and what its steps, its input and its target are called."""

    trace: Trace
    back: Backward
    terms: Gradients  # step_terms(trace, back)
    Y: np.ndarray  # (n_y, N); (T+1, n_y, N) where the net answers at each step
    labels: Sequence  # T+1 names of the steps, such as dates
    about_x: str  # "in hundreds of ..."
    about_Y: str  # what the target is, in words
