"""The panels and questions of a page, found by running its cells: what a cell's last line gives.

Only the cells are run that a panel or a question needs: to train all nets of page 07 takes longer than its panels.
"""

import ast
import io
import os
import warnings
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from tempfile import TemporaryDirectory

import nbformat

from bptt_lab.panel import Panel
from bptt_lab.predict import Ask

ASKED = "Predict first."  # what a question's stored text begins with


def may_be_live(notebook) -> list:
    """The numbers of the cells whose stored output may be a panel's or a question's, with no cell run."""
    return [number for number, cell in enumerate(notebook.cells) if any(map(_may_be, cell.get("outputs", ())))]


def _may_be(output):
    data = output.get("data", {})
    return "image/png" in data or data.get("text/plain", "").startswith(ASKED)


def needed(sources, last) -> list:
    """Which cells are to be run, so that those of the numbers `last` show what they show on the page.

    sources : {number of a cell: its code}

    A cell is run if it binds a name that a later one reads which is run, or sets an item or an attribute of it; or a
    name that a function reads of any of them. A page must not change a thing in any other way, as by a method, in one
    cell and show it in another.
    """
    trees = {number: ast.parse(source) for number, source in sources.items() if number <= max(last)}
    numbers = more = set(last)
    while more:
        more = {number for number in trees.keys() - numbers if _serves(number, numbers, trees)}
        numbers = numbers | more
    return sorted(numbers)


def _serves(number, readers, trees):
    """Whether that cell sets what one of the readers reads, or a function there."""
    found = set(_set_by(trees[number]))
    return any(found & _read_in(trees[reader], only_in_functions=reader < number) for reader in readers)


def _read_in(tree, only_in_functions):
    parts = [tree]
    if only_in_functions:
        parts = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.Lambda)]
    return {node.id for part in parts for node in ast.walk(part) if isinstance(node, ast.Name)}


def _set_by(tree):
    """The names that code binds, in a function too, and those of which it sets a part."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)
        elif isinstance(getattr(node, "ctx", None), ast.Store):
            while isinstance(node, ast.Attribute | ast.Subscript):
                node = node.value
            if isinstance(node, ast.Name):
                yield node.id


@cache
def live_results(path) -> dict:
    """{number of the cell: the Panel or Ask that it shows}. A process runs a page's cells once."""
    notebook = nbformat.read(path, as_version=4)
    sources = {number: cell.source for number, cell in enumerate(notebook.cells) if cell.cell_type == "code"}
    names, found = {"__name__": "__main__"}, {}
    with TemporaryDirectory() as scratch, redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        mine = os.environ.get("BPTT_PROGRESS")
        os.environ["BPTT_PROGRESS"] = f"{scratch}/progress.json"  # a reader's own is neither read nor changed
        try:
            for number in needed(sources, may_be_live(notebook)):
                if isinstance(result := _run(sources[number], path, names), Panel | Ask):
                    found[number] = result
        finally:
            os.environ.pop("BPTT_PROGRESS")
            if mine is not None:
                os.environ["BPTT_PROGRESS"] = mine
    return found


def _run(source, path, names):
    """The value of the cell's last line, if that is an expression."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(tree, path.name, "exec"), names)
        return eval(compile(ast.Expression(last.value), path.name, "eval"), names) if last else None
