"""All questions, by their names."""

from . import backward, forward, sums

QUESTIONS = forward.QUESTIONS | backward.QUESTIONS | sums.QUESTIONS
