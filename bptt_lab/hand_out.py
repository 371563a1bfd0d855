"""The project's notebooks put into somebody's folder, over nobody's work.

A file in the folder, MANIFEST, says what was put there: a page that is still the same may be replaced by a newer one.
Any other page is its reader's. If there is a newer one, it lies beside it under a name of its own.
"""

import json
import os
from hashlib import sha256
from pathlib import Path

from .published import EVERY, NOTEBOOKS

MANIFEST = ".bptt-companion.json"


def hand_out(folder, version) -> list:
    """Put the notebooks into `folder`, which is made if need be; returns what was done, in sentences.

    version : of the notebooks; what lies beside a reader's page is called after it
    A folder that cannot be had or written to raises SystemExit.
    """
    folder = Path(folder)
    if folder.exists() and not folder.is_dir():
        raise SystemExit(f"FOLDER must be a folder, old or new; {folder} is a file.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if folder.samefile(NOTEBOOKS):
            return [f"{folder}: the notebooks of the companion itself."]
        return _bring_up_to_date(folder, version)
    except OSError as error:
        raise SystemExit(f"FOLDER must be a folder to write in; {folder} is not: {error.strerror or error}.") from None


def _bring_up_to_date(folder, version):
    put = _read(folder / MANIFEST)
    written, beside = [], {}
    for source in EVERY:
        name = source.relative_to(NOTEBOOKS)
        page, place = source.read_bytes(), folder / name
        before = put.get(name.as_posix())
        if _put(page, place, put, folder):
            written.append(name)
        elif _hash_of(place) != _hash(page) != before:  # its reader's, made of another version
            other = place.with_name(f"{place.stem}-{version}{place.suffix}")
            offered = put.get(other.relative_to(folder).as_posix()) == _hash(page)  # before: it may have been deleted
            if not offered and _put(page, other, put, folder):
                beside[name] = other.relative_to(folder)
    _write(folder / MANIFEST, json.dumps(put, indent=1, sort_keys=True).encode() + b"\n")
    told = [f"{folder}: {len(EVERY)} notebooks, {len(written) or 'none'} of them new."]
    if beside:
        has = f"What version {version} has instead lies beside it: {_listed(beside.values())}."
        told.append(f"Your work stays as it is: {_listed(beside)}. {has}")
    return told


def _put(page, place, put, folder) -> bool:
    """Write a page, unless something of the reader's is there; returns whether it was written."""
    name, new, there = place.relative_to(folder).as_posix(), _hash(page), _hash_of(place)
    if there != new:
        if os.path.lexists(place) and (there is None or there != put.get(name)):
            return False
        place.parent.mkdir(exist_ok=True)
        _write(place, page)
    put[name] = new
    return there != new


def _listed(names):
    return ", ".join(name.as_posix() for name in names)


def _hash(data):
    return sha256(data).hexdigest()


def _hash_of(path):
    """The hash of a plain file; None for anything else, and for what cannot be read."""
    try:
        return _hash(path.read_bytes()) if path.is_file() and not path.is_symlink() else None
    except OSError:
        return None


def _read(manifest) -> dict:
    """What was put there: {name: hash}. What is damaged says nothing, and so every page counts as its reader's."""
    try:
        put = json.loads(manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): digest for name, digest in put.items()} if isinstance(put, dict) else {}


def _write(path, data):
    """Whole, or not at all."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(data)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
