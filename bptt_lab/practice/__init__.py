"""Exercises that answer back.

check("01-loss", loss)     is it right? If it is what a known mistake gives, which one, and why it is wrong
progress()                 what is solved so far
"""

from .check import check
from .exercises import EXERCISES
from .report import progress

__all__ = ["EXERCISES", "check", "progress"]
