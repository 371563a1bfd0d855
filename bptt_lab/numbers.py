"""How numbers are written, in pictures, in words and in what a notebook prints."""

import numpy as np


def number(value) -> str:
    """A number in the width that a picture has for it: three decimals where they fit, and 0 for exactly 0."""
    size = abs(value)
    if size == 0:
        text = "0"
    elif not np.isfinite(value):
        text = str(value)
    elif 0 < size < 5e-4 or size >= 9999.5:
        text = f"{value:.0e}".replace("e-0", "e-").replace("e+0", "e").replace("e+", "e")
    else:
        decimals = 3 if size < 9.9995 else 2 if size < 99.995 else 1 if size < 999.95 else 0
        text = f"{value:.{decimals}f}"
    return text.replace("-", "\N{MINUS SIGN}")


def fixed(value, decimals) -> str:
    """A number with that many decimals, whatever its size."""
    return f"{value:.{decimals}f}".replace("-", "\N{MINUS SIGN}")


def numbers(matrix) -> list:
    """The rows of a matrix as lines of one length, the numbers of a column below each other."""
    texts = [[number(value) for value in row] for row in matrix]
    width = max(len(text) for row in texts for text in row)
    return [" ".join(text.rjust(width) for text in row) for row in texts]


def folded(size, most, chosen=0) -> list:
    """Which of `size` rows or columns are written in `most` places: None for those between, the chosen one among them.

    folded(8, 4) is [0, 1, 2, None], and folded(8, 4, chosen=5) is [None, 5, 6, 7]
    """
    if size <= most:
        return list(range(size))
    if chosen < most - 1:
        return [*range(most - 1), None]
    first = min(chosen, size - most + 1)
    if first == size - most + 1:
        return [None, *range(first, size)]
    return [None, *range(first, first + most - 2), None]


def show(what, array):
    """Print an array with its shape: rounded, one row a line, a vector of columns on one line if it has one column."""
    array = np.asarray(array, dtype=float)
    matrix = array.reshape(array.shape[0], -1) if array.ndim > 1 else array[None]
    print(f"{what}   shape {array.shape}")
    for line in numbers(matrix):
        print("   " + line)


def table(heads, rows):
    """Print rows under heads, each column as wide as it must be; numbers to the right, words to the left."""
    texts = [[cell if isinstance(cell, str) else number(cell) for cell in row] for row in rows]
    words = [all(isinstance(row[i], str) for row in rows) for i in range(len(heads))]
    widths = [max(len(cell) for cell in column) for column in zip(heads, *texts, strict=True)]
    for line in (heads, ["-" * width for width in widths], *texts):
        cells = (
            cell.ljust(width) if word else cell.rjust(width)
            for cell, width, word in zip(line, widths, words, strict=True)
        )
        print("  ".join(cells).rstrip())
