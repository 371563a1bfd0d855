"""Predict first: a panel's controls wait until the reader has guessed, or goes on without a guess."""

from html import escape
from threading import RLock

import ipywidgets as widgets

from ..wording import rich
from .questions import QUESTIONS

WITHOUT = "Go on without a guess"


def predict(panel, *names):
    """The panel, with questions above it. It opens when all are answered, or at once if the reader wants.

    panel : a bptt_lab Panel
    names : of questions, such as "01-target"
    Returns the panel. Raises ValueError for a name that is not in QUESTIONS.
    """
    unknown = [name for name in names if name not in QUESTIONS]
    if unknown or not names:
        raise ValueError(f"names must be of {', '.join(QUESTIONS)}; got {', '.join(map(repr, unknown)) or 'none'}")
    panel.questions = [Ask(QUESTIONS[name], lambda: _open_if_answered(panel)) for name in names]
    go_on = widgets.Button(description=WITHOUT, layout=widgets.Layout(width="auto", align_self="flex-start"))
    go_on.on_click(lambda _: _open(panel))
    panel.go_on = go_on
    asked = widgets.VBox([*panel.questions, go_on])
    asked.add_class("bptt-predict")
    panel.children = (asked, *panel.children)
    panel.hold(unseen=any(question.question.told for question in panel.questions))
    return panel


def ask(name):
    """One question on its own, which no panel waits for."""
    return Ask(QUESTIONS[name], lambda: None)


def _open_if_answered(panel):
    if all(question.guess for question in panel.questions):
        _open(panel)


def _open(panel):
    panel.go_on.disabled = True
    panel.hold(False)


class Ask(widgets.VBox):
    """One question: a button for each guess, and below them what is computed then."""

    def __init__(self, question, answered):
        """answered() is called after the guess."""
        self.question, self.guess = question, ""
        self._answered, self._lock = answered, RLock()  # callbacks come from more than one thread
        self.buttons = [
            widgets.Button(description=option, layout=widgets.Layout(width="auto")) for option in question.options
        ]
        for button in self.buttons:
            button.on_click(lambda button: self.take(button.description))
        self.answer = widgets.HTML(layout=widgets.Layout(min_height="3.2em"))  # kept free: what is below does not move
        head = widgets.HTML(f"<b>Predict first.</b> {rich(question.text)}")
        row = widgets.Box(self.buttons, layout=widgets.Layout(flex_flow="row wrap"))
        super().__init__([head, row, self.answer])

    def __repr__(self):
        return f"{self.question.text}\n{' / '.join(self.question.options)}"

    def take(self, guess):
        """The reader's guess. The first one counts."""
        with self._lock:
            if self.guess:
                return
            self.guess = guess
            try:
                found = self.question.find()
            except Exception as error:
                self.answer.value = f'<div role="alert">{escape(f"{type(error).__name__}: {error}")}</div>'
                raise
            finally:
                for button in self.buttons:
                    button.disabled = True
                self._answered()
            self._show(found)

    def _show(self, found):
        for button in self.buttons:
            if button.description == found.right:
                button.icon = "check"
            elif button.description == self.guess:
                button.icon = "repeat"
        hit = self.guess == found.right
        reason = "" if hit else found.reasons[self.guess]
        self.answer.value = (
            f'<div role="status" style="line-height: 1.45">You said: {rich(self.guess)}. '
            f"Computed just now: <b>{rich(found.right)}</b>. {rich(found.said)} {rich(reason)}</div>"
        )
