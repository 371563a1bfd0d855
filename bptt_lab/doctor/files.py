"""Arrays from files. Nothing pickled is loaded, and nothing in a file is run."""

from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from .given import NAMES, Unreadable


def load(path) -> tuple[dict, tuple]:
    """The arrays by their names, and the names that are not known.

    path : .npz, .mat (with scipy), or a folder of .npy
    Raises Unreadable, with a sentence.
    """
    path = Path(path)
    try:
        found = _arrays(path)
    except FileNotFoundError:
        raise Unreadable(f"there is no file or folder {path}") from None
    except (ValueError, OSError, EOFError, BadZipFile) as error:
        raise Unreadable(f"{path} cannot be read as arrays of numbers: {error}") from None
    unknown = tuple(sorted(set(found) - set(NAMES)))
    return {name: array for name, array in found.items() if name in NAMES}, unknown


def _arrays(path):
    if path.is_dir():
        return {file.stem: np.load(file, allow_pickle=False) for file in sorted(path.glob("*.npy"))}
    if path.suffix == ".mat":
        return _mat(path)
    with np.load(path, allow_pickle=False) as archive:
        if isinstance(archive, np.ndarray):
            raise ValueError("it holds one array; a folder of .npy files or an .npz has them all")
        return {name: archive[name] for name in archive.files}


def _mat(path):
    try:
        from scipy.io import loadmat
    except ImportError:
        raise Unreadable(f"{path} needs scipy: python -m pip install scipy, or save the arrays as .npz") from None
    try:
        held = loadmat(path)
    except FileNotFoundError:
        raise
    except Exception as error:  # whatever scipy finds wrong with it: no error of a file may pass for a verdict
        raise ValueError(error) from None
    return {name: array for name, array in held.items() if not name.startswith("__")}
