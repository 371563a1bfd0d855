"""Which cells of a hand-in an answer can depend on: the others need not run.

A page trains nets and draws panels in cells that no exercise asks for. Those that a student has changed or added are
run, and those that call `check`; of the page's own, each that gives a name to one of these, or to one that is run.
"""

import re

from ..cells import names_of, with_givers

SEES_ALL = {"globals", "locals", "vars", "dir", "eval", "exec", "get_ipython", "__import__", "compile"}
MAGIC = re.compile(r"^\s*([%!]|.*\?\s*$)", re.MULTILINE)
HARMLESS = re.compile(r"^\s*%(env BPTT_SEED=|matplotlib\b).*$", re.MULTILINE)


def needed(cells, own) -> list:
    """The numbers of the cells to run, in order.

    cells : the code of each     own : the cells of the page as it was handed out
    """
    own = set(map(bare, own))
    changed = [n for n, cell in enumerate(cells) if bare(cell) not in own]
    cells = [HARMLESS.sub("", cell) for cell in cells]
    used = [names_of(cell).used for cell in cells]
    if any(_sees_all(cells[n], used[n]) for n in changed):
        return list(range(len(cells)))
    return with_givers(cells, {*changed, *(n for n in range(len(cells)) if "check" in used[n])})


def bare(cell) -> str:
    """The code without the blanks that an editor may add or take away."""
    return "\n".join(line.rstrip() for line in cell.strip().splitlines())


def changed(cells, own) -> list:
    """The cells that a student has changed or added."""
    own = set(map(bare, own))
    return [cell for cell in cells if bare(cell) not in own and bare(cell)]


def _sees_all(cell, used):
    """Whether code may reach what it does not name."""
    return bool(used & SEES_ALL or MAGIC.search(cell) or re.search(r"import\s*\*", cell))
