"""An answer that follows a question stands folded below its cell, until the reader opens it."""

from contextlib import contextmanager, redirect_stdout
from html import escape
from io import StringIO

from IPython.display import display

SUMMARY = "The answer, in numbers"


class Folded:
    """Lines under a summary: closed where HTML is shown, plain text elsewhere."""

    def __init__(self, summary, text):
        self.summary, self.text = summary, text.strip("\n")

    def __repr__(self):
        return f"{self.summary}\n{self.text}"

    def _repr_html_(self):
        return f"<details><summary>{escape(self.summary)}</summary>\n<pre>{escape(self.text)}</pre></details>"


@contextmanager
def answer(summary=SUMMARY):
    """What is printed inside is folded under `summary`; an error inside is shown with what was printed before it."""
    lines = StringIO()
    try:
        with redirect_stdout(lines):
            yield
    finally:
        display(Folded(summary, lines.getvalue()))
