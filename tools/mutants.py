"""Break bptt_core on purpose, and ask whether its tests notice.

    python -m tools.mutants

mutmut makes the changes, one at a time, and runs tests/core on each, in a copy of the project. It passes over functions
that have a decorator, so those of bptt_core have none.
Fails if fewer than 95 % are noticed, if a survivor has no line in tests/mutants.md, or if a line there has no survivor
any more.
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
LEAST = 0.95


def copy_project(to):
    left_out = shutil.ignore_patterns(".git", ".venv", "mutants", "notebooks", "*_cache", "__pycache__")
    shutil.copytree(ROOT, to, ignore=left_out)


def mutmut(project, *arguments, **options):
    return subprocess.run([sys.executable, "-m", "mutmut", *arguments], cwd=project, check=True, text=True, **options)


def survivors(project) -> dict:
    """The changed line of each mutant that no test has noticed, by the mutant's name."""
    listed = mutmut(project, "results", stdout=subprocess.PIPE).stdout
    names = re.findall(r"^\s*(\S+): (?!killed)", listed, flags=re.MULTILINE)
    return {name: changed(mutmut(project, "show", name, stdout=subprocess.PIPE).stdout) for name in names}


def changed(diff):
    """The new lines of a diff, as one."""
    return " ".join(line[1:].strip() for line in diff.splitlines() if re.match(r"\+(?!\+\+)", line))


def explained() -> list:
    notes = (ROOT / "tests" / "mutants.md").read_text(encoding="utf-8")
    return re.findall(r"^\| `(.+?)` \| .+ \|$", notes, flags=re.MULTILINE)


def main():
    with TemporaryDirectory() as folder:
        project = Path(folder) / "project"
        copy_project(project)
        mutmut(project, "run")
        mutmut(project, "export-cicd-stats", stdout=subprocess.DEVNULL)
        counts = json.loads((project / "mutants" / "mutmut-cicd-stats.json").read_text(encoding="utf-8"))
        found, known = survivors(project), explained()
    share = 1 - len(found) / counts["total"]
    print(f"{counts['total'] - len(found)} of {counts['total']} mutants were noticed: {share:.1%}")
    faults = [f"not explained in tests/mutants.md: {name}: {line}" for name, line in found.items() if line not in known]
    faults += [f"explained, but there is no such survivor: {line}" for line in known if line not in found.values()]
    faults += [f"fewer than {LEAST:.0%} were noticed"] * (share < LEAST)
    print("\n".join(faults) or "every other one is explained in tests/mutants.md")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
