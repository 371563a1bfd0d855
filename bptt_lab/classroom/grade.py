"""All hand-ins of a class, side by side. What is done is kept, so that a run that was stopped goes on from there."""

import hashlib
import json
import multiprocessing
import os
import secrets
import signal
import threading
from functools import cache
from pathlib import Path
from typing import NamedTuple

from joblib import Parallel, cpu_count, delayed
from tqdm import tqdm

from ..pages import EXERCISES
from . import handed
from .judge import Result, results
from .sandbox import Limits

USUAL = Limits()
KEPT = "kept"  # a folder: the seed of the hidden cases, and a file for each hand-in that is judged


class Row(NamedTuple):
    """What a hand-in is worth."""

    student: str
    results: dict  # exercise's id: Result
    remarks: list
    seeds: list  # those that its notebooks were made with, "" for none


def grade(folder, out, limits=USUAL, jobs=None) -> list:
    """Judge every hand-in of a folder. Returns a Row for each, in order.

    folder : one file or one folder for each student
    out    : a folder, new or of an earlier run; what is judged is kept there
    jobs   : how many side by side; unless given, what joblib.parallel_config says, or else one for each core
    Raises ValueError if there is nothing to judge, or `out` is somebody's.
    """
    folder, out = Path(folder), Path(out)
    if not folder.is_dir():
        raise ValueError(f"FOLDER must be a folder with one file or folder for each student; got {folder}")
    hand_ins = handed.found(folder)
    if not hand_ins:
        raise ValueError(f"FOLDER must have a file or a folder for each student; {folder} is empty")
    kept = _place(out)
    salt = _salt(kept)
    limits = limits._replace(closed=(str(folder.resolve()), str(out.resolve())))
    places = {each: kept / f"{_key(each, salt, limits)}.json" for each in hand_ins}
    rows = {each: row for each, place in places.items() if (row := _read(each, place))}
    to_do = [each for each in hand_ins if each not in rows]
    bar = tqdm(total=len(hand_ins), initial=len(rows), unit=" hand-ins", desc="judged", dynamic_ncols=True)
    with bar:
        for number, found in _side_by_side(to_do, salt, limits, jobs):
            row = Row(to_do[number].student, *found)
            _write(places[to_do[number]], row)
            rows[to_do[number]] = row
            bar.update()
    return [rows[each] for each in hand_ins]


def _side_by_side(hand_ins, salt, limits, jobs):
    """Pairs of a hand-in's number and what was found, in the order in which they are done."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")  # inherited by every process: they share the cores already
    parallel = Parallel(n_jobs=jobs, return_as="generator_unordered", batch_size=1)
    if jobs is None and parallel.n_jobs == 1:  # nobody has said anything
        parallel = Parallel(n_jobs=cpu_count(), return_as="generator_unordered", batch_size=1)
    return parallel(delayed(_judged)(number, each, salt, limits) for number, each in enumerate(hand_ins))


def _judged(number, hand_in, salt, limits):
    if (
        multiprocessing.current_process().name != "MainProcess"
        and threading.current_thread() is threading.main_thread()
    ):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever has started this worker hears Ctrl-C, and ends it
    try:
        return number, results(hand_in, salt, limits)
    except Exception as error:  # a fault of ours: it must not cost the others their row
        said = f"the grader failed: {type(error).__name__}: {error}"
        return number, ({name: Result("failed to run", message=said) for name in EXERCISES}, [said], [])


def _place(out):
    """The folder for what is kept, made if need be."""
    kept = out / KEPT
    if (out.exists() and not out.is_dir()) or (out.is_dir() and any(out.iterdir()) and not kept.is_dir()):
        raise ValueError(f"OUT must be new, or of an earlier run; {out} has something else in it")
    kept.mkdir(parents=True, exist_ok=True)
    return kept


def _salt(kept):
    """Drawn once, so that nobody has seen the hidden cases, and a run that goes on has the same."""
    place = kept / "seed"
    if not place.exists():
        _put(place, str(secrets.randbits(63)))
    return int(place.read_text())


def _key(hand_in, salt, limits):
    """Of all that a Row depends on: the hand-in's content, our own code, the limits, the seed."""
    told = repr((handed.digest(hand_in), _own_code(), salt, limits[:3]))
    return hashlib.sha256(told.encode()).hexdigest()[:32]


@cache
def _own_code():
    root = Path(__file__).parents[1]
    sources = sorted([*root.rglob("*.py"), *(root.parent / "bptt_core").rglob("*.py")])
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()


def _write(place, row):
    told = {"results": row.results, "remarks": row.remarks, "seeds": row.seeds}
    _put(place, json.dumps({"student": row.student, **told}, indent=1, ensure_ascii=False))


def _read(hand_in, place):
    """The Row, or None if it is not there or not whole."""
    try:
        told = json.loads(place.read_bytes())
        found = {name: Result(*told["results"][name]) for name in EXERCISES}
        return Row(hand_in.student, found, told["remarks"], told["seeds"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _put(place, text):
    """Whole or not at all."""
    new = place.with_name(f"{place.name}.{os.getpid()}")
    new.write_bytes(text.encode(errors="replace"))
    os.replace(new, place)
