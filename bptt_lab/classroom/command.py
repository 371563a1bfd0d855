"""bptt class make, bptt class grade"""

import contextlib
import sys
from pathlib import Path

from . import edition, report
from .grade import grade
from .sandbox import Limits


def add_arguments(parser):
    usual = Limits()
    commands = parser.add_subparsers(metavar="make | grade", required=True)
    make = commands.add_parser("make", help="write the student edition into a new folder")
    make.add_argument("out", metavar="OUT", help="the new folder")
    make.add_argument(
        "--seed-per-student",
        metavar="N|LIST.csv",
        help="a folder for each student, with numbers of their own: as many as N, or as names in the list",
    )
    make.set_defaults(does=_make)
    judge = commands.add_parser("grade", help="judge what was handed in, into one table and one page")
    judge.add_argument("folder", metavar="FOLDER", help="one file or one folder for each student")
    judge.add_argument("out", metavar="OUT", nargs="?", help="for the results; unless given, FOLDER-grades")
    judge.add_argument("--seeds", metavar="seeds.csv", help="what `make` wrote: then the table says whose copy it is")
    judge.add_argument("--jobs", type=int, metavar="N", help="side by side; unless given, one for each core")
    judge.add_argument("--seconds", type=int, default=usual.seconds, help="of computing, for a notebook (%(default)s)")
    judge.add_argument(
        "--wall", type=int, default=usual.wall, help="seconds by the clock, for a notebook (%(default)s)"
    )
    judge.add_argument("--memory", type=int, default=usual.memory, help="MB, for a notebook (%(default)s)")
    judge.add_argument("--dask", metavar="ADDRESS", help="of a cluster's scheduler; its workers must see FOLDER")
    judge.set_defaults(does=_grade)


def run(options):
    try:
        return options.does(options)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2


def _make(options):
    said = options.seed_per_student
    students = edition.listed(said) if said is not None else None
    out = edition.make(options.out, students)
    if students is None:
        print(f"The student edition is in {out}.")
    else:
        print(
            f"{len(students)} student editions are in {out}. Keep {out / edition.SEEDS}: it says who has which numbers."
        )


def _grade(options):
    folder = Path(options.folder)
    out = Path(options.out or f"{folder.resolve()}-grades")
    seeds = report.owners(options.seeds) if options.seeds else {}
    limits = Limits(options.seconds, options.wall, options.memory)
    try:
        with _cluster(options.dask):
            rows = grade(folder, out, limits, options.jobs)
    except KeyboardInterrupt:
        print("\nStopped. What is judged is kept: the same command goes on from there.", file=sys.stderr)
        return 130
    table, page = report.write(rows, out, seeds)
    print(f"{len(rows)} hand-ins: {table} and {page}")
    return 0


@contextlib.contextmanager
def _cluster(address):
    """joblib's jobs go to the cluster of that address, or stay here if there is none."""
    if not address:
        yield
        return
    try:
        from dask.distributed import Client
    except ImportError:
        raise ValueError("--dask needs dask: python -m pip install distributed") from None
    from joblib import parallel_config

    with Client(address), parallel_config(backend="dask", n_jobs=-1):
        yield
