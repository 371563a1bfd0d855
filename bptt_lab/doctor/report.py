"""What the doctor says: a verdict, the convention, and for each mistake its arrays, its steps and a sentence or two."""

import re
import textwrap
from html import escape
from typing import NamedTuple

UNBROKEN = "\N{NO-BREAK SPACE}"
VERDICTS = ("right", "wrong", "suspicious", "cannot tell")


class Finding(NamedTuple):
    """One mistake."""

    gradients: tuple  # names of the arrays that it spoils
    steps: tuple  # the t that it spoils, () where that cannot be told
    slip: str  # its key in bptt_lab.slips.SLIPS, or ""
    words: str


class Report(NamedTuple):
    """What was found."""

    verdict: str  # one of VERDICTS
    convention: str  # of which loss these are the gradients, and times what
    findings: tuple  # of Finding
    layout: str  # how the arrays were read
    summary: str  # one sentence
    notes: tuple = ()  # what this case cannot show, and what was not judged
    factor: float = float("nan")  # of all gradients, times those of the loss that `convention` names

    def check(self):
        """For somebody's own tests: AssertionError with these words, unless the gradients are right or only rounded."""
        if self.verdict in ("wrong", "cannot tell"):
            raise AssertionError(str(self))

    def __str__(self):
        parts = [f"{self.verdict.upper()}: {self.summary}"]
        for i, finding in enumerate(self.findings, 1):
            parts.append(_wrapped(f"{i}. {finding.words}", "   "))
        parts += [_wrapped(f"{name}: {text}", "   ") for name, text in self._rest()]
        return "\n\n".join([textwrap.fill(parts[0], 100), *parts[1:]])

    def __repr__(self):
        return str(self)

    def _repr_html_(self):
        items = "".join(f"<li>{escape(finding.words)}</li>" for finding in self.findings)
        rest = "".join(f"<p>{escape(name)}: {escape(text)}</p>" for name, text in self._rest())
        head = f"<p><strong>{escape(self.verdict.upper())}</strong>: {escape(self.summary)}</p>"
        return f'<div role="status">{head}{f"<ol>{items}</ol>" if items else ""}{rest}</div>'

    def _rest(self):
        pairs = [("Convention", self.convention), ("Layout", self.layout), *(("Note", note) for note in self.notes)]
        return [(name, text) for name, text in pairs if text]


def _wrapped(text, indent):
    whole = re.sub(r"`[^`]+`", lambda code: code[0].replace(" ", UNBROKEN), text)  # a line of code stays one
    return textwrap.fill(whole, 100, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False).replace(
        UNBROKEN, " "
    )


def listed(names) -> str:
    """a, b and c"""
    names = list(names)
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def series(numbers) -> str:
    """0 … 3, or 0, 2 and 3"""
    numbers = [int(n) for n in numbers]
    if len(numbers) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1)):
        return f"{numbers[0]} … {numbers[-1]}"
    return listed(map(str, numbers))
