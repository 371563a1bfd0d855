"""What is solved so far, page by page."""

from itertools import groupby

from ..symbols import rich
from .progress import NOT_ATTEMPTED, RIGHT, Progress
from .verdict import MARKS, framed, label


def progress(exercises):
    """The state of each of the exercises, as the progress file has it."""
    return Report(exercises, Progress())


class Report:
    """states : for each exercise "right", "not yet" or "not attempted" """

    def __init__(self, exercises, kept):
        self.exercises = exercises
        self.states = {name: kept.states.get(name, NOT_ATTEMPTED) for name in exercises}
        self.trouble = kept.trouble

    @property
    def head(self):
        solved = sum(state == RIGHT for state in self.states.values())
        return f"{solved} of {len(self.states)} exercises are right."

    @property
    def pages(self):
        """Pairs of a page and its exercises."""
        return [(page, list(names)) for page, names in groupby(self.states, lambda name: self.exercises[name].page)]

    def __repr__(self):
        rows = (f"page {page}: {', '.join(map(self._said, names))}" for page, names in self.pages)
        return "\n".join(filter(None, (self.head, *rows, self.trouble)))

    def _said(self, name):
        return f"{name} {self.states[name]}"

    def _repr_html_(self):
        rows = "".join(
            f"<tr><th scope='row'>page {page}</th>{''.join(map(self._cell, names))}</tr>" for page, names in self.pages
        )
        return framed(f"<b>{self.head}</b><table>{rows}</table>{rich(self.trouble)}", RIGHT)

    def _cell(self, name):
        """What was not attempted has no colour, so that the others stand out."""
        said = self._said(name)
        state = self.states[name]
        shown = f"{MARKS[state][0]} {said}" if state == NOT_ATTEMPTED else label(state, said)
        return f'<td style="text-align: left">{shown}</td>'
