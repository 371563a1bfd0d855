"""The first code cell of every notebook. On Google Colab it installs what the pages need; elsewhere it does nothing.

Colab has all else that the pages import, and breaks where that is exchanged while it runs. It needs no more for our
widgets: anywidget has Colab show them as soon as there is one.

    python -m tools.colab       put the cell into all notebooks, as after a change of the version; nothing is run
"""

import tomllib

import nbformat

from bptt_lab.published import EVERY
from tools.published import ROOT

TAG = "remove-cell"  # where a page is only read, as many tools know it
METADATA = {"jupyter": {"source_hidden": True}, "tags": [TAG]}
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
SOURCE = f"""\
# On Google Colab this installs what the page needs. Elsewhere it does nothing.
import sys

if "google.colab" in sys.modules:
    get_ipython().run_line_magic("pip", "install --quiet bptt-companion=={VERSION} anywidget")"""


def is_ours(cell) -> bool:
    return TAG in cell.metadata.get("tags", ())


def put_cell(notebook) -> bool:
    """Put today's cell before all other code, in the place of an older one; returns whether there was one."""
    first = next(number for number, cell in enumerate(notebook.cells) if cell.cell_type == "code")
    found = is_ours(notebook.cells[first])
    if not found:
        notebook.cells.insert(first, nbformat.v4.new_code_cell(id="colab"))
    notebook.cells[first].source = SOURCE
    notebook.cells[first].metadata = nbformat.from_dict(METADATA)
    return found


if __name__ == "__main__":
    for path in EVERY:
        notebook = nbformat.read(path, as_version=4)
        if not put_cell(notebook):
            raise SystemExit(f"{path.name} has no such cell yet: python -m tools.regenerate_notebooks")
        nbformat.write(notebook, path)
