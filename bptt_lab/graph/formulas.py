"""A formula that is written twice: with its symbols, and with its numbers put in.

    Formula(Term(h_hat), "=", Term(W), "", Term(x), "+", Term(b))

The operators: "=", "+", "-", "" (a matrix product), "*" (entry by entry), a function with its bracket, such as
"f(", and ")". "half sum(" and ")²" belong to the loss.
"""

import re
from html import escape
from typing import NamedTuple

import numpy as np

from ..numbers import number
from ..symbols import html_symbol
from .markup import html_matrix

SIGNS = {"": "&thinsp;", "*": " ⊙ ", "=": " = ", "+": " + ", "-": " − ", ")": ")", "half sum(": "½ (", ")²": ")²"}
TIMES = " · "
AXES = {  # of a matrix: units (u), sequences (n), or something else; those that are not named have units and sequences
    "W": "u.",
    "U": "uu",
    "b": "u.",
    "V": ".u",
    "c": "..",
    "x": ".n",
    "L": "..",
    **dict.fromkeys(("y", "Y", r"\hat{y}", r"g'(\hat{y})", "y - Y", "Y - y"), ".n"),
}
MOST = 4  # how many products of a sum, and columns of a row, are written out


class Term(NamedTuple):
    """A symbol, and the matrix that it stands for."""

    symbol: str  # in TeX
    value: np.ndarray
    role: str = ""  # upstream, local or result

    def chosen(self, unit, sequence):
        """The row and the column that are shown of a large matrix, whatever else is."""
        transposed = self.symbol.startswith("{}^t")
        name = re.sub(r"[\^_]\{\S*?\}", "", self.symbol.removeprefix("{}^t ")).removeprefix("d")
        axes = AXES.get(name, "un")[:: -1 if transposed else 1]
        places = {"u": unit, "n": sequence, ".": 0}
        return [min(places[axis], size - 1) for axis, size in zip(axes, self.value.shape, strict=True)]


class Formula(NamedTuple):
    parts: tuple  # Terms and operators
    functions: tuple = ()  # pairs: the letter in the formula, the name of the function that it stands for

    @property
    def result(self) -> Term:
        """The term that the others compute: the one whose role is "result", else the first."""
        terms = [part for part in self.parts if isinstance(part, Term)]
        return next((term for term in terms if term.role == "result"), terms[0])

    def symbols(self):
        """HTML with the symbols, and the roles below them. A left side without a symbol is left out."""
        first = self.parts[0]
        parts = self.parts[2:] if isinstance(first, Term) and not first.symbol else self.parts
        return "".join(_captioned(part) if isinstance(part, Term) else self._operator(part) for part in parts)

    def numbers(self, unit=0, sequence=0):
        """HTML with the numbers put in; of large matrices with those of a unit and a sequence among them."""
        written = []
        for k, part in enumerate(self.parts):
            if isinstance(part, Term):
                written.append(html_matrix(part.value, *part.chosen(unit, sequence)))
            elif part == "" and 1 in (self.parts[k - 1].value.size, self.parts[k + 1].value.size):
                written.append(TIMES)  # beside a matrix in brackets a number alone would look lost
            else:
                written.append(self._sign(part))
        return "".join(written)

    def row(self, i, column=None):
        """HTML with the numbers of row i alone, the products written out; of one column alone if given."""
        columns = range(min(self.result.value.shape[1], MOST)) if column is None else [column]
        return ", &ensp;".join(self._entry(i, j) for j in columns)

    def _entry(self, i, j):
        written, k = [], 0
        while k < len(self.parts):
            part, *after = self.parts[k : k + 3]
            if isinstance(part, Term) and len(after) == 2 and after[0] == "":
                written.append(_product(part.value, after[1].value, i, j))
                k += 3
            else:
                written.append(self._one(part, i, j, after_a_sign=k > 0 and self.parts[k - 1] != "="))
                k += 1
        return "".join(written)

    def _one(self, part, i, j, after_a_sign):
        """An operator, or one number of a term: in brackets if it is below 0 and would follow another sign."""
        if not isinstance(part, Term):
            return self._sign(part)
        value = part.value[min(i, len(part.value) - 1), min(j, part.value.shape[1] - 1)]
        return _in_brackets(value) if after_a_sign else number(value)

    @property
    def scalar(self):
        """Whether every term is a single number: then "entry by entry" is a product like any other."""
        return all(part.value.size == 1 for part in self.parts if isinstance(part, Term))

    def _sign(self, part):
        if part == "*" and self.scalar:
            return TIMES
        return SIGNS.get(part) or escape(dict(self.functions).get(part[:-1], part[:-1])) + "("

    def _operator(self, part):
        return self._sign(part) if part in SIGNS else f"<i>{part[:-1]}</i>(".replace("'", "′")


def _captioned(term):
    symbol = html_symbol(term.symbol)
    return f'<span class="captioned">{symbol}<small>{term.role}</small></span>' if term.role else symbol


def _product(A, B, i, j):
    """Entry (i, j) of A B, written out."""
    shown = range(min(A.shape[1], MOST))
    text = " + ".join(f"{_in_brackets(A[i, k])}·{_in_brackets(B[k, j])}" for k in shown)
    return text + (" + …" if A.shape[1] > MOST else "")


def _in_brackets(value):
    text = number(value)
    return text if value >= 0 else f"({text})"
