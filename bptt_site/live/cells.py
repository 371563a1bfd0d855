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

from bptt_lab.cells import with_givers
from bptt_lab.panel import Panel
from bptt_lab.predict import Ask

ASKED = "Predict first."  # what a question's stored text begins with


def may_be_live(notebook) -> list:
    """The numbers of the cells whose stored output may be a panel's or a question's, with no cell run."""
    return [number for number, cell in enumerate(notebook.cells) if any(map(_may_be, cell.get("outputs", ())))]


def _may_be(output):
    data = output.get("data", {})
    return "image/png" in data or data.get("text/plain", "").startswith(ASKED)


@cache
def live_results(path) -> dict:
    """{number of the cell: the Panel or Ask that it shows}. A process runs a page's cells once."""
    notebook = nbformat.read(path, as_version=4)
    sources = [cell.source if cell.cell_type == "code" else "" for cell in notebook.cells]
    names, found = {"__name__": "__main__"}, {}
    with TemporaryDirectory() as scratch, redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        mine = os.environ.get("BPTT_PROGRESS")
        os.environ["BPTT_PROGRESS"] = f"{scratch}/progress.json"  # a reader's own is neither read nor changed
        try:
            for number in with_givers(sources, may_be_live(notebook)):
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
