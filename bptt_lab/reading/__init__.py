"""A series of the reader's own, from a table in a text file: with pandas, which nothing else here needs.

What a file does not say for certain, its separator, its header, its decimal mark, is told with the result.

table.py   lines, cells, header          cells.py   numbers in the ways they are written
"""

import re
import sys
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from ..numbers import number
from .cells import decimal_of, is_missing, is_number, numbers_of, rise, with_point
from .table import read_table

ISO = re.compile(r"\d{4}-\d\d")


class OwnSeries(NamedTuple):
    """time, value : (points,), as in Series; nan where a value is missing.  understood : how the file was read."""

    time: np.ndarray
    value: np.ndarray
    understood: str

    def __repr__(self):
        return self.understood


def read_series(path, column=None, *, missing=(), decimal=None) -> OwnSeries:
    """One column of a table in a text file (CSV), in the order of its rows.

    path    : a path, or an open file. Lines at its head that begin with # are passed over. The first column says when,
              unless it is the one that is asked for
    column  : its name in the header, or its place, from 0. May be left out if one column alone holds numbers
    missing : what stands for a missing value in this file, such as -200, "M" or [-1, -200]. An empty cell, NA, nan,
              null, none, - and ? always do
    decimal : "." or ","; told from the cells unless given. The other mark may group digits
    Where the first column jumps, rows are not there: a missing value stands for them, and it is said.
    Raises ModuleNotFoundError without pandas; ValueError, in one sentence, for a column that is not there, holds text,
    has no two different values, or is not named among several.
    """
    pandas = _pandas()
    if decimal not in (None, ".", ","):
        raise ValueError(f'decimal must be "." or ","; got {decimal!r}')
    table = read_table(pandas, path, decimal)
    words = [mark for mark in _listed(missing) if isinstance(mark, str)]
    cells_as_written = table.columns
    table = table._replace(columns=[["" if cell in words else cell for cell in cells] for cells in table.columns])
    place, why = _chosen(column, table)
    name, cells = table.names[place], table.columns[place]
    mark, doubts = (decimal, []) if decimal else decimal_of(cells, table.separator)
    value, marked = _without(numbers_of(pandas, cells, mark, name, table.lines), missing, cells_as_written[place])
    known = _checked(value, name)
    time, when = _time(table, place)
    time, value, told_of_jumps = _parted(time, value)
    said = (
        f"{name!r}{why}: {len(value)} values from {number(known.min())} to {number(known.max())}, "
        f"{len(value) - len(known)} missing{marked}",
        f"read as: {table.how}, decimal {'point' if mark == '.' else 'comma'}; {when}",
        *table.doubts,
        *doubts,
        *_suspects(known),
        *told_of_jumps,
    )
    return OwnSeries(time, value, "\n".join(said))


def _pandas():
    try:
        import pandas
    except ModuleNotFoundError as gone:
        how = "install it with `%pip install pandas` in a cell of its own"
        if sys.platform == "emscripten":
            how = "this Python, in the browser, has none: read your series in an installed copy"
        raise ModuleNotFoundError(f"read_series needs pandas; {how}", name="pandas") from gone
    return pandas


def _chosen(column, table):
    """The place of the column, and why it was taken if none was named."""
    names = table.names
    if column is not None:
        return _place(column, names), ""
    found = [n for n, cells in enumerate(table.columns) if _of_numbers(cells)]
    if found and found[0] == 0 and len(found) > 1 and rise(table.columns[0]):
        found = found[1:]  # the first says when
    if len(found) == 1:
        return found[0], " (the only column of numbers that does not say when)" if len(names) > 1 else ""
    which = ", ".join(repr(names[n]) for n in found or range(len(names)))
    if found:
        raise ValueError(f"column must be one of {which}: several hold numbers, and they are not mixed; got None")
    raise ValueError(f"path must name a table with a column of numbers; there is text in {which}")


def _of_numbers(cells):
    known = [cell for cell in cells if not is_missing(cell)]
    return bool(known) and all(map(is_number, known))


