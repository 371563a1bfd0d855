"""What was handed in: whose it is, and the cells of each notebook. It is read as data: nothing of it is run here."""

import hashlib
import io
import json
import re
import stat
import zipfile
from pathlib import Path
from typing import NamedTuple

LARGEST = 100 * 2**20  # bytes of a file; a notebook of ours with all its pictures has less than a hundredth of that
CELLS = 1000
NOT_HANDED_IN = {"thumbs.db", "desktop.ini", "__macosx"}

# How learning platforms name a file for each student: Moodle's folders and its flat files, and Canvas
PLATFORMS = (
    r"(?P<student>.+_\d+)_assignsubmission_[a-z]+_?(?P<file>.*)",
    r"(?P<student>.+?(?:_LATE)?_\d+)_\d+_(?P<file>.+)",
)


class HandIn(NamedTuple):
    student: str  # unlike that of any other
    files: tuple  # of Path


class Notebook(NamedTuple):
    name: str
    cells: tuple = ()  # the code of each, and no stored output
    pages: frozenset = frozenset()  # such as "03"
    seed: str = ""  # of the numbers that it was made with
    trouble: str = ""  # why it cannot be read


def found(folder) -> list:
    """The HandIns in a folder, in order: each file and each folder in it is a student's."""
    of = {}
    for path in sorted(Path(folder).iterdir()):
        if _counts(path.name):
            of.setdefault(_student(path), []).append(path)
    hand_ins, taken = [], set()
    for (_, student), paths in of.items():
        name, count = student, 1
        while name.casefold() in taken:
            count += 1
            name = f"{student} ({count})"
        taken.add(name.casefold())
        hand_ins.append(HandIn(name, tuple(file for path in paths for file in _files(path))))
    return hand_ins


def _student(path):
    """Whether it is a folder, and the student's name. Flat files with a platform's name belong together."""
    stem = path.name if path.is_dir() else path.stem
    for pattern in PLATFORMS:
        if match := re.fullmatch(pattern, stem):
            return path.is_dir(), match["student"]
    return path.is_dir() or path.suffix, stem


def _counts(name):
    return not name.startswith(".") and name.casefold() not in NOT_HANDED_IN


def _files(path):
    if not path.is_dir():
        return [path]
    inside = sorted(path.rglob("*"))
    return [file for file in inside if not file.is_dir() and all(map(_counts, file.relative_to(path).parts))]


def digest(hand_in) -> str:
    """Of names and contents: equal for what need not be judged twice."""
    all_of_it = hashlib.sha256()
    for file in hand_in.files:
        all_of_it.update(f"{file.name}\0".encode(errors="replace"))
        try:
            _is_readable(file)
            with file.open("rb") as opened:
                all_of_it.update(hashlib.file_digest(opened, "sha256").digest())
        except (OSError, ValueError) as error:
            all_of_it.update(str(error).encode(errors="replace"))
    return all_of_it.hexdigest()


def notebooks(hand_in) -> list:
    """Its notebooks, those in a .zip too. One that cannot be read says why; what is no notebook is left out."""
    read = []
    for file in hand_in.files:
        kind = file.suffix.casefold()
        if kind in (".ipynb", ".json", ""):
            read.append(_guarded(file.name, lambda file=file: [_notebook(file.name, _bytes(file))]))
        elif kind == ".zip":
            read.append(_guarded(file.name, lambda file=file: list(_zipped(file))))
    return [notebook for some in read for notebook in some]


def _guarded(name, reading):
    try:
        return reading()
    except (OSError, ValueError, RecursionError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        return [Notebook(name, pages=_page_in(name), trouble=_why(error))]


def _why(error):
    if isinstance(error, zipfile.BadZipFile | NotImplementedError | RuntimeError) and not isinstance(
        error, RecursionError
    ):
        return "it is no .zip that can be opened"
    return getattr(error, "strerror", None) or str(error)


def _is_readable(file):
    about = file.stat()
    if not stat.S_ISREG(about.st_mode):  # to read a pipe is to wait for ever
        raise ValueError("it is no file")
    if about.st_size > LARGEST:
        raise ValueError(f"it has {about.st_size / 2**20:.0f} MB, and {LARGEST / 2**20:.0f} are read")


def _bytes(file):
    _is_readable(file)
    return file.read_bytes()


def _zipped(file):
    with zipfile.ZipFile(io.BytesIO(_bytes(file))) as archive:
        inside = [each for each in archive.infolist() if each.filename.casefold().endswith(".ipynb")]
        inside = [each for each in inside if all(map(_counts, Path(each.filename).parts))]
        if sum(each.file_size for each in inside) > LARGEST:
            raise ValueError(f"unpacked it has more than {LARGEST / 2**20:.0f} MB")
        for each in inside:
            yield from _guarded(each.filename, lambda each=each: [_notebook(each.filename, _unzipped(archive, each))])


def _unzipped(archive, each):
    with archive.open(each) as opened:
        return opened.read(LARGEST)


def _notebook(name, raw) -> Notebook:
    """Raises ValueError."""
    if not raw.strip():
        raise ValueError("it is empty")
    try:
        content = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise ValueError("it is damaged, or no notebook") from error
    if not isinstance(content, dict) or not isinstance(content.get("cells"), list):
        raise ValueError("it is no notebook")
    cells = [cell for cell in content["cells"] if isinstance(cell, dict)][:CELLS]
    code = tuple(_source(cell) for cell in cells if cell.get("cell_type") == "code")
    whole = "\n".join(code)
    ids = {match[1] for cell in cells if (match := re.fullmatch(r"(0\d)-\d\d", str(cell.get("id"))))}
    checked = set(re.findall(r"check\(\s*[rbuf]*[\"'](0\d)-", whole))
    seed = re.search(r"^%env BPTT_SEED=(\d{1,18})\s*$", whole, re.MULTILINE)
    return Notebook(name, code, frozenset(ids | checked) or _page_in(name), seed[1] if seed else "")


def cells_of(name, raw) -> tuple:
    """The code cells of a notebook. Raises ValueError."""
    return _notebook(name, raw).cells


def _source(cell):
    source = cell.get("source", "")
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


def _page_in(name):
    return frozenset(re.findall(r"(?<!\d)(0\d)-(?=[a-z])", Path(name).name))
