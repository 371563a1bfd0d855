"""The verdict on an answer, as text and as HTML."""

from typing import NamedTuple

from IPython import get_ipython
from IPython.display import display

from .. import look
from ..symbols import rich
from .progress import NOT_ATTEMPTED, NOT_YET, RIGHT

# A sign, and the colour of its label, on which white text is easy to read. All else has the colours of the page
# around it, light or dark; where styles are removed, as on GitHub, the sign and the word remain.
MARKS = {RIGHT: ("✓", look.RIGHT), NOT_YET: ("✗", look.WRONG), NOT_ATTEMPTED: ("○", look.OPEN)}


class Verdict(NamedTuple):
    """state : "right", "not yet" or "not attempted". mistake : the name of the known mistake that it is, or "" """

    exercise: str
    state: str
    message: str
    mistake: str = ""
    hints: tuple = ()
    trouble: str = ""  # with the progress file

    def __repr__(self):
        return "\n".join(filter(None, (f"{self.exercise}: {self.state}. {self.message}".rstrip(), self.trouble)))

    def _repr_html_(self):
        head = f"{label(self.state, f'{self.exercise}: {self.state}.')} {rich(self.message)}"
        return framed(head + self._hints() + rich(f"\n{self.trouble}" if self.trouble else ""), self.state)

    def _hints(self):
        """The second hint inside the first, so that they open one after the other."""
        opened = ""
        for n, hint in reversed(list(enumerate(self.hints, 1))):
            opened = f"<details><summary>Hint {n}</summary>{rich(hint)}{opened}</details>"
        return opened

    def show(self):
        if get_ipython():
            display({"text/plain": repr(self), "text/html": self._repr_html_()}, raw=True)
        else:
            print(self)
        return self

    def _ipython_display_(self):
        """Nothing: `show` has shown it, and it may be the last line of its cell."""


def label(state, words):
    """The sign of a state and then the words, on the state's colour."""
    mark, color = MARKS[state]
    style = f"background: {color}; color: {look.WHITE}; padding: 1px 6px; border-radius: 3px"
    return f'<b style="{style}">{mark} {words}</b>'


def framed(inner, state):
    style = f"border-left: 4px solid {MARKS[state][1]}; padding: 6px 12px; line-height: 1.6"
    return f'<div class="bptt-verdict" role="status" style="{style}">{inner}</div>'
