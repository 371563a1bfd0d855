"""The student edition: the pages without outputs and links to solutions, with numbers of one's own if wanted."""

import csv
import json
import os
import re
import secrets
import shutil
import unicodedata
from pathlib import Path
from tempfile import TemporaryDirectory

from ..data import SEED
from ..published import PAGES

SEEDS = "seeds.csv"
OF_SOLUTIONS = re.compile(  # where a page speaks of them
    r" *Worked solutions?: \[solutions\]\(solutions/[\w-]+\.ipynb\)\."
    r"| *The solutions check both lines\."
    r"|; the solutions of this page have it(?=\.)"
)
OWN_NUMBERS = f"%env {SEED}={{}}"
LARGEST_SEED = 10**9


def make(out, students=None) -> Path:
    """Write the student edition into a new folder; for each of the students into a folder of their own in it.

    out      : a folder that is not there yet, or empty
    students : their names, if each gets numbers of their own; then `seeds.csv` says who has which
    Returns the folder. Raises ValueError if there is something in it.
    """
    out = Path(out)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ValueError(f"OUT must be a new folder; {out} is there already")
    out.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=out.parent, prefix=".bptt-") as scratch:
        whole = Path(scratch) / "edition"
        whole.mkdir()
        _write(whole, students)
        if out.exists():
            out.rmdir()
        shutil.move(whole, out)
    return out


def _write(whole, students):
    if students is None:
        return _pages(whole)
    rows = []
    for student, folder in zip(students, folders(students), strict=True):
        seed = _unlike({row[2] for row in rows})
        (whole / folder).mkdir()
        _pages(whole / folder, seed)
        rows.append((student, folder, seed))
    with (whole / SEEDS).open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([("student", "folder", "seed"), *rows])
    return None


def _unlike(others):
    while (seed := secrets.randbelow(LARGEST_SEED)) in others:
        continue
    return seed


def _pages(folder, seed=None):
    for page in PAGES:
        made = cleared(json.loads(page.read_bytes()), seed)
        (folder / page.name).write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def cleared(notebook, seed=None) -> dict:
    """The notebook without outputs and links to solutions.  seed : of the student's own numbers, in its first cell"""
    cells = [_cleared(cell) for cell in notebook["cells"]]
    if seed is not None:
        first = next(n for n, cell in enumerate(cells) if cell["cell_type"] == "code")
        source = "# Your numbers. Leave this line as it is.\n" + OWN_NUMBERS.format(seed)
        own = {"cell_type": "code", "execution_count": None, "id": "numbers", "metadata": {}, "outputs": []}
        cells.insert(first, {**own, "source": source.splitlines(keepends=True)})
    return {**notebook, "cells": cells}


def _cleared(cell):
    if cell["cell_type"] == "code":
        return {**cell, "execution_count": None, "outputs": []}
    return {**cell, "source": OF_SOLUTIONS.sub("", "".join(cell["source"])).splitlines(keepends=True)}


def folders(students) -> list:
    """A name for the folder of each student, which every file system takes, and no two of which are equal."""
    taken, names = {SEEDS}, []
    for student in students:
        plain = unicodedata.normalize("NFC", student).translate(dict.fromkeys(map(ord, '<>:"/\\|?*')))
        plain = "".join(sign for sign in plain if sign.isprintable()).strip(" .")[:80] or "student"
        name, count = plain, 1
        while name.casefold() in taken:
            count += 1
            name = f"{plain} ({count})"
        taken.add(name.casefold())
        names.append(name)
    return names


def listed(said) -> list:
    """The students' names: of a number as many, and of a file the column `student`, or its first column.

    Raises ValueError.
    """
    if said.isascii() and said.isdigit():
        if not 0 < int(said) <= 100_000:
            raise ValueError(f"--seed-per-student must be a number from 1 on; got {said}")
        return [f"student {n:03}" for n in range(1, int(said) + 1)]
    try:
        text = Path(said).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"--seed-per-student must be a number, or a CSV file in UTF-8; got {said}") from error
    rows = [row for row in csv.reader(text.splitlines()) if any(map(str.strip, row))]
    heads = [head.strip().casefold() for head in rows[0]] if rows else []
    column = heads.index("student") if "student" in heads else 0
    names = [row[column].strip() for row in rows["student" in heads :] if len(row) > column and row[column].strip()]
    if not names:
        raise ValueError(f"--seed-per-student: there is no name in {os.fspath(said)}")
    return names
