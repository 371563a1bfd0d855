"""The running example, forward and backward: what most panels compute when T or f changes."""

from typing import NamedTuple

from bptt_core import Backward, Gradients, Trace, backward, forward, step_terms

from .data import Example, running_example


class Run(NamedTuple):
    example: Example
    trace: Trace
    back: Backward
    terms: Gradients


def run_example(T, activation, U=None) -> Run:
    """The running example for T and f, with a U of your own if given."""
    example = running_example(T)
    if U is not None:
        example = example._replace(params=example.params._replace(U=U))
    trace = forward(example.params, example.x, activation=activation)
    back = backward(trace, example.Y)
    return Run(example, trace, back, step_terms(trace, back))
