"""The command bptt. Each subcommand is a module of its own with add_arguments(parser) and run(options)."""

import argparse
import importlib
import re
import sys
from importlib import metadata
from typing import NamedTuple

DISTRIBUTION = "bptt-companion"


class Command(NamedTuple):
    """A subcommand. Its module is imported when it is asked for: the doctor needs nothing that another one needs."""

    module: str  # has add_arguments(parser), and run(options), which may return an exit code
    says: str
    extra: str = ""  # of the distribution, which brings what the module imports


COMMANDS = {
    "lab": Command("bptt_lab.launch", "put the notebooks into a folder and open them in JupyterLab", extra="lab"),
    "site": Command("bptt_site.build", "build a web site of the pages, which answer without Python", extra="site"),
    "class": Command("bptt_lab.classroom.command", "make a student edition, grade what comes back", extra="class"),
    "doctor": Command("bptt_lab.doctor.__main__", "say what is wrong with the gradients in a file"),
}


def main(arguments=None) -> int:
    """Run the subcommand that the arguments name. Returns its exit code."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")  # a Windows console knows no Greek
    parser = argparse.ArgumentParser(prog="bptt", description="Back propagation through time, to learn and to check.")
    parser.add_argument("--version", action="version", version=f"%(prog)s {metadata.version(DISTRIBUTION)}")
    parsers = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, command in COMMANDS.items():
        own = parsers.add_parser(name, help=command.says, description=f"{command.says.capitalize()}.")
        own.set_defaults(more=None)  # a list, if the command passes on what it does not know
        if arguments[:1] == [name]:
            module = _module_of(name, command)
            module.add_arguments(own)
    options, more = parser.parse_known_args(arguments)
    if more and options.more is None:
        parser.error(f"unrecognized arguments: {' '.join(more)}")
    options.more = more
    return module.run(options) or 0


def _module_of(name, command):
    lacking = missing(command.extra) if command.extra else []
    if lacking:
        raise SystemExit(
            f"bptt {name} needs {', '.join(lacking)}: "
            f'{sys.executable} -m pip install "{DISTRIBUTION}[{command.extra}]" brings what is missing.'
        )
    return importlib.import_module(command.module)


def missing(extra) -> list:
    """The names of what `pip install "bptt-companion[extra]"` would bring and this environment has not."""
    found = []
    for line in metadata.requires(DISTRIBUTION) or ():
        requirement, _, marker = line.partition(";")
        if not re.search(rf"\bextra == ['\"]{extra}['\"]", marker):
            continue
        name = re.match(r"[\w.-]+", requirement)[0]
        if name == DISTRIBUTION:  # one extra brings others
            inner = re.search(r"\[(.*)\]", requirement)[1].split(",")
            found += [other for each in inner for other in missing(each.strip())]
        elif not _is_installed(name):
            found.append(name)
    return sorted(set(found))


def _is_installed(name):
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
