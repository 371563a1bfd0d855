"""Questions that a page asks before its panel opens. Each is answered by bptt_core, when the reader has guessed."""

from .ask import Ask, ask, predict
from .question import Found, Question

__all__ = ["Ask", "Found", "Question", "ask", "predict"]
