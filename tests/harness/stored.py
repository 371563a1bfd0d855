"""What is stored in the notebooks, and what their cells make, to compare with."""

import nbformat

from bptt_lab.panel import Panel
from bptt_site.live.cells import live_results
from tests.harness.lab import NOTEBOOKS


def code_cells(name) -> list:
    return [cell for cell in nbformat.read(NOTEBOOKS / name, as_version=4).cells if cell.cell_type == "code"]


def printed(cell) -> str:
    return "".join(output.text for output in cell.outputs if output.output_type == "stream")


def panel_words(name) -> list:
    """What each panel says below its picture."""
    results = [output.data for cell in code_cells(name) for output in cell.outputs if "data" in output]
    return [data["text/plain"].partition("\n")[2] for data in results if "image/png" in data]


def twins(name) -> list:
    """The panels of a notebook, made in this process by the cells they need. Whoever compares sets all their values."""
    return [result for result in live_results(NOTEBOOKS / name).values() if isinstance(result, Panel)]
