"""One catalogue of the slips that people make in back propagation through time. Pages, exercises and a diagnosis of
somebody's own code all speak from it. It needs numpy and bptt_core alone.

passes.py      the right pass, in steps that a slip replaces
catalogue.py   every slip: name, wrong line, why, source, and the step it replaces
explain.py     which slips, or which convention, give the gradients that somebody brings
"""

from .catalogue import LIMITS, RATES, SLIPS, Slip, composed
from .explain import CONVENTIONS, Explanation, explain
from .passes import RIGHT, Pass

__all__ = ["CONVENTIONS", "LIMITS", "RATES", "RIGHT", "SLIPS", "Explanation", "Pass", "Slip", "composed", "explain"]
