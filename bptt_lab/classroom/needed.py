"""Which cells of a notebook an answer can depend on: the others need not run.

A page trains nets and draws panels in cells that no exercise asks for. Those that a student has changed or added are
run, and those that call `check`; of the page's own, each that gives a name to one of these, or to one that is run.
"""

import ast
import re
import symtable

from IPython.core.inputtransformer2 import TransformerManager

SEES_ALL = {"globals", "locals", "vars", "dir", "eval", "exec", "get_ipython", "__import__", "compile"}
MAGIC = re.compile(r"^\s*([%!]|.*\?\s*$)", re.MULTILINE)
HARMLESS = re.compile(r"^\s*%(env BPTT_SEED=|matplotlib\b).*$", re.MULTILINE)


def needed(cells, own) -> list:
    """The numbers of the cells to run, in order.

    cells : the code of each     own : the cells of the page as it was handed out
    """
    own = set(map(bare, own))
    changed = [n for n, cell in enumerate(cells) if bare(cell) not in own]
    names = [_names(cell) for cell in cells]
    if any(_sees_all(cells[n], names[n]) for n in changed):
        return list(range(len(cells)))
    run = {n for n, (_, used) in enumerate(names) if n in changed or "check" in used}
    new = run
    while new:
        new = {m for n in new for m in _givers(n, names)} - run
        run = run | new
    return sorted(run)


def _givers(n, names):
    """The cells that give cell n a name: those before it, or if there are none those behind it."""
    for name in names[n][1]:
        before = [m for m in range(n) if name in names[m][0]]
        yield from before or [m for m in range(n + 1, len(names)) if name in names[m][0]]


def bare(cell) -> str:
    """The code without the blanks that an editor may add or take away."""
    return "\n".join(line.rstrip() for line in cell.strip().splitlines())


def changed(cells, own) -> list:
    """The cells that a student has changed or added."""
    own = set(map(bare, own))
    return [cell for cell in cells if bare(cell) not in own and bare(cell)]


def _sees_all(cell, names):
    """Whether code may reach what it does not name. names : as _names gives it, or two empty sets"""
    return bool(names[1] & SEES_ALL or MAGIC.search(HARMLESS.sub("", cell)) or re.search(r"import\s*\*", cell))


def _names(cell):
    """The names that a cell gives or changes for the cells after it, and those that it takes from others."""
    code = TransformerManager().transform_cell(HARMLESS.sub("", cell))
    try:
        tree, table = ast.parse(code), symtable.symtable(code, "cell", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set(), set()
    given = {each.get_name() for each in table.get_symbols() if each.is_assigned() or each.is_imported()}
    used = {each.get_name() for each in table.get_symbols() if each.is_referenced()}
    for each in (symbol for scope in _inside(table) for symbol in scope.get_symbols() if symbol.is_global()):
        (given if each.is_assigned() else used).add(each.get_name())
    used &= _from_others(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
            given.update(part.id for part in ast.walk(node) if isinstance(part, ast.Name))
    return given, used


def _from_others(tree):
    """The names that are used before a line of the cell itself is sure to have given them."""
    wanted, own = set(), set()
    for line in tree.body:
        names = [node for node in ast.walk(line) if isinstance(node, ast.Name)]
        used = {name.id for name in names if isinstance(name.ctx, ast.Load)}
        stored = {name.id for name in names if isinstance(name.ctx, ast.Store)}
        match line:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                own.add(name)  # what its body stores is its own
                stored = set()
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                stored = {each.asname or each.name.partition(".")[0] for each in names}
            case ast.AugAssign():
                used |= stored
            case ast.If() | ast.For() | ast.While() | ast.Try() | ast.Match():
                stored = set()  # perhaps
        wanted |= used - own
        own |= stored
    return wanted


def _inside(table):
    for scope in table.get_children():
        yield scope
        yield from _inside(scope)
