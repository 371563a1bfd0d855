"""What comes out: a table with a row for each student (CSV), and a page on the class, which names nobody (HTML)."""

import csv
import io
from collections import Counter
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup

from ..look import css, page_css
from ..pages import EXERCISES
from ..practice.progress import NOT_ATTEMPTED, NOT_YET, RIGHT
from ..symbols import rich
from .judge import FAILED

HERE = Path(__file__).parent
TABLE, PAGE = "grades.csv", "grades.html"
STATES = {RIGHT: ("✓", "right"), NOT_YET: ("✗", "wrong"), FAILED: ("!", "failed"), NOT_ATTEMPTED: ("○", "open")}
OF_A_SHEET = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for a formula


def write(rows, out, seeds=None):
    """Write both. Returns their paths. An earlier one that says something else is kept, under another name.

    rows  : of grade.grade
    seeds : {seed: student}, as owners gives it
    """
    table, page = Path(out) / TABLE, Path(out) / PAGE
    _put(table, _table(rows, seeds or {}))
    _put(page, page_of(rows))
    return table, page


def _put(path, text):
    new = text.encode("utf-8", errors="replace")
    if path.exists() and path.read_bytes() != new:
        count = 1
        while (older := path.with_name(f"{path.stem} ({count}){path.suffix}")).exists():
            count += 1
        path.rename(older)
    path.write_bytes(new)


def owners(path) -> dict:
    """{seed: student}, of the seeds.csv of an edition. Raises ValueError."""
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows or not {"student", "seed"} <= rows[0].keys():
        raise ValueError(f"--seeds must be the seeds.csv that `bptt class make` wrote; got {path}")
    return {row["seed"]: row["student"] for row in rows}


def _table(rows, seeds):
    heads = ["student", *(["made for"] if seeds else []), *EXERCISES, RIGHT, "remarks"]
    lines = []
    for row in rows:
        states = [row.results[name].state for name in EXERCISES]
        mine = [", ".join(seeds.get(seed, "nobody") for seed in row.seeds)] if seeds else []
        lines.append([row.student, *mine, *states, states.count(RIGHT), "; ".join(row.remarks)])
    made = io.StringIO()
    csv.writer(made).writerows([heads, *([_as_text(cell) for cell in line] for line in lines)])
    return "\N{ZERO WIDTH NO-BREAK SPACE}" + made.getvalue()  # by which a spreadsheet knows UTF-8


def _as_text(cell):
    """A student chooses the name of a file: it must not become a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(OF_A_SHEET) else cell


def page_of(rows) -> str:
    exercises = [_counted(each, [row.results[name] for row in rows]) for name, each in EXERCISES.items()]
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string((HERE / "page.html.j2").read_text(encoding="utf-8"))
    return template.render(
        css=Markup(css(page_css((HERE / "page.css").read_text(encoding="utf-8")))),
        states=STATES,
        exercises=exercises,
        mistakes=_mistakes(rows),
        count=len(rows),
        some=sum(any(each.state != NOT_ATTEMPTED for each in row.results.values()) for row in rows),
        troubled=sum(bool(row.remarks) for row in rows),
        hardest=_hardest(exercises),
    )


def _counted(exercise, results):
    counts = Counter(result.state for result in results)
    return {
        "id": exercise.id,
        "page": exercise.page,
        "task": _html(exercise.task),
        "counts": {state: counts[state] for state in STATES},
        "shares": {state: 100 * counts[state] / max(len(results), 1) for state in STATES},
    }


def _mistakes(rows):
    """The known mistakes, those that the most students have made first."""
    made = {}
    for n, row in enumerate(rows):
        for name, found in row.results.items():
            if found.mistake:
                made.setdefault(found.mistake, {}).setdefault(name, set()).add(n)
    counted = {mistake: len(set().union(*where.values())) for mistake, where in made.items()}
    most = max(counted.values(), default=1)
    return [
        {
            "name": _html(mistake),
            "why": _why(mistake, made[mistake]),
            "where": {name: len(students) for name, students in made[mistake].items()},
            "count": count,
            "share": 100 * count / most,
        }
        for mistake, count in sorted(counted.items(), key=lambda pair: -pair[1])
    ]


def _html(text):
    """rich has escaped what is in it."""
    return Markup(rich(text))


def _why(mistake, exercises):
    """In the words of the first exercise that knows it alone; "" for two at once."""
    known = (each for name in exercises for each in EXERCISES[name].mistakes if each.name == mistake)
    return next((_html(f"{each.why} ({each.source})") for each in known), "")


def _hardest(exercises):
    """Of those that at least a tenth has tried, the three with the smallest share of right answers."""

    def tried(each):
        return sum(each["counts"].values()) - each["counts"][NOT_ATTEMPTED]

    most = max(map(tried, exercises), default=0)
    common = [each for each in exercises if tried(each) and 10 * tried(each) >= most]
    hard = sorted(common, key=lambda each: each["counts"][RIGHT] / tried(each))[:3]
    return [{**each, "tried": tried(each)} for each in hard if each["counts"][RIGHT] < tried(each)]
