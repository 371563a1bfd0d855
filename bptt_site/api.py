"""The functions and classes of the project, from their docstrings, by pdoc: one page a module, and a search."""

import re
from importlib.metadata import version
from pathlib import Path

import pdoc

from bptt_site.live.store import put
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
STYLE, SCRIPT = (re.compile(rf"<{tag}>(.+?)</{tag}>", re.DOTALL) for tag in ("style", "script"))


def build_api(folder):
    """Make `folder`, with index.html, a page for each module and what the search reads. It asks no other host.

    Of a package only what it names in `__all__` is shown, and not the modules in which that stands.
    """
    folder = Path(folder)
    pdoc.render.configure(
        template_directory=Path(TEMPLATES, "api"),
        docformat="markdown",
        favicon="data:,",
        footer_text=f"bptt-companion {version('bptt-companion')}",
    )
    inner = (rf"!{name}[.].*" for name in PACKAGES)
    pdoc.pdoc(*PACKAGES, *MODULES, *inner, output_directory=folder)
    for page in list(folder.rglob("*.html")):
        _share(page, folder)


def _share(page, folder):
    """Move styles and scripts into files that all pages share: a host may forbid scripts within a page."""
    up = "../" * (len(page.relative_to(folder).parts) - 1)

    def style(found):
        return f'<link rel="stylesheet" href="{up}{put(folder, found[1].encode(), "css")}">'

    def script(found):
        return f'<script src="{up}{put(folder, found[1].encode(), "js")}"></script>'

    html = page.read_text(encoding="utf-8")
    page.write_text(SCRIPT.sub(script, STYLE.sub(style, html)), encoding="utf-8")
