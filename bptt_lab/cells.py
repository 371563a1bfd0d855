"""Which cells of a notebook a cell can depend on, told from their code alone."""

import ast
import symtable
from typing import NamedTuple

from IPython.core.inputtransformer2 import TransformerManager


class Names(NamedTuple):
    given: set  # or changed, for the cells after it
    used: set  # from other cells
    used_later: set  # of these, what functions and classes of the cell use


def with_givers(cells, run) -> list:
    """The numbers of the cells in `run` and of those they depend on, in order.

    cells : the code of each

    A cell depends on those before it that give it a name, or set an item or an attribute of what the name stands for;
    if there are none, on those behind it, and so does what it defines in any case: a function may be called later.
    What one cell changes by a method and another shows is not seen: no page of ours may do that.
    """
    names = [names_of(cell) for cell in cells]
    run = new = set(run)
    while new:
        new = {m for n in new for m in _givers(n, names)} - run
        run = run | new
    return sorted(run)


def _givers(n, names):
    for name in names[n].used:
        before = [m for m in range(n) if name in names[m].given]
        yield from before
        if not before or name in names[n].used_later:
            yield from (m for m in range(n + 1, len(names)) if name in names[m].given)


def names_of(cell) -> Names:
    """Of code that cannot be read, none."""
    code = TransformerManager().transform_cell(cell)
    try:
        tree, table = ast.parse(code), symtable.symtable(code, "cell", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Names(set(), set(), set())
    given = {each.get_name() for each in table.get_symbols() if each.is_assigned() or each.is_imported()}
    used = {each.get_name() for each in table.get_symbols() if each.is_referenced()}
    later = set()
    for each in (symbol for scope in _inside(table) for symbol in scope.get_symbols() if symbol.is_global()):
        (given if each.is_assigned() else later).add(each.get_name())
    used = (used | later) & _from_others(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
            given.update(part.id for part in ast.walk(node) if isinstance(part, ast.Name))
    return Names(given, used, later & used)


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