def _place(column, names):
    if names.count(column) == 1:
        return names.index(column)
    if isinstance(column, int) and not isinstance(column, bool) and 0 <= column < len(names):
        return column
    which, twice = ", ".join(map(repr, names)), "; two have that name" if column in names else ""
    raise ValueError(f"column must be one of {which}, or a place from 0 to {len(names) - 1}; got {column!r}{twice}")


def _without(value, missing, written):
    """The values with nan for each number of `missing`, and what to say of each. written : the cells as they were"""
    told = []
    for mark in _listed(missing):
        found = np.array([cell == mark for cell in written]) if isinstance(mark, str) else value == mark
        told.append(f"{int(found.sum())} of them {mark if isinstance(mark, str) else number(mark)}")
        value = np.where(found, np.nan, value)
    return value, f" ({', '.join(told)})" if told else ""


def _listed(missing):
    return [missing] if isinstance(missing, str) or np.ndim(missing) == 0 else list(missing)


def _checked(value, name):
    """The known values. Raises ValueError if there is nothing to learn from them."""
    known = value[np.isfinite(value)]
    if not known.size:
        raise ValueError(f"column {name!r} must hold numbers; all of its {len(value)} values are missing")
    if known.min() == known.max():
        raise ValueError(
            f"column {name!r} must hold different values, to learn from; all {known.size} are {known[0]:g}"
        )
    return known


def _suspects(known):
    """A sentence for a lowest or highest value that lies farther off than all others lie apart: -200 among 1 to 3."""
    values = np.unique(known) if len(known) >= 10 else []
    if len(values) < 2:
        return []
    for odd, rest in ((values[0], values[1:]), (values[-1], values[:-1])):
        away = min(abs(rest - odd))
        if away > np.ptp(rest) and (odd < 0 or len(rest) > 1):
            rows = int((known == odd).sum())
            return [
                f"beware: {odd:g} stands in {rows} row{'s' * (rows > 1)}, farther off than all others lie apart; if it "
                f"marks what is missing, say missing={odd:g}"
            ]
    return []


def _parted(time, value):
    """Time and value with a missing value where rows are not there, so that no window reaches over; and what to say.

    A jump is a step well above nearly all others: of days at work, no weekend is one.
    """
    steps = np.diff(_as_numbers(time))
    usual = np.quantile(steps, 0.9) if len(steps) else 0
    jumps = np.flatnonzero(steps > 1.5 * usual) if usual > 0 else []
    if not len(jumps):
        return time, value, ()
    first = f"first from {time[jumps[0]]} to {time[jumps[0] + 1]}"
    told = f"beware: the first column jumps {len(jumps)} times, {first}; no window reaches over a jump"
    return np.insert(time, jumps + 1, time[jumps]), np.insert(value, jumps + 1, np.nan), (told,)


def _as_numbers(time):
    """Years and the like as they are, ISO dates in seconds; of anything else nothing is known."""
    if time.dtype.kind in "if":
        return time
    try:
        return time.astype("datetime64[s]").astype(np.int64)
    except ValueError:
        return np.arange(len(time))


def _time(table, place):
    """The first column, if it is another, else the numbers of the rows; and what was understood of it."""
    cells = table.columns[0]
    if place == 0:
        return np.arange(len(cells)), "the points are counted from 0"
    time, back = np.array(cells), 0
    if all(map(is_number, cells)):
        mark, _ = decimal_of(cells, table.separator)
        time = np.array([float(with_point(cell, mark)) for cell in cells])
        time, back = time.astype(int) if (time % 1 == 0).all() else time, int((np.diff(time) < 0).sum())
    elif all(map(ISO.match, cells)):
        back = sum(after < before for before, after in pairwise(cells))
    goes_back = f", which goes back {back} times: are the rows in order?" if back else ""
    return time, f"the first column says when, {cells[0]} to {cells[-1]}{goes_back}"
