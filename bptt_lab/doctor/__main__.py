"""python -m bptt_lab.doctor run.npz: what is wrong with the gradients in a file."""

import argparse
import sys

from .diagnosis import diagnose
from .files import load
from .given import NAMES, Unreadable

CODES = {"right": 0, "suspicious": 0, "wrong": 1, "cannot tell": 2}


def add_arguments(parser):
    """What the command takes: here, and as `bptt doctor`."""
    parser.epilog = f"Names of the arrays: {', '.join(NAMES)}. Exit code: 0 right, 1 wrong, 2 cannot tell."
    parser.add_argument("path", metavar="FILE", help="an .npz, a .mat (with scipy), or a folder of .npy files")


def run(options) -> int:
    """Print the report. Returns 0 for right gradients (or only rounded ones), 1 for wrong ones, 2 if it cannot tell."""
    try:
        arrays, unknown = load(options.path)
    except Unreadable as why:
        print(f"CANNOT TELL: {why}.")
        return CODES["cannot tell"]
    report = diagnose(**arrays)
    print(report)
    if unknown:
        print(f"\nNote: not read, since no such name is known: {', '.join(unknown)}.")
    return CODES[report.verdict]


def main(arguments=None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m bptt_lab.doctor",
        description="Says what is wrong with the gradients of a recurrent net, from its numbers alone.",
    )
    add_arguments(parser)
    return run(parser.parse_args(arguments))


if __name__ == "__main__":
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")  # a Windows console knows no Greek
    sys.exit(main())
