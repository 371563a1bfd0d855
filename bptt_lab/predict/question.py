"""What a question is: guesses to choose from, and a computation that finds which is right."""

from collections.abc import Callable
from typing import NamedTuple


class Found(NamedTuple):
    """What the computation finds."""

    right: str  # one of the options
    said: str  # the numbers, in a sentence or two
    reasons: dict  # why, or why not, by option


class Question(NamedTuple):
    text: str
    options: tuple
    find: Callable  # Found, computed when it is called
    told: bool = False  # whether the picture gives the answer away, and so is hidden until the guess
