"""The engine knows no page: not its number, its exercises, its series, or that steps are years."""

import ast
import re
from pathlib import Path

import pytest

import bptt_lab

LAB = Path(bptt_lab.__file__).parent
ROOMS = [LAB / name for name in ("panel", "graph", "predict", "practice")]
ALONE = [LAB / name for name in ("look.py", "symbols.py", "numbers.py", "compare.py")]
FILES = [path for room in ROOMS for path in sorted(room.rglob("*")) if path.suffix in (".py", ".js", ".css")] + ALONE
CONTENT = ("bptt_lab.pages", "bptt_lab.data", "bptt_lab.example")
OF_A_PAGE = re.compile(
    r"\bpages? \d|\bnotebooks? 0\d|(?<!\d)0\d-[a-z]+"  # a page, an exercise or question
    r"|\byears?\b|(?<!\d)(1[6-9]|20)\d\d(?![\dp])"  # a year, as a word and as a number
    r"|sunspot|\bsines?\b",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"http://www\.w3\.org/2000/svg")  # the name of SVG


def imported(path, source) -> set:
    """Every module that a file may import, by its full name, and names that may be modules."""
    package = ["bptt_lab", *path.relative_to(LAB).parts[:-1]]
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*start, *filter(None, [node.module])])
            found |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return found


def of_content(path, source) -> list:
    return [name for name in sorted(imported(path, source)) if name.startswith(CONTENT)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(LAB)))
def test_the_engine_names_no_page_no_year_and_no_series(path):
    source = path.read_text(encoding="utf-8")
    named = OF_A_PAGE.search(ADDRESS.sub("", source))
    assert not named, named
    if path.suffix == ".py":
        assert of_content(path, source) == []


@pytest.mark.parametrize(
    "line",
    ["# as page 03 has it", "see notebook 04", '"05-dW"', "one year back", "in 1957", "hundreds of Sunspots", "a sine"],
)
def test_what_names_a_page_is_found(line):
    assert OF_A_PAGE.search(line)


@pytest.mark.parametrize(
    "line", ["margin: 1957px", "#161616", "width: 1190px", "this page", "Jupyter Notebook 7", "cosine", "2e-05"]
)
def test_what_names_none_is_let_be(line):
    assert not OF_A_PAGE.search(line)


@pytest.mark.parametrize(
    "line",
    ["from ..data import T_MAX", "from .. import data", "import bptt_lab.pages", "from bptt_lab.pages.loss import x"],
)
def test_an_import_of_content_is_found(line):
    assert of_content(LAB / "panel" / "base.py", line)
