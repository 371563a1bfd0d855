"""Symbols and numbers as SVG and HTML: a small part of TeX, matrices, and the card that explains a node.

The part of TeX: letters, ^{...} and _{...}, \\hat{h}, \\hat{y} and the commands in SIGNS. More is an error.
"""

import re
from html import escape

import numpy as np

from ..wording import number, numbers

SIGNS = {r"\hat{h}": "ĥ", r"\hat{y}": "ŷ", r"\delta": "δ", r"\times": "×", r"\partial": "∂", r"\odot": "⊙", "'": "′"}
MOST = 4  # rows and columns of a matrix that are written out


PIECE = re.compile(r"\^\{([^{}]*)\}|_\{([^{}]*)\}|\^(\w) ?|([^\\{}^_]+)")


def pieces(tex):
    """The symbol as (text, shift) pairs, where shift is 1 for raised, -1 for lowered, 0 for the line."""
    text = tex.replace("$", "").replace("{}", "")
    for command, sign in SIGNS.items():
        text = text.replace(command, sign)
    if PIECE.sub("", text):
        raise ValueError(f"tex must be of the part that markup.py knows; got {tex!r}")
    shifts = (1, -1, 1, 0)  # of the groups of PIECE
    found = [
        next((part, shift) for part, shift in zip(groups, shifts, strict=True) if part)
        for groups in PIECE.findall(text)
    ]
    return [(part.replace("-", "−"), shift) for part, shift in found]


def spoken(tex):
    """The symbol as one line of plain text: h^(2)."""
    return "".join({1: "^", -1: "_", 0: ""}[shift] + part for part, shift in pieces(tex))


def svg_text(tex, size):
    """The symbol as tspans of an SVG text of that font size."""
    spans, height = [], 0.0
    for part, shift in pieces(tex):
        rise = {1: -0.4, -1: 0.25, 0: 0.0}[shift] * size
        dy = f' dy="{rise - height:.1f}"' if rise != height else ""
        small = f' font-size="{0.72 * size:.1f}"' if shift else ""
        written = escape(part).replace("f′", "f\u2009′")  # a slanted f would run into its prime
        spans.append(f"<tspan{dy}{small}>{written}</tspan>" if dy or small else written)
        height = rise
    return "".join(spans)


def html_symbol(tex):
    """The symbol as HTML."""
    tags = {1: ("<sup>", "</sup>"), -1: ("<sub>", "</sub>"), 0: ("", "")}
    inner = "".join(tags[shift][0] + escape(part) + tags[shift][1] for part, shift in pieces(tex))
    return f'<span class="symbol">{inner}</span>'


def html_matrix(value):
    """The numbers of a matrix in brackets; a 1 x 1 matrix as a number. Of a large one the first rows and columns."""
    value = np.asarray(value)
    if value.size == 1:
        return f'<span class="number">{number(value.item())}</span>'
    shown = value[: MOST - (len(value) > MOST), : MOST - (value.shape[1] > MOST)]
    rows = [[number(entry) for entry in row] + ["⋯"] * (value.shape[1] > MOST) for row in shown]
    rows += [["⋮"] * len(rows[0])] * (len(value) > MOST)
    cells = "".join(f"<span>{cell}</span>" for row in rows for cell in row)
    return f'<span class="matrix" style="--columns:{len(rows[0])}">{cells}</span>'


def html_table(heads, rows, caption, look=""):
    """rows : of cells in HTML; the first of each is its head. look : the style of every cell, where no sheet says it"""
    style = f' style="{look}"' if look else ""
    head = "".join(f'<th scope="col"{style}>{cell}</th>' for cell in heads)
    body = "".join(
        f'<tr><th scope="row"{style}>{first}</th>' + "".join(f"<td{style}>{cell}</td>" for cell in rest) + "</tr>"
        for first, *rest in rows
    )
    return f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def flat(value):
    """All numbers of a matrix on one line, its rows parted by semicolons."""
    return "; ".join(" ".join(line.split()) for line in numbers(value))
