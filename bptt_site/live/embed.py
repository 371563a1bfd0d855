"""Each panel alone on a page, embed/NAME.html: for an iframe in another page or in slides."""

from base64 import b64decode

import nbformat
from jinja2 import Environment, FileSystemLoader

from .store import put


def build_embedded(folder, live, assets, templates, css):
    """Write `folder`/embed/NAME.html for each panel. The files that it needs are those of the pages in `folder`/read.

    templates : a folder.  css : the pages' own styles
    """
    template = Environment(loader=FileSystemLoader(templates), autoescape=True).get_template("embed.html.j2")
    (folder / "embed").mkdir()
    for panel in (each for each in live if each.name):
        data = nbformat.read(panel.page, as_version=4).cells[panel.cell].outputs[-1].data
        picture = put(folder / "read" / "live", b64decode(data["image/png"]), "png")
        words = data["text/plain"].partition("\n")[2]
        page = f"{panel.page.stem}.html"
        html = template.render(live=panel, assets=assets, picture=picture, words=words, page=page, css=css)
        (folder / "embed" / f"{panel.name}.html").write_text(html, encoding="utf-8")
