"""Each executed notebook as one HTML file to read: formulas and pictures are inside it, and it needs no script."""

import re
from base64 import b64decode
from html import escape, unescape
from io import BytesIO
from itertools import groupby
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from PIL import Image
from pygments.formatters import HtmlFormatter
from traitlets.config import Config

from bptt_lab.look import page_css
from bptt_site.formulas import block, characters, font_face, inline
from bptt_site.lights import marked_text
from bptt_site.lite import run_address
from bptt_site.live.store import put

TEMPLATES = Path(__file__).resolve().parent / "templates"
NOTEBOOK = re.compile(r"(?P<page>[\w./-]+)\.ipynb")
GAP = "   "  # between the cells of a row, where a panel's words have a table
LIGHT, DARK = "default", "github-dark"
LONG = 20  # lines of code: longer code may be cut in two on paper, where it would else leave half a page empty
VERDICT = 'class="bptt-verdict"'  # what an exercise shows
# What a notebook tells its reader, and what a page says in its place
START = "**Start:** choose *Run ▸ Run All Cells* in the menu, then come back up here."
LIVE_START = '<span class="live">**Here** the panels and the questions answer by themselves.</span> '
RUN = 'Code is run and changed in the notebook: <a href="{}">Run this page</a>.'
BACK = "Only just run all cells? [Back to the top]"
THERE = {  # what a page cannot do, by the call that does it in the notebook
    "check": "You write this in the notebook, where <code>check</code> answers",
    "progress": "The notebook counts here what you have solved",
}


class PageRenderer(IPythonRenderer):
    """Markdown as nbconvert has it, but formulas become MathML, which browsers show without a script."""

    def __init__(self):
        super().__init__(escape=False, exclude_anchor_links=True)

    def inline_math(self, body):
        return inline(body)

    def block_math(self, body):
        return block(body)

    def latex_environment(self, name, body):
        return block(rf"\begin{{{name}}}{body}\end{{{name}}}")

    def heading(self, text, level, **attributes):
        """A heading with the anchor that JupyterLab gives it, so that a link to a heading works in both."""
        anchor = escape(unescape(re.sub(r"<[^>]*>", "", text)).replace(" ", "-"))
        return f'<h{level} id="{anchor}">{text}</h{level}>\n'

    def link(self, text, url, title=None):
        """A link to a notebook goes to its page here."""
        return super().link(text, NOTEBOOK.sub(r"\g<page>.html", url), title)


def markdown_to_html(source) -> str:
    return marked_text(MarkdownWithMath(renderer=PageRenderer()).render(source))


def words_to_html(words) -> str:
    """A panel's words: lines, and tables with a head."""
    parts = []
    for is_table, lines in groupby(words.splitlines(), key=lambda line: GAP in line):
        if is_table:
            head, *rows = [[escape(cell) for cell in line.split(GAP)] for line in lines]
            parts.append("<table>" + _row("th", head) + "".join(_row("td", row) for row in rows) + "</table>")
        else:
            parts.append("<br>\n".join(map(escape, lines)))
    return "\n".join(parts)


def _row(tag, cells):
    return "<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in cells) + "</tr>"


def styles(pages=()) -> str:
    """The page's own styles, and the colours of code: of those kinds that stand in these pages, as HTML."""
    used = set(re.findall(r'<span class="(\w+)">', "".join(pages)))
    own = page_css((TEMPLATES / "site.css").read_text(encoding="utf-8"))
    return f"{own}\n{_of_code(LIGHT, used)}\n@media (prefers-color-scheme: dark) {{\n{_of_code(DARK, used)}\n}}\n"


def _of_code(style, used):
    lines = HtmlFormatter(style=style).get_style_defs(".highlight").splitlines()
    kinds = (re.match(r"\.highlight \.(\w+) ", line) for line in lines)
    return "\n".join(line for line, kind in zip(lines, kinds, strict=True) if not kind or kind[1] in used)


def title_of(notebook) -> str:
    """The notebook's first heading."""
    first = next(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return first.splitlines()[0].lstrip("# ").strip()


def _mark(output, live, folder):
    """Have the page show a live panel or question there. The still picture becomes a file."""
    output.metadata["live"] = {"file": live.file}
    if "image/png" in output.data:
        panel = output.metadata.get("bptt", {})
        data = b64decode(panel.get("picture") or output.data["image/png"])
        with Image.open(BytesIO(data)) as picture:
            size = dict(zip(("width", "height"), picture.size, strict=True))
        output.metadata["live"] |= {"picture": put(folder, data, "png"), **size}


def _for_a_page(notebook, run, is_live):
    """Say what there is to do on a page to read, where a notebook says what there is to do in it.

    run : the address of the notebook, in the browser's Python, or None
    """
    start = (LIVE_START if is_live else "") + (RUN.format(escape(run)) if run else "")
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = cell.source.replace(START, start).replace(BACK, "[Back to the top]")
            continue
        if len(cell.source.splitlines()) > LONG:
            cell.metadata["tags"] = [*cell.metadata.get("tags", ()), "long"]
        if any(VERDICT in output.get("data", {}).get("text/html", "") for output in cell.outputs):
            cell.metadata["there"] = next(words for call, words in THERE.items() if f"{call}(" in cell.source)


def build_pages(folder, notebooks, root, live=(), assets=None, version=""):
    """Write `folder`/NAME.html for each notebook, solutions in a folder of their own; returns {path: title}.

    live : Lives of panels and questions, whose files are in `folder`/live.  assets : those of live pages
    version : of the JupyterLite in which each of them can be run too; None if there is none
    """
    exporter = HTMLExporter(
        template_name="page",
        extra_template_basedirs=[str(TEMPLATES)],
        filters={"markdown2html": markdown_to_html, "words2html": words_to_html},
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        config=Config(TagRemovePreprocessor={"enabled": True, "remove_cell_tags": ["remove-cell"]}),
    )
    titles, pages = {}, {}
    for path in notebooks:
        name = path.relative_to(root)
        notebook = nbformat.read(path, as_version=4)
        titles[name] = title_of(notebook)
        for each in (each for each in live if each.page == path):
            _mark(notebook.cells[each.cell].outputs[-1], each, folder / "live")
        up = "../" * len(name.parts)
        shown = {"title": titles[name], "home": f"{up}index.html"}
        if version is not None:
            shown["run"] = f"{up}lite/{run_address(name, version)}"
        is_live = any(each.page == path for each in live)
        if is_live:
            shown |= {"live": f"{'../' * (len(name.parts) - 1)}live", "assets": assets}
        _for_a_page(notebook, shown.get("run"), is_live)
        pages[name], _ = exporter.from_notebook_node(notebook, resources={"page": shown})
    css = styles(pages.values()) + font_face(set.union(*map(characters, pages.values())))
    for name, page in pages.items():
        target = folder / name.with_suffix(".html")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(page.replace("</style>", f"{css}</style>", 1), encoding="utf-8")
    return titles
