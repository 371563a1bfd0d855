"""What is stored in the notebooks, and what their cells make, to compare with."""

import ast
import contextlib
import io
from functools import cache

import nbformat

from bptt_lab.panel import Panel
from tests.harness.lab import NOTEBOOKS


def code_cells(name) -> list:
    return [cell for cell in nbformat.read(NOTEBOOKS / name, as_version=4).cells if cell.cell_type == "code"]


def printed(cell) -> str:
    return "".join(output.text for output in cell.outputs if output.output_type == "stream")


def panel_words(name) -> list:
    """What each panel says below its picture."""
    results = [output.data for cell in code_cells(name) for output in cell.outputs if "data" in output]
    return [data["text/plain"].partition("\n")[2] for data in results if "image/png" in data]


@cache
def twins(name) -> list:
    """The panels of a notebook, made in this process by running its cells. Whoever compares sets all their values."""
    names, results = {}, []
    for cell in nbformat.read(NOTEBOOKS / name, as_version=4).cells:
        if cell.cell_type == "code":
            tree = ast.parse(cell.source)
            last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(tree, name, "exec"), names)
                results.append(eval(compile(ast.Expression(last.value), name, "eval"), names) if last else None)
    return [result for result in results if isinstance(result, Panel)]
