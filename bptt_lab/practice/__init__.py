"""Exercises that answer back. The engine: it knows no exercise.

check(exercise, answer)    is it right? If it is what a known mistake gives, which one, and why it is wrong
progress(exercises)        what is solved so far
"""

from .check import check
from .report import Report, progress
from .verdict import Verdict

__all__ = ["Report", "Verdict", "check", "progress"]
