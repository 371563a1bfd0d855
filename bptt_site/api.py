"""The functions and classes of the project, from their docstrings, by pdoc: one page a module, and a search."""

from importlib.metadata import version
from pathlib import Path

import pdoc

from bptt_site.lite import take_scripts_out
from bptt_site.pages import TEMPLATES

PACKAGES = (
    "bptt_core",
    *(f"bptt_lab.{name}" for name in ("doctor", "slips", "train", "practice", "predict", "panel", "reading")),
)
PAGES = ("start", "loss", "forward", "backward", "recursion", "sums", "proof", "train")
MODULES = (
    *(f"bptt_lab.{name}" for name in ("example", "data", "series", "pages.graphs")),
    *(f"bptt_lab.pages.{name}.panels" for name in PAGES),
)


def build_api(folder):
    """Make `folder`, with index.html, a page for each module and what the search reads. It asks no other host.

    Of a package only what it names in `__all__` is shown, and not the modules in which that stands.
    """
    pdoc.render.configure(
        template_directory=Path(TEMPLATES, "api"),
        docformat="markdown",
        favicon="data:,",
        footer_text=f"bptt-companion {version('bptt-companion')}",
    )
    inner = (rf"!{name}[.].*" for name in PACKAGES)
    pdoc.pdoc(*PACKAGES, *MODULES, *inner, output_directory=Path(folder))
    for page in Path(folder).rglob("*.html"):
        take_scripts_out(page)
