"""What a slip is, and how several are made together."""

from collections.abc import Callable
from typing import NamedTuple

from .passes import RIGHT, Pass

LIMITS = (1.0, 5.0, 0.5, 10.0, 0.1, 2.0, 3.0, 0.25)
RATES = (0.1, 0.01, 0.001, 1.0, 0.05, 0.5, 0.005, 1e-4)


class Slip(NamedTuple):
    """steps : by name, each step of a Pass that is replaced; for the first of `values`, if it has a parameter"""

    key: str
    name: str  # completes "this is what comes out when ..."
    line: str  # the wrong one
    why: str  # a sentence
    source: str  # where the book says so
    steps: dict
    parameter: str = ""
    values: tuple = ()  # the usual ones; the first of them is in `steps`
    make: Callable | None = None  # value -> steps

    def at(self, value) -> "Slip":
        """The same slip with another value of its parameter."""
        return self._replace(steps=self.make(value), values=(value,))

    def gradients(self, *given, **more):
        """With this slip alone. Arguments as for Pass.gradients."""
        return Pass(**self.steps).gradients(*given, **more)


def composed(*slips) -> Pass:
    """The pass with all these slips in it. Raises ValueError if two of them replace the same step."""
    steps = [step for slip in slips for step in slip.steps]
    twice = next((step for step in steps if steps.count(step) > 1), None)
    if twice:
        keys = " and ".join(repr(slip.key) for slip in slips if twice in slip.steps)
        raise ValueError(f"slips must replace different steps; got {keys}, which both replace {twice!r}")
    return RIGHT._replace(**{step: does for slip in slips for step, does in slip.steps.items()})


def with_parameter(parameter, values, make):
    """The fields of a slip with a parameter. make : value -> steps"""
    return {"steps": make(values[0]), "parameter": parameter, "values": values, "make": make}
