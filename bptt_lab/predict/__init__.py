"""Questions that a page asks before its panel opens. Each is answered by bptt_core, when the reader has guessed."""

from .ask import Ask, ask, predict
from .questions import QUESTIONS

__all__ = ["QUESTIONS", "Ask", "ask", "predict"]
