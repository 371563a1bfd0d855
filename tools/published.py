"""Which notebooks are the project's: the pages that README's map names, and their solutions.

A reader's own notebooks, copies of a page and JupyterLab's checkpoints lie in the same folder. Whoever lists the pages
takes the list from here, and so leaves those files alone.
"""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
_MAP = (ROOT / "README.md").read_text(encoding="utf-8")

PAGES = sorted({ROOT / name for name in re.findall(r"\]\((notebooks/[\w-]+\.ipynb)\)", _MAP)})
SOLUTIONS = [path for page in PAGES if (path := NOTEBOOKS / "solutions" / f"{page.stem}-solutions.ipynb").exists()]
EVERY = PAGES + SOLUTIONS


def changed():
    """The names of the notebooks that are no longer as git has them, or None where git cannot tell."""
    command = ["git", "diff", "--name-only", "--relative", "HEAD", "--", *EVERY]
    try:
        answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return answer.stdout.splitlines()
