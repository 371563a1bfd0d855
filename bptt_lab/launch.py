"""`bptt lab`: the notebooks in a folder of the reader's, and JupyterLab on the first of them."""

import os
from importlib import metadata
from pathlib import Path

from jupyterlab.labapp import LabApp

from .cli import DISTRIBUTION
from .hand_out import MANIFEST, hand_out
from .published import NOTEBOOKS, PAGES

FOLDER = "bptt-companion"
AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0  # as in a container; Jupyter refuses it unless told


def add_arguments(parser):
    parser.epilog = "All other options go to JupyterLab, such as --no-browser, --port=8889 or --ip=0.0.0.0."
    parser.allow_abbrev = False
    parser.add_argument(
        "folder",
        nargs="?",
        metavar="FOLDER",
        help=f"where your notebooks are, or will be. Unless given: {FOLDER}, or here if they are here. Nothing you "
        "have changed is overwritten",
    )
    parser.set_defaults(more=[])


def run(options):
    """Bring the folder up to date, say what was done, and open JupyterLab there until it is ended."""
    folder = Path(options.folder or ("." if Path(MANIFEST).exists() else FOLDER)).absolute()
    print("\n".join(hand_out(folder, metadata.version(DISTRIBUTION))), flush=True)
    os.chdir(folder)
    jupyter = ["--ServerApp.root_dir=.", f"--LabApp.default_url=/lab/tree/{PAGES[0].relative_to(NOTEBOOKS)}"]
    LabApp.launch_instance([*jupyter, *["--allow-root"] * AS_ROOT, *options.more])
