"""What the pages' prose keeps to: its length, the minutes it takes, and answers that wait until they are opened."""

import re

import nbformat
import pytest

from bptt_lab.published import PAGES

MOST = 12_100  # words of prose on pages 00 to 07
BEFORE_THE_FIRST_PANEL = 350  # words: under two minutes for who reads slowly
FOLD = re.compile(r"<details><summary>(.*?)</summary>(.*?)</details>", re.DOTALL)
every_page = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)


def cells(path):
    return nbformat.read(path, as_version=4).cells


def words(cells):
    return sum(len(cell.source.split()) for cell in cells if cell.cell_type == "markdown")


def test_the_whole_stays_as_short_as_it_is():
    assert sum(words(cells(path)) for path in PAGES if path.stem < "08") <= MOST


def test_a_newcomer_moves_a_slider_within_two_minutes():
    page = cells(PAGES[0])
    first = next(
        n for n, cell in enumerate(page) if any("image/png" in o.get("data", {}) for o in cell.get("outputs", []))
    )
    assert words(page[:first]) <= BEFORE_THE_FIRST_PANEL


@every_page
def test_the_first_cell_says_how_many_minutes_it_takes(path):
    assert re.search(r"\babout \d+ minutes\b", cells(path)[0].source, re.IGNORECASE)


def folds(cells):
    """Every fold, as its summary and what is in it."""
    for cell in cells:
        texts = (
            [cell.source]
            if cell.cell_type == "markdown"
            else [o.get("data", {}).get("text/html", "") for o in cell.outputs]
        )
        for text in texts:
            yield from FOLD.findall(text)


@every_page
def test_every_question_on_your_own_has_an_answer_that_is_folded(path):
    """In a fold of its own, `Answer to 2`, or in one of several, as its item 2."""
    page = cells(path)
    (start,) = (n for n, cell in enumerate(page) if cell.cell_type == "markdown" and "## On your own" in cell.source)
    asked = FOLD.sub("", page[start].source.partition("## On your own")[2])
    questions = re.findall(r"^(\d+)\. ", asked, re.MULTILINE)
    assert questions == [str(n + 1) for n in range(len(questions))] != []
    answered = set()
    for summary, text in folds(page[start:]):
        answered |= set(re.findall(r"^Answer to (\d+)$", summary)) | set(re.findall(r"^(\d+)\. ", text, re.MULTILINE))
    assert answered == set(questions)


@every_page
def test_every_fold_is_closed_and_stands_apart(path):
    """Without the empty lines, or with a tag too few, formulas are shown as source, or the rest is folded as well."""
    for cell in cells(path):
        if cell.cell_type == "markdown":
            opened = cell.source.count("<details")
            assert opened == cell.source.count("</details>") == len(FOLD.findall(cell.source))
            for _, text in FOLD.findall(cell.source):
                assert text.startswith("\n\n"), text[:40]
                assert text.endswith("\n\n"), text[-40:]


@every_page
def test_no_part_of_a_picture_is_called_by_a_colour_that_a_dark_theme_turns(path):
    prose = "\n".join(cell.source for cell in cells(path) if cell.cell_type == "markdown")
    assert re.findall(r"[^.]*\b(?:black|white|darker|lighter)\b[^.]*", prose, re.IGNORECASE) == []
