"""One catalogue of the slips that people make in back propagation through time. Pages, exercises and a diagnosis of
somebody's own code all speak from it. It needs numpy and bptt_core alone.

passes.py                 the right pass, in steps that a slip replaces
slip.py                   what a slip is: name, wrong line, why, source, steps; several made together
messages.py, sums.py      every slip, in the order of the backward pass; seldom.py has those that are seldom seen
explain.py                which slips, or which convention, give the gradients that somebody brings
"""

from .catalogue import SLIPS, USUAL
from .explain import CONVENTIONS, Explanation, explain
from .passes import RIGHT, Pass
from .slip import LIMITS, RATES, Slip, composed

__all__ = [
    "CONVENTIONS",
    "LIMITS",
    "RATES",
    "RIGHT",
    "SLIPS",
    "USUAL",
    "Explanation",
    "Pass",
    "Slip",
    "composed",
    "explain",
]
