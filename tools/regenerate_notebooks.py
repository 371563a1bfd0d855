"""Run every notebook from top to bottom in a fresh kernel and store its outputs, the same way each time.

What differs from run to run is left out: widget state and ids, timings, the version of the interpreter. The README's
picture is drawn anew as well.

    python tools/regenerate_notebooks.py [notebooks/01-loss.ipynb ...]
"""

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbclient import NotebookClient

from bptt_lab.figures import png
from bptt_lab.panels import GraphPanel

ROOT = Path(__file__).resolve().parent.parent
WIDGET_VIEW = (
    "application/vnd.jupyter.widget-view+json"  # refers to a kernel that is gone: a page shows the PNG instead
)
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def regenerate(path, scratch):
    os.environ["BPTT_PROGRESS"] = f"{scratch}/{path.parent.name}-{path.stem}.json"  # yours is not stored in a page
    os.environ["TQDM_DISABLE"] = "1"  # a bar tells the time
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=120,
        kernel_name="python3",
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,  # else a slow moment of the kernel may cut one text in two
        resources={"metadata": {"path": path.parent}},
    )
    client.execute()
    notebook.metadata = nbformat.from_dict(METADATA)
    for number, cell in enumerate(notebook.cells):
        cell.id = f"{path.stem.partition('-')[0]}-{number:02}"
        cell.metadata = {}
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET_VIEW, None)
    nbformat.validate(notebook)
    nbformat.write(notebook, path)


if __name__ == "__main__":
    with TemporaryDirectory() as scratch:
        for name in sys.argv[1:] or sorted((ROOT / "notebooks").rglob("[0-9]*.ipynb")):
            if ".ipynb_checkpoints" not in Path(name).parts:
                print(f"running {Path(name).name}", flush=True)
                regenerate(Path(name).resolve(), scratch)
    (ROOT / "docs" / "backward-graph.png").write_bytes(png(GraphPanel("backward").still(), compress_level=9))
