"""An example: a net, the inputs that it reads, its targets, and a name for each step. The graph shows any.

mine = Example(net, x, Y, labels=["Mon", "Tue", "Wed"])
GraphPanel("backward", example=mine)
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from bptt_core import Backward, Gradients, Net, Trace, backward, forward, step_terms
from bptt_core.inputs import checked_inputs, checked_target


@dataclass(frozen=True, eq=False)
class Example:
    """What a graph is drawn of. `net, x, Y, labels = example` unpacks it.

    Raises ValueError, or TypeError for a wrong type, that names the argument.
    """

    net: Net  # with any activations, and outputs "last" or "all"
    x: np.ndarray  # (T+1, n_x, N)
    Y: np.ndarray  # (n_y, N); with outputs "all" (T+1, n_y, N)
    labels: Sequence  # T+1 names of the steps, such as dates
    about_x: str = "in your units"  # what stands behind "the input of step 2, "
    about_Y: str = "what the net should answer"  # what stands behind "the target: "
    target: str = "the target is"  # what stands before "Y = 1.5"
    h_init: np.ndarray | None = None  # (n_h, N), the state before the first input; zeros unless given

    def __post_init__(self):
        _, x, h_init = checked_inputs(self.net, self.x, self.h_init, Net)
        Y, labels = checked_target(self.Y, self.net, x), checked_labels(self.labels, len(x))
        h_init = None if self.h_init is None else h_init  # for another net zeros have another size
        for name, value in (("x", x), ("Y", Y), ("labels", labels), ("h_init", h_init)):
            object.__setattr__(self, name, value)

    def __iter__(self):
        return iter((self.net, self.x, self.Y, self.labels))

    def last(self, T):
        """The example of the last T+1 steps alone, with the same state before the first of them."""
        steps = slice(len(self.x) - T - 1, None)
        Y = self.Y[steps] if self.net.outputs == "all" else self.Y
        return replace(self, x=self.x[steps], Y=Y, labels=self.labels[steps])

    def with_one_answer(self):
        """The same, but for a net that answers at T alone."""
        Y = self.Y[-1] if self.net.outputs == "all" else self.Y
        return replace(self, net=self.net._replace(outputs="last"), Y=Y)


def checked_labels(labels, steps):
    """The labels as an array or a tuple, one for each step."""
    if isinstance(labels, str) or not hasattr(labels, "__len__") or getattr(labels, "ndim", 1) != 1:
        raise TypeError(f"labels must be a list of T+1 names; got {type(labels).__name__}")
    if len(labels) != steps:
        raise ValueError(f"labels must be T+1 names, with T+1 = {steps} (from x); got {len(labels)}")
    return labels if isinstance(labels, np.ndarray) else tuple(labels)


class Run(NamedTuple):
    """An example, forward and backward: what the graph, which knows no Example, asks for."""

    example: Example
    trace: Trace
    back: Backward
    terms: Gradients  # step_terms(trace, back)

    @property
    def Y(self):
        return self.example.Y

    @property
    def labels(self):
        return self.example.labels

    @property
    def about_x(self):
        return self.example.about_x

    @property
    def about_Y(self):
        return self.example.about_Y


def run_of(example, activation=None, U=None) -> Run:
    """The passes over an example; with another f, or another U, if given."""
    net = example.net
    params = net.params if U is None else net.params._replace(U=U)
    net = net._replace(params=params, activation=net.activation if activation is None else activation)
    trace = forward(net, example.x, h_init=example.h_init)
    back = backward(trace, example.Y)
    return Run(replace(example, net=net), trace, back, step_terms(trace, back))
