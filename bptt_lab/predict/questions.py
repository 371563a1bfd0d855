"""All questions, by their names."""

from . import backward, forward, sums, training

QUESTIONS = forward.QUESTIONS | backward.QUESTIONS | sums.QUESTIONS | training.QUESTIONS
