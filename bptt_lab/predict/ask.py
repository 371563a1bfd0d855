"""Predict first: a panel's controls wait until the reader has guessed, or goes on without a guess."""

from html import escape
from pathlib import Path
from threading import RLock

import ipywidgets as widgets
import traitlets

from ..look import css
from ..panel.versions import Shown
from ..panel.widget import LOADED, PageWidget
from ..symbols import rich

HERE = Path(__file__).parent
WITHOUT = "Go on without a guess"


def predict(panel, *questions):
    """The panel, below its questions: it opens when all are answered, or at once if the reader wants."""
    panel.wait_for(Asked(questions, lambda: panel.hold(False)), unseen=any(question.told for question in questions))
    return panel


def ask(question):
    """One question on its own, which no panel waits for."""
    return Ask(question, lambda: None)


class Asked(widgets.VBox):
    """Questions, and a button to go on without them."""

    def __init__(self, questions, done):
        """done() is called when all are answered, or after a press of the button."""
        self._done = done
        self.questions = [Ask(question, self._answered) for question in questions]
        self.go_on = widgets.Button(description=WITHOUT, layout=widgets.Layout(width="auto", align_self="flex-start"))
        self.go_on.on_click(lambda _: self._end())
        super().__init__([*self.questions, self.go_on])
        self.add_class("bptt-predict")

    def _answered(self):
        if all(question.guess for question in self.questions):
            self._end()

    def _end(self):
        self.children = self.questions  # without the button, which has nothing left to do
        self._done()


class Answer(PageWidget):
    """What is computed after the guess, in HTML."""

    _esm = LOADED + (HERE / "ask.js").read_text(encoding="utf-8")
    _css = css((HERE / "ask.css").read_text(encoding="utf-8"))

    value = traitlets.Unicode().tag(sync=True)


class Ask(Shown, widgets.VBox):
    """One question: a button for each guess, and below them what is computed then."""

    def __init__(self, question, answered):
        """answered() is called after the guess."""
        self.question, self.guess = question, ""
        self._answered, self._lock = answered, RLock()  # callbacks come from more than one thread
        self.buttons = [widgets.Button(description=option) for option in question.options]
        for button, option in zip(self.buttons, question.options, strict=True):
            button.on_click(lambda _, option=option: self.take(option))
        self.answer = Answer()
        head = widgets.HTML(f"<b>Predict first.</b> {rich(question.text)}")
        row = widgets.Box(self.buttons, layout=widgets.Layout(flex_flow="row wrap"))
        super().__init__([head, row, self.answer])
        self.add_class("bptt-ask")

    def __repr__(self):
        return f"Predict first. {self.question.text}\n{' / '.join(self.question.options)}"

    def _repr_mimebundle_(self, **kwargs):
        """The whole question, for a page without a kernel."""
        return {**self.view(), "text/plain": repr(self)}

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
        hit = self.guess == found.right
        for button, option in zip(self.buttons, self.question.options, strict=True):
            if option == found.right:
                button.description = f"✓ {option}"
                button.add_class("bptt-right")
            elif option == self.guess:
                button.description = f"✗ {option}"
                button.add_class("bptt-wrong")
        verdict = '<b class="bptt-right">✓ Right</b>' if hit else '<b class="bptt-wrong">✗ Not so</b>'
        self.answer.value = (
            f'<div role="status">{verdict} You said: {rich(self.guess)}. '
            f"Computed just now: <b>{rich(found.right)}</b>. {rich(found.said)} {rich(found.reasons[self.guess])}</div>"
        )
