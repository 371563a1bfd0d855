"""A table in a text file: its lines, what parts its cells, and whether its first row names the columns."""

import csv
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from .cells import DATE, is_missing, is_number

SEPARATORS = {";": "semicolons", "\t": "tabs", ",": "commas"}
SPACES = r"\s+"
SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # how .xlsx, .ods and .xls begin


class Table(NamedTuple):
    """What a file holds, cell by cell, as text."""

    names: list  # of the columns; their places from 0 if there is no header
    columns: list  # of lists of cells
    header: bool
    separator: str
    lines: list  # of the file: where each row of `columns` stands

    @property
    def how(self):
        apart = f"cells apart by {SEPARATORS.get(self.separator, 'spaces')}, " if len(self.names) > 1 else ""
        return f"{apart}{'a header' if self.header else 'no header'}"

    @property
    def doubts(self):
        """A sentence where two columns may be one of decimal commas."""
        if self.separator != "," or self.header or len(self.names) != 2:
            return []
        if not all(cell.lstrip("-").isdigit() for column in self.columns for cell in column):
            return []
        together = ",".join(column[0] for column in self.columns)
        return [f'{together} was read as two cells; if it is one number, say decimal=","']


def read_table(pandas, path, decimal) -> Table:
    """The table of a file. decimal : a mark that parts no cells, or None"""
    lines, skipped = _lines(path)
    separator = _separator(lines, decimal)
    names, columns, header = _columns(_frame(pandas, lines, separator))
    at = range(skipped + (2 if header else 1), skipped + len(lines) + 1)
    rows = [n for n in range(len(at)) if len(names) == 1 or any(column[n] for column in columns)]  # not a blank line
    return Table(names, [[column[n] for n in rows] for column in columns], header, separator, [at[n] for n in rows])


def _text(held):
    """The text of a file's bytes: UTF-16 if it says so, else UTF-8, else what older Windows wrote."""
    if held.startswith(SPREADSHEETS):
        raise ValueError("path must name a text file; this one is a spreadsheet: save it as CSV")
    if held.startswith((b"\xff\xfe", b"\xfe\xff")):
        return held.decode("utf-16")
    try:
        return held.decode("utf-8-sig")
    except UnicodeDecodeError:
        return held.decode("latin-1")


def _lines(path):
    """The lines of the table, and how many lines stand before them in the file."""
    held = path.read() if hasattr(path, "read") else Path(path).read_bytes()
    lines = (_text(held) if isinstance(held, bytes) else held).splitlines()
    skipped = next((n for n, line in enumerate(lines) if line.strip() and not line.startswith("#")), len(lines))
    if skipped == len(lines):
        raise ValueError("path must name a table with rows; this file has none")
    while not lines[-1].strip():
        lines.pop()
    return lines[skipped:], skipped


def _separator(lines, decimal):
    """The one that cuts most lines into the same number of cells, more than one; spaces if none does."""
    best, most = SPACES, 0
    quoted = any('"' in line for line in lines)  # then a decimal comma can stand between commas
    for mark in SEPARATORS:
        counts = [len(row) for row in csv.reader(lines[:50], delimiter=mark)]
        usual = max(counts, key=counts.count)
        if (mark != decimal or quoted) and usual > 1 and counts.count(usual) > most:
            best, most = mark, counts.count(usual)
    return best


def _frame(pandas, lines, separator):
    options = {"header": None, "dtype": str, "keep_default_na": False, "skipinitialspace": True}
    try:
        frame = pandas.read_csv(StringIO("\n".join(lines)), sep=separator, skip_blank_lines=False, **options)
    except pandas.errors.ParserError as broken:
        said = str(broken).strip().rpartition("error: ")[2]
        raise ValueError(f"path must name a table whose rows have one number of cells; {said}") from broken
    return frame.fillna("")


def _columns(frame):
    """Names and columns, and whether the first row was the names: no cell of it is a number, a date or missing."""
    columns = [[str(cell).strip().replace("\N{MINUS SIGN}", "-") for cell in frame[n]] for n in frame.columns]
    while not any(columns[-1]):  # a separator at the end of each line makes one more
        columns.pop()
    first = [column[0] for column in columns]
    header = not any(is_number(cell) or DATE.match(cell) or (cell and is_missing(cell)) for cell in first)
    if not header:
        return list(range(len(columns))), columns, False
    if len(columns[0]) == 1:
        raise ValueError("path must name a table with rows; this file has a header alone")
    return first, [column[1:] for column in columns], True
