"""The functions and classes of the project, from their docstrings, by pdoc: one page a module, and a search."""

import re
from importlib.metadata import version
from pathlib import Path

import pdoc
from pygments.formatters import HtmlFormatter

from bptt_lab.look import page_css
from bptt_site.live.store import put
from bptt_site.pages import DARK, TEMPLATES

PACKAGES = (
    "bptt_core",
    *(f"bptt_lab.{name}" for name in ("doctor", "slips", "train", "practice", "predict", "panel", "reading")),
)
PAGES = ("start", "loss", "forward", "backward", "recursion", "sums", "proof", "train")
MODULES = (
    *(f"bptt_lab.{name}" for name in ("example", "data", "series", "pages.graphs")),
    *(f"bptt_lab.pages.{name}.panels" for name in PAGES),
)
HEADER_LINK = re.compile(r'<a class="headerlink" href="#([^"]*)">')
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
    dark = HtmlFormatter(style=DARK).get_style_defs(".pdoc-code").splitlines()
    dark_code = "\n".join(line for line in dark if line.startswith(".pdoc-code ."))
    pdoc.render.env.globals |= {"colors": page_css(""), "dark_code": dark_code}
    inner = (rf"!{name}[.].*" for name in PACKAGES)
    pdoc.pdoc(*PACKAGES, *MODULES, *inner, output_directory=folder)
    for page in list(folder.rglob("*.html")):
        _share(page, folder)


def _share(page, folder):
    """Move styles and scripts into files that all pages share: a host may forbid scripts within a page.

    And give a name to a link that is only a sign.
    """
    up = "../" * (len(page.relative_to(folder).parts) - 1)

    def style(found):
        return f'<link rel="stylesheet" href="{up}{put(folder, found[1].encode(), "css")}">'

    def script(found):
        return f'<script src="{up}{put(folder, found[1].encode(), "js")}"></script>'

    html = page.read_text(encoding="utf-8")
    html = HEADER_LINK.sub(r'<a class="headerlink" href="#\1" aria-label="Link to \1">', html)
    page.write_text(SCRIPT.sub(script, STYLE.sub(style, html)), encoding="utf-8")
