"""Build the static site: a front page, each notebook to read, the functions, and what can run, if it is asked for.

    bptt site OUT [--python WHERE [--lock-sha256 HASH]] [--still]

OUT is made anew. The pages to read answer without Python. With --python each notebook can be run too, in the reader's
browser. WHERE is a folder that holds the Python runtime for browsers: the site then has a copy of it, and asks no other
host for anything. Or it is the address of one, which the browser asks; `official` is Pyodide's own. If the lock at an
address is not the official one, HASH must be its sha256. With --still the pages to read have pictures that nothing
moves, and the build is minutes shorter.
"""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from jinja2 import Environment, FileSystemLoader

from bptt_lab.published import EVERY, NOTEBOOKS, PAGES
from bptt_site.api import build_api
from bptt_site.lite import build_lite, run_address
from bptt_site.live.assets import write_assets
from bptt_site.live.build import record_all
from bptt_site.live.embed import build_embedded
from bptt_site.pages import TEMPLATES, build_pages, styles
from bptt_site.runtime import LOCK_HASH, Address, Folder

MARK = ".bptt-site"  # marks a folder that this program made, and so may delete


def build(folder, source=None, still=False):
    """Build the site in `folder`; an older site there is replaced, anything else is left alone.

    source : the Python runtime, a Folder or an Address; without one no notebook can be run
    still : no panel of the pages to read is live, which takes most of the time
    """
    folder = Path(folder).resolve()
    if folder.exists() and not (folder / MARK).exists() and (folder.is_file() or any(folder.iterdir())):
        raise SystemExit(f"OUT must be new, empty or an older site, got {folder}")
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
    version = build_lite(folder / "lite", EVERY, source) if source else None
    titles = build_read(folder, still, version)
    build_api(folder / "api")
    megabytes = round(size_of(folder / "lite") / 1e6) if source else 0
    (folder / "index.html").write_text(front_page(titles, megabytes, still, version), encoding="utf-8")


def build_read(folder, still=False, version="") -> dict:
    """The pages to read, and each of their panels alone; returns {path below notebooks/: title}.

    version : of the JupyterLite in which each of them can be run too; None if there is none
    """
    read = folder / "read"
    if still:
        return build_pages(read, EVERY, NOTEBOOKS, version=version)
    live, assets = record_all(PAGES, read / "live"), write_assets(read / "live")
    titles = build_pages(read, EVERY, NOTEBOOKS, live, assets, version)
    build_embedded(folder, live, assets, TEMPLATES, styles())
    return titles


def front_page(titles, megabytes, still, version) -> str:
    """titles : {path below notebooks/: title}; megabytes : what a first visit transfers at most, 0 if nothing runs"""
    rows = [
        {
            "number": name.stem.partition("-")[0],
            "title": title,
            "run": f"lite/{run_address(name, version)}",
            "read": f"read/{name.with_suffix('.html').as_posix()}",
            "solution": len(name.parts) > 1,
        }
        for name, title in titles.items()
    ]
    template = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True).get_template("front.html.j2")
    return template.render(rows=rows, first=rows[0], megabytes=megabytes, still=still, css=styles())


def size_of(folder) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def add_arguments(parser):
    parser.add_argument("folder", metavar="OUT", help="the folder of the site: new, empty, or an older site")
    parser.add_argument(
        "--python",
        metavar="WHERE",
        help="have every notebook run in the reader's browser, with the Python runtime of a folder (`python -m "
        "bptt_site.runtime FOLDER` fetches it), of an address, or of Pyodide's own host: official",
    )
    parser.add_argument("--lock-sha256", default=LOCK_HASH, metavar="HASH", help="of the lock at an address")
    parser.add_argument("--still", action="store_true", help="pictures that nothing moves: minutes shorter")


def run(options):
    """Build the site, and say what is there."""
    build(options.folder, _source(options.python, options.lock_sha256), options.still)
    print(f"{options.folder}: {size_of(Path(options.folder)) / 1e6:.1f} MB")
    print(f"Python from {options.python}" if options.python else "without Python")
    print(f"look at it: python -m bptt_site.serve {options.folder}")


def _source(where, lock_hash):
    if not where:
        return None
    if where == "official":
        return Address(lock_hash=lock_hash)
    return Address(where, lock_hash) if "://" in where else Folder(where)
