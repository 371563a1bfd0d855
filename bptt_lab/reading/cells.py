"""What a cell of a table says: a number, and in which way of writing; nothing; a date."""

import re

import numpy as np

MISSING = frozenset(("", "na", "n/a", "nan", "null", "none", "-", "--", "?"))
DATE = re.compile(r"\d{1,4}[-./:]\d{1,2}[-./:T ]|\d{4}-\d\d$|\d{1,2}[:.]\d\d[:.]\d\d$")  # its beginning
BETWEEN_DIGITS = re.compile(r"(?<=\d)[ \u00a0\u202f'](?=\d{3})")
GROUPED = {mark: re.compile(rf"[+-]?[1-9]\d{{0,2}}(\{mark}\d{{3}})+") for mark in ".,"}  # 1,234 but not 0,750
WRITTEN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def is_missing(cell):
    return cell.lower() in MISSING


def is_number(cell):
    """Whether it is one with a decimal point or with a decimal comma."""
    return any(WRITTEN.fullmatch(with_point(cell, mark)) for mark in ".,")


def with_point(cell, decimal):
    """The cell with a decimal point, and without marks that group its digits."""
    cell, groups = BETWEEN_DIGITS.sub("", cell), "," if decimal == "." else "."
    whole, mark, rest = cell.partition(decimal)
    if groups in whole and not GROUPED[groups].fullmatch(whole):
        return cell  # 1.5 with decimal="," is no number
    return whole.replace(groups, "") + ("." if mark else "") + rest


def decimal_of(cells, separator):
    """The decimal mark of these cells, and a sentence if another reading is possible."""
    marked = [BETWEEN_DIGITS.sub("", cell) for cell in cells if "." in cell or "," in cell]
    for mark, other in (",.", ".,"):
        if any(other in cell and mark in cell.partition(other)[2] for cell in marked):
            return mark, []  # 1.234,5
        if any(cell.count(mark) > 1 for cell in marked):
            return other, []  # 1,234,567
    commas = any("," in cell for cell in marked)
    if commas and any("." in cell for cell in marked):
        return ".", []  # 1,234 beside 0.5
    mark, other = (",", ".") if commas else (".", ",")
    if not marked or not all(GROUPED[mark].fullmatch(cell) for cell in marked):
        return mark, []
    decimal = other if commas and separator == "," else mark
    read, wrong = with_point(marked[0], decimal), mark if decimal == other else other
    return decimal, [f'{marked[0]} was read as {read}; if it is not so, say decimal="{wrong}"']


def numbers_of(pandas, cells, decimal, column, lines):
    """The cells as numbers, nan where one is missing. column : its name, and lines where they stand, for errors"""
    known = [not is_missing(cell) for cell in cells]
    plain = pandas.Series([with_point(cell, decimal) for cell in cells]).where(known)
    value = pandas.to_numeric(plain, errors="coerce").to_numpy(dtype=float)
    wrong = np.flatnonzero(known & ~np.isfinite(value))
    if wrong.size:
        raise ValueError(
            f"column {column!r} must hold finite numbers, or nothing where one is missing; got {cells[wrong[0]]!r} in "
            f"line {lines[wrong[0]]} of the file"
        )
    return value


def rise(cells):
    """Whether they are numbers that rise from row to row: years, or the numbers of the rows."""
    if not all(map(is_number, cells)):
        return False
    values = [float(with_point(cell, decimal_of(cells, ";")[0])) for cell in cells]
    return len(values) > 2 and bool((np.diff(values) > 0).all())
