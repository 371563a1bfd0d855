"""Matrices and tables of numbers as HTML."""

import numpy as np

from ..numbers import folded, number

MOST = 4  # how many rows and columns of a matrix are written out
ROOM = 24  # and how many on one line of a table


def html_matrix(value, row=0, column=0):
    """The numbers of a matrix in brackets; a 1 x 1 matrix as a number; of a large one, some rows and columns.

    row, column : that are among them
    """
    value = np.asarray(value)
    if value.size == 1:
        return f'<span class="number">{number(value.item())}</span>'
    rows, columns = folded(len(value), MOST, row), folded(value.shape[1], MOST, column)
    cells = ("⋮" if i is None else "⋯" if j is None else number(value[i, j]) for i in rows for j in columns)
    inside = "".join(f"<span>{cell}</span>" for cell in cells)
    return f'<span class="matrix" style="--columns:{len(columns)}">{inside}</span>'


def html_table(heads, rows, caption, look=""):
    """rows : lists of cells in HTML, the head first. look : the style of every cell, where no style sheet gives it"""
    style = f' style="{look}"' if look else ""
    head = "".join(f'<th scope="col"{style}>{cell}</th>' for cell in heads)
    body = "".join(
        f'<tr><th scope="row"{style}>{first}</th>' + "".join(f"<td{style}>{cell}</td>" for cell in rest) + "</tr>"
        for first, *rest in rows
    )
    return f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def flat(value, row=0, column=0):
    """The numbers of a matrix on one line, its rows parted by semicolons; of a very large one, some of them.

    row, column : that are among them
    """
    rows, columns = folded(len(value), ROOM, row), folded(value.shape[1], ROOM, column)
    return "; ".join(
        "…" if i is None else " ".join("…" if j is None else number(value[i, j]) for j in columns) for i in rows
    )
