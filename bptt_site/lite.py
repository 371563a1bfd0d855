"""JupyterLite for the site: the notebooks in JupyterLab, with Python in the reader's browser."""

import itertools
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections import ChainMap
from hashlib import sha256
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from packaging.requirements import Requirement
from packaging.utils import parse_wheel_filename
from PIL import Image

from bptt_lab.cli import DISTRIBUTION
from bptt_lab.published import NOTEBOOKS
from bptt_lab.requirements import of_the_pages
from bptt_site.bytecode import NAME as BYTECODE
from bptt_site.bytecode import add_bytecode
from bptt_site.own import build_own_wheel, shipped_settings
from bptt_site.runtime import (
    CORE,
    CORE_VERSION,
    KERNEL,
    LOCK,
    complete_lock,
    pure_wheel,
    read_lock,
    write_lock,
)

HERE = Path(__file__).resolve().parent
FIRST_PAGE = "00-start-here.ipynb"
EXTENSION = Requirement("jupyterlite-pyodide-kernel")
START = "start.mjs"
SESSION = "session.js"
NEWER = ("newer.html", "newer.js")
INLINE = re.compile(r"<script>(?P<code>.+?)</script>", re.DOTALL)
SETTINGS = "share/jupyter/lab/settings/overrides.d/"  # of every JupyterLab with the companion
PLUGIN = "@jupyterlite/pyodide-kernel-extension:kernel"
REDIRECT = """<!doctype html>
<meta charset="utf-8">
<title>The BPTT companion</title>
<link rel="icon" href="lab/favicon.ico">
<meta http-equiv="refresh" content="0; url={{ first }}">
<script id="jupyter-config-data" type="application/json" data-jupyter-lite-root=".">{}</script>
"""  # JupyterLite reads the script, and requires it
LOADED = (*KERNEL, DISTRIBUTION)  # loaded when a page starts: then no cell waits for a package, nor asks for one
WIDGETS = ("@jupyter-widgets/jupyterlab-manager", "@jupyterlite/pyodide-kernel-extension", "anywidget")


def build_lite(folder, notebooks, source) -> str:
    """Make `folder`, and build JupyterLite in it; returns the version, for the links that lead there.

    notebooks : paths below notebooks/
    source : the runtime, a Folder or an Address
    """
    with TemporaryDirectory() as scratch:
        kernel, runtime = _fetch_kernel(Path(scratch)), Path(scratch, "pyodide")
        _gather_runtime(runtime, kernel, notebooks, source)  # first, so that a fault in it is told at once
        _run_jupyterlite(folder, kernel, notebooks)
        shutil.move(runtime, folder / "pyodide")
    _configure(folder, source)
    _keep_small_icons(folder)
    _start_soon(folder / "lab" / "index.html")
    for page in folder.rglob("*.html"):
        _take_scripts_out(page)
    for name in NEWER:
        shutil.copy(HERE / name, folder)
    return keep_files(folder)


def run_address(name, version="") -> str:
    """Where a notebook runs, from JupyterLite's folder.

    Each notebook has its own workspace: in a shared one, all pages ever opened would come back and start Python too.

    version : of JupyterLite, as the page with this link has it. A browser that has kept another one looks for a newer.
    """
    address = f"lab/index.html?path={name.as_posix()}&workspace={name.stem}"
    return f"{address}&version={version}" if version else address


