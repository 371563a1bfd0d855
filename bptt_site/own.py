"""The companion's own wheel for Python in a browser, made of what is imported here: a checkout, or an install.

It has no notebooks, which the site has, and requires what the notebooks import, which an install leaves to an extra.
"""

import zipfile
from base64 import urlsafe_b64encode
from hashlib import sha256
from importlib import metadata
from pathlib import Path

import bptt_core
import bptt_lab
from bptt_lab.cli import DISTRIBUTION
from bptt_lab.published import NOTEBOOKS
from bptt_lab.requirements import of_the_pages

STEM = f"{DISTRIBUTION.replace('-', '_')}-{metadata.version(DISTRIBUTION)}"
ABOUT = "Wheel-Version: 1.0\nGenerator: bptt_site\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def shipped_settings() -> dict:
    """What an install puts beside the packages: {place below the environment's folder: path}."""
    files = [file for file in metadata.files(DISTRIBUTION) if file.parts[0] == ".." and file.suffix != ".pyc"]
    return {"/".join(part for part in file.parts if part != ".."): Path(file.locate()) for file in files}


def build_own_wheel(folder) -> Path:
    """Write the wheel into `folder`; returns its path."""
    files = {name: data for package in (bptt_core, bptt_lab) for name, data in _package(package)}
    files |= {
        f"{STEM}.data/data/{place}": path.read_bytes()
        for place, path in shipped_settings().items()
        if place.startswith("etc/ipython/")  # the rest is for a Jupyter server
    }
    files |= {f"{STEM}.dist-info/METADATA": _described().encode(), f"{STEM}.dist-info/WHEEL": ABOUT.encode()}
    record = f"{STEM}.dist-info/RECORD"
    lines = [f"{name},sha256={_hash(data)},{len(data)}" for name, data in files.items()]
    files[record] = "\n".join([*lines, f"{record},,", ""]).encode()
    wheel = folder / f"{STEM}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)  # with no date: the same each time
    return wheel


def _package(package):
    folder = Path(package.__file__).resolve().parent
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        hidden = any(part.startswith((".", "__pycache__")) for part in inside.parts)
        if path.is_file() and not hidden and NOTEBOOKS not in path.parents:
            yield f"{folder.name}/{inside.as_posix()}", path.read_bytes()


def _described():
    lines = ["Metadata-Version: 2.1", f"Name: {DISTRIBUTION}", f"Version: {metadata.version(DISTRIBUTION)}"]
    return "\n".join([*lines, *(f"Requires-Dist: {each}" for each in of_the_pages()), ""])


def _hash(data):
    return urlsafe_b64encode(sha256(data).digest()).rstrip(b"=").decode()
