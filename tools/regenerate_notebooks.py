"""Run every notebook from top to bottom in a fresh kernel and store its outputs, the same way each time.

What differs from run to run is left out: widget state and ids, timings, the interpreter's own version. The pictures
of README and of the paper are drawn anew as well.

    python -m tools.regenerate_notebooks [notebooks/01-loss.ipynb ...]
"""

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbclient import NotebookClient

from bptt_lab.published import EVERY
from tools import colab
from tools.pictures import draw_all

WIDGET_VIEW = (
    "application/vnd.jupyter.widget-view+json"  # refers to a kernel that is gone: a page shows the PNG instead
)
# As a front end writes them, so that whoever opens a page and saves it changes nothing, or at most the version.
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
        "version": "3.13",  # environment.yml's, whichever Python has run them: the stored pages are the same for all
    },
}


def regenerate(path, scratch):
    os.environ["BPTT_PROGRESS"] = f"{scratch}/{path.parent.name}-{path.stem}.json"  # no page stores your progress
    os.environ["TQDM_DISABLE"] = "1"  # a bar tells the time
    notebook = nbformat.read(path, as_version=4)
    colab.put_cell(notebook)
    client = NotebookClient(
        notebook,
        timeout=120,
        kernel_name="python3",
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,  # else a pause of the kernel may cut one text in two
        resources={"metadata": {"path": path.parent}},
    )
    client.execute()
    notebook.metadata = nbformat.from_dict(METADATA)
    for number, cell in enumerate(cell for cell in notebook.cells if not colab.is_ours(cell)):
        cell.id = f"{path.stem.partition('-')[0]}-{number:02}"
        cell.metadata = {}
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET_VIEW, None)
    nbformat.validate(notebook)
    nbformat.write(notebook, path)


if __name__ == "__main__":
    with TemporaryDirectory() as scratch:
        for name in sys.argv[1:] or EVERY:
            print(f"running {Path(name).name}", flush=True)
            regenerate(Path(name).resolve(), scratch)
    draw_all()
