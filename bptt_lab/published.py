"""Which notebooks are the project's, and where they lie: the pages, in their order, and their solutions.

In a checkout they lie in notebooks/, beside a reader's own notebooks, copies of a page and JupyterLab's checkpoints.
Whoever lists the pages takes the list from here, and so leaves those files alone. An install has a copy of its own
(hatch_build.py), which nobody works in. It imports nothing of the companion's: the build runs it on its own.
"""

from pathlib import Path

_HERE = Path(__file__).resolve().parent
_INSTALLED = _HERE / "notebooks"

NOTEBOOKS = _INSTALLED if _INSTALLED.is_dir() else _HERE.parent / "notebooks"
PAGES = [
    NOTEBOOKS / f"{name}.ipynb"
    for name in (
        "00-start-here",
        "01-loss",
        "02-forward-graph",
        "03-backward-graph",
        "04-recursive-dh",
        "05-gradient-sums",
        "06-check-your-gradients",
        "07-train-on-real-series",
        "08-bring-your-own",
    )
]
SOLUTIONS = [NOTEBOOKS / "solutions" / f"{page.stem}-solutions.ipynb" for page in PAGES]
EVERY = PAGES + SOLUTIONS
