"""What the panels of an example have in common: its controls, its passes, and words about its numbers.

The example is the running one, or an Example that a reader brings: a net of any size, any number of sequences, names
and activations of their own.
"""

from html import escape

from bptt_core import ACTIVATIONS

from ..data import T_MAX, running_example
from ..example import Example, run_of
from ..look import UNIT_STYLES
from ..numbers import number
from ..panel import Panel, activation_menu, numbered, slider

MOST = 6  # how many numbers of a column are written in words


def steps_slider(T=4, most=T_MAX):
    """A slider for T, the index of the last step: the net reads T+1 years."""
    return slider("T", T, 0, most)


class OfExample:
    """Of a panel, besides Panel or WalkPanel: it has an example, and shows the last T+1 steps of it.

    Raises TypeError if the example is none.
    """

    most = T_MAX  # the largest T that is shown

    def take(self, example):
        """Once, before the panel is built.  example : an Example, or None for the running one"""
        if not isinstance(example, Example | None):
            raise TypeError(f"example must be an Example(net, x, Y, labels); got {type(example).__name__}")
        self.own, self.example = example is not None, example or running_example(T_MAX)
        self.longest = len(self.example.x) - 1 if self.own else T_MAX
        self.n_h, self.n_x = self.example.net.params.W.shape
        self.n_y, self.N = len(self.example.net.params.V), self.example.x.shape[2]
        self.often = self.example.net.outputs == "all"
        self._kept = None

    def run_controls(self, T=4, f="tanh") -> dict:
        """T and f, which a run is made from.  T, f : at which the running example begins; another at its whole"""
        most = min(self.longest, self.most)
        return {"T": steps_slider(min(self.longest if self.own else T, most), most), **self.activations(f)}

    def activations(self, f="tanh") -> dict:
        """The menu of f alone, for a panel in which nothing else of a run is chosen."""
        if self.own:
            f = self.example.net.activation
            f = f.name if f in ACTIVATIONS.values() else f
        return {"activation": activation_menu(f)}

    def sequence_menu(self) -> dict:
        """The sequence whose numbers are shown, where there are several."""
        return {"sequence": numbered("sequence", self.N)} if self.N > 1 else {}

    def unit_menu(self) -> dict:
        """The hidden unit that stands out, where there are too many for a style of their own."""
        return {"unit": numbered("hidden unit", self.n_h)} if self.n_h > len(UNIT_STYLES) else {}

    def run(self, T, activation):
        """The passes over the last T+1 steps: computed once for all that is shown of them."""
        if self._kept is None or self._kept[0] != (T, activation):
            self._kept = (T, activation), run_of(self.example.last(T), activation)
        return self._kept[1]


class ExamplePanel(OfExample, Panel):
    """A panel over an example.

    example : an Example of your own, of which T+1 steps are shown, the last ones; the running example unless given
    """

    def __init__(self, example=None):
        self.take(example)
        super().__init__()


# in words


def which(run, sequence):
    """Which sequence is told of, where there are several."""
    N = run.trace.x.shape[2]
    return f"Sequence {sequence} of {N}. " if N > 1 else ""


def activation_named(run):
    return escape(run.trace.net.activation.name)


def label(run, t):
    return escape(str(run.labels[t]))


def column(values):
    return number(values[0]) if len(values) == 1 else in_brackets(values)


def in_brackets(values):
    more = ", …" if len(values) > MOST else ""
    return f"({', '.join(number(value) for value in values[:MOST])}{more})"


def count(number, noun):
    return f"{number} {noun}" + ("s" if number != 1 else "")
