"""Build the static site: a front page, JupyterLite with all notebooks, each notebook to read, and the functions.

    python -m bptt_site.build [FOLDER] [--still] [--pyodide-url ADDRESS [--lock-sha256 HASH]]

FOLDER is site/ unless given, and is made anew. With PYODIDE_DIR in the environment the Python runtime is copied from
that folder, and the site asks no other host for anything. Without it the reader's browser fetches the runtime from
ADDRESS: unless given, Pyodide's own host. If the lock there is not the official one, HASH must be its sha256.
With --still the pages to read have pictures that nothing moves, and the build is minutes shorter.
"""

import argparse
import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from jinja2 import Environment, FileSystemLoader

from bptt_site.api import build_api
from bptt_site.lite import build_lite, run_address
from bptt_site.live.assets import write_assets
from bptt_site.live.build import record_all
from bptt_site.live.embed import build_embedded
from bptt_site.pages import TEMPLATES, build_pages, styles
from bptt_site.runtime import LOCK_HASH, OFFICIAL, Address, Folder
from tools.published import EVERY, NOTEBOOKS, PAGES, ROOT

MARK = ".bptt-site"  # marks a folder that this program made, and so may delete


def build(folder, source, still=False):
    """Build the site in `folder`; an older site there is replaced, anything else is left alone.

    still : no panel of the pages to read is live, which takes most of the time
    """
    folder = Path(folder).resolve()
    if folder.exists() and not (folder / MARK).exists() and (folder.is_file() or any(folder.iterdir())):
        raise SystemExit(f"FOLDER must be new, empty or an older site, got {folder}")
    with TemporaryDirectory() as scratch:
        fresh = Path(scratch, "site")
        _build(fresh, source, still)
        replace(folder, fresh)


def replace(folder, fresh):
    """Put `fresh` in the place of `folder`, once all of it lies beside it. Until then the older site is as it was."""
    new, old = (folder.with_name(f".{folder.name}-{word}") for word in ("new", "old"))
    try:
        for left in (new, old):  # left by a build that did not come to its end
            if left.exists():
                shutil.rmtree(left)
        shutil.move(fresh, new)
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
    except OSError as error:
        if old.exists() and not folder.exists():
            old.rename(folder)
        raise SystemExit(f"the new site cannot take the place of {folder}: {error}") from None
    try:
        if old.exists():
            shutil.rmtree(old)
    except OSError as error:
        raise SystemExit(f"{folder} is the new site, but delete {old} yourself: {error}") from None


def _build(folder, source, still):
    folder.mkdir()
    (folder / MARK).touch()
    (folder / ".nojekyll").touch()  # GitHub Pages then serves the files as they are
    build_lite(folder / "lite", EVERY, source)
    titles = build_read(folder, still)
    build_api(folder / "api")
    (folder / "index.html").write_text(front_page(titles, size_of(folder / "lite")), encoding="utf-8")


def build_read(folder, still=False) -> dict:
    """The pages to read, and each of their panels alone; returns {path below notebooks/: title}."""
    read = folder / "read"
    if still:
        return build_pages(read, EVERY, NOTEBOOKS)
    live, assets = record_all(PAGES, read / "live"), write_assets(read / "live")
    titles = build_pages(read, EVERY, NOTEBOOKS, live, assets)
    build_embedded(folder, live, assets, TEMPLATES, styles())
    return titles


def front_page(titles, size) -> str:
    """titles : {path below notebooks/: title}; size : what a first visit transfers at most, in bytes"""
    rows = [
        {
            "number": name.stem.partition("-")[0],
            "title": title,
            "run": f"lite/{run_address(name)}",
            "read": f"read/{name.with_suffix('.html').as_posix()}",
            "solution": len(name.parts) > 1,
        }
        for name, title in titles.items()
    ]
    template = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True).get_template("front.html.j2")
    return template.render(rows=rows, first=rows[0]["run"], megabytes=round(size / 1e6), css=styles())


def size_of(folder) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main():
    parser = argparse.ArgumentParser(description="Build the static site.")
    parser.add_argument("folder", nargs="?", default=ROOT / "site", metavar="FOLDER")
    parser.add_argument("--pyodide-url", default=OFFICIAL, metavar="ADDRESS")
    parser.add_argument("--lock-sha256", default=LOCK_HASH, metavar="HASH")
    parser.add_argument("--still", action="store_true")
    options = parser.parse_args()
    local = os.environ.get("PYODIDE_DIR")
    build(options.folder, Folder(local) if local else Address(options.pyodide_url, options.lock_sha256), options.still)
    print(f"{options.folder}: {size_of(Path(options.folder)) / 1e6:.1f} MB")
    print(f"Python from {local or options.pyodide_url}")
    print("look at it: python -m bptt_site.serve")


if __name__ == "__main__":
    main()