def _run_jupyterlite(folder, kernel, notebooks):
    with TemporaryDirectory() as scratch:
        contents = Path(scratch, "contents")
        for notebook in notebooks:
            there = contents / notebook.relative_to(NOTEBOOKS)
            there.parent.mkdir(parents=True, exist_ok=True)
            # a text is stored as a list of lines, which a Jupyter server joins; here nobody would
            there.write_text(nbformat.writes(_to_run(notebook), split_lines=False), encoding="utf-8")
        command = [sys.executable, "-m", "jupyterlite_core", "build", "--apps=lab"]
        command += ["--no-libarchive", "--no-sourcemaps"]
        command += [
            f"--LiteBuildConfig.federated_extensions={kernel}",
            f"--lite-dir={scratch}",
            f"--contents={contents}",
            f"--output-dir={folder}",
        ]
        done = subprocess.run(command, cwd=scratch, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise SystemExit(f"jupyter lite build failed:\n{done.stdout}")


def _to_run(path):
    """A notebook without the pictures that a page to read unfolds: here the panel draws them."""
    notebook = nbformat.read(path, 4)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            output.get("metadata", {}).pop("bptt", None)
    return notebook


def _keep_small_icons(folder):
    """JupyterLab's icon comes in six sizes, up to 256 pixels: 0.3 MB, of which a tab shows 32 pixels."""
    for path in folder.rglob("favicon.ico"):
        with Image.open(path) as icon:
            icon.save(path, sizes=[(32, 32)])


def _fetch_kernel(folder):
    """The kernel's wheel. It is not installed: a JupyterLab beside it would try to load its extension, and fail."""
    wheel = pure_wheel(EXTENSION, folder)
    with zipfile.ZipFile(wheel) as archive:
        constants = archive.read("jupyterlite_pyodide_kernel/constants.py").decode()
    if f'PYODIDE_VERSION = "{CORE_VERSION}"' not in constants:
        raise SystemExit(
            f"{wheel.name} is not made for Pyodide {CORE_VERSION}: put the hashes of the other into runtime.py"
        )
    return wheel


def _gather_runtime(place, kernel, notebooks, source):
    """Make `place`; put into it the lock, its wheels, and what the source offers of Pyodide."""
    place.mkdir()
    for name, expected in CORE.items():
        source.offer(name, expected, place)
    start = (HERE / "start.mjs").read_text(encoding="utf-8")
    (place / START).write_text(start.replace("{{ pyodide }}", f"{source.beside}/pyodide.mjs"), encoding="utf-8")
    wheels = _kernel_wheels(kernel, place)
    wheels[DISTRIBUTION] = build_own_wheel(place)
    roots = [Requirement(name) for name in (*KERNEL, DISTRIBUTION)] + of_the_pages()
    lock = complete_lock(read_lock(source), wheels, roots, lambda requirement: pure_wheel(requirement, place))
    for entry in lock["packages"].values():
        if not (place / entry["file_name"]).exists():
            entry["file_name"] = source.offer(entry["file_name"], entry["sha256"], place)
    write_lock(place, lock)
    if source.comes_along:
        lock["packages"][BYTECODE] = add_bytecode(place, LOADED, notebooks)
        lock["packages"][DISTRIBUTION]["depends"].append(BYTECODE)
        write_lock(place, lock)


def _kernel_wheels(kernel, place) -> dict:
    """The wheels that the kernel brings along for Python to import, stored in `place`: {name: path}."""
    wheels = {}
    with zipfile.ZipFile(kernel) as archive:
        for member in archive.infolist():
            member.filename = Path(member.filename).name
            if member.filename.endswith(".whl"):
                name = parse_wheel_filename(member.filename)[0]
                if name in KERNEL:
                    wheels[name] = Path(archive.extract(member, place))
    return wheels


def _configure(folder, source):
    """Which Python the page starts, and what it loads at once."""
    path = folder / "jupyter-lite.json"
    settings = json.loads(path.read_text(encoding="utf-8"))
    config = settings["jupyter-config-data"]
    config["appName"] = "The BPTT companion"
    config["exposeAppInBrowser"] = True  # a test, or a reader who is curious, finds it as window.jupyterapp
    wanted = [extension for extension in config["federated_extensions"] if extension["name"] in WIDGETS]
    if len(wanted) != len(WIDGETS):
        raise SystemExit(f"the extensions {WIDGETS} must be installed: pip install -r requirements-site.txt")
    for extension in config["federated_extensions"]:
        if extension not in wanted:  # what else is installed there: no page loads it
            shutil.rmtree(folder / "extensions" / extension["name"])
    config["federated_extensions"] = wanted
    files = [path for place, path in shipped_settings().items() if place.startswith(SETTINGS)]
    config["settingsOverrides"] = dict(ChainMap(*(json.loads(file.read_text(encoding="utf-8")) for file in files)))
    config["litePluginSettings"] = {
        PLUGIN: {
            "pyodideUrl": f"./pyodide/{START}",
            "disablePyPIFallback": True,
            "loadPyodideOptions": {
                "indexURL": f"{source.url}/",
                "lockFileURL": f"./pyodide/{LOCK}",
                "packages": LOADED,
            },
        }
    }
    path.write_text(json.dumps(settings, indent=1), encoding="utf-8")
    redirect = REDIRECT.replace("{{ first }}", escape(run_address(Path(FIRST_PAGE))))
    (folder / "index.html").write_text(redirect, encoding="utf-8")
    for font in (folder / "build").glob("fa-*"):
        if font.suffix != ".woff2":  # for browsers that know no WebAssembly either
            font.unlink()
    for name in ("rspack.config.js", "rspack.config.analyze.js", "rspack.config.watch.js"):
        (folder / name).unlink(missing_ok=True)  # how JupyterLite was built


def _start_soon(page):
    """Have JupyterLab's page start Python at once and name its icon: else the browser asks the host's root for one."""
    shutil.copy(HERE / SESSION, page.with_name(SESSION))
    head = f'<link rel="icon" href="favicon.ico">\n<script src="{SESSION}"></script>\n<title>'
    page.write_text(page.read_text(encoding="utf-8").replace("<title>", head, 1), encoding="utf-8")


def _take_scripts_out(page):
    """Move scripts into files: a host's `Content-Security-Policy: script-src 'self'` forbids them within a page."""
    count = itertools.count(1)

    def take_out(script):
        name = f"{page.stem}-{next(count)}.js"
        page.with_name(name).write_text(script["code"], encoding="utf-8")
        return f'<script src="{name}"></script>'

    page.write_text(INLINE.sub(take_out, page.read_text(encoding="utf-8")), encoding="utf-8")


def keep_files(folder) -> str:
    """Put our service worker before JupyterLite's own, with each file's hash; returns the version, a hash of all.

    Whoever changes a file later must call this again.
    """
    worker, of_jupyterlite = folder / "service-worker.js", folder / "service-worker-of-jupyterlite.js"
    if not of_jupyterlite.exists():
        worker.rename(of_jupyterlite)
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path not in (worker, of_jupyterlite))
    hashes = {path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest() for path in files}
    site = {"version": sha256(json.dumps(hashes).encode()).hexdigest()[:16], "files": hashes}
    parts = [f"const SITE = {json.dumps(site)};"]
    # in one file: with importScripts the browser's HTTP cache might answer for the second
    parts += [path.read_text(encoding="utf-8") for path in (HERE / "service-worker.js", of_jupyterlite)]
    worker.write_text("\n".join(['"use strict";', *parts]), encoding="utf-8")
    return site["version"]
