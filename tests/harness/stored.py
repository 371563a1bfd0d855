"""What is stored in the notebooks, to compare with."""

import nbformat

from tests.harness.lab import NOTEBOOKS


def code_cells(name) -> list:
    return [cell for cell in nbformat.read(NOTEBOOKS / name, as_version=4).cells if cell.cell_type == "code"]


def printed(cell) -> str:
    return "".join(output.text for output in cell.outputs if output.output_type == "stream")


def panel_words(name) -> list:
    """What each panel says below its picture."""
    results = [output.data for cell in code_cells(name) for output in cell.outputs if "data" in output]
    return [data["text/plain"].partition("\n")[2] for data in results if "image/png" in data]
