"""Every notebook in the built site, with Python in the browser: it runs, says what it says elsewhere, and answers."""

import pytest

from bptt_lab.symbols import plain
from tests.harness.checks import check_controls, check_no_errors, check_painted
from tests.harness.comparing import check_same_text
from tests.harness.hosts import answer
from tests.harness.stored import code_cells, panel_words, printed
from tools import published

PAGES = [path.name for path in published.PAGES]
SOLUTIONS = [f"solutions/{path.name}" for path in published.SOLUTIONS]
# The modules whose source this Python had to compile. It stores no bytecode by itself.
COMPILED = """
import importlib.util, os, sys
def comes_compiled(source):
    path = importlib.util.cache_from_source(source)
    if not os.path.exists(path):
        return False
    with open(path, "rb") as bytecode, open(source, "rb") as text:
        head = bytecode.read(16)  # the version of bytecode, flags, the hash of the source
        return head[:4] == importlib.util.MAGIC_NUMBER and head[8:] == importlib.util.source_hash(text.read())
origins = {getattr(module.__spec__, "origin", None) or "" for module in list(sys.modules.values())}
print(*sorted(origin for origin in origins if origin.endswith(".py") and not comes_compiled(origin)))
"""
SHOW = "(path) => void jupyterapp.commands.execute('docmanager:open', { path })"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_runs_and_answers(open_page, name):
    lab = open_page(name)
    lab.run_all()
    assert len(lab.page.workers) == 1, "the page has more than one Python"
    check_printed(lab, name)
    check_compiled(lab, name)
    lab.go_on()
    for panel, words in zip(lab.panels, panel_words(name), strict=True):
        check_painted(panel)
        if "≤" not in words:  # there stands a bound for rounding errors, of which no two computers make the same
            check_same_text(plain(panel.words()), words)
        check_controls(panel)
        check_card(lab, panel)
    check_no_errors(lab)
    lab.close()


@pytest.mark.parametrize("name", SOLUTIONS)
def test_solutions_run(open_page, name):
    lab = open_page(name)
    lab.run_all()
    check_printed(lab, name)
    check_no_errors(lab)
    lab.close()


def test_a_page_and_its_solutions_start_together_each_with_a_python_of_its_own(open_page):
    lab = open_page(PAGES[0])
    lab.page.evaluate(SHOW, PAGES[1])  # and on at once, while Python starts, as a reader does who looks around
    lab.page.get_by_role("link", name="solutions").filter(visible=True).first.click()
    lab.page.get_by_role("heading", name="Worked solutions of page 01").wait_for()
    for name in (PAGES[0], PAGES[1], SOLUTIONS[0]):
        lab.ask("open", name)
        assert answer(lab, "print('owner' in globals()); owner = 1") == "False", name
    lab.run_all()
    check_no_errors(lab)
    lab.close()


def check_printed(lab, name):
    """What the cells print is what is stored."""
    for now, cell in zip(lab.ask("printed"), code_cells(name), strict=True):
        check_same_text(now, printed(cell))


def check_compiled(lab, name):
    """Every package comes with the bytecode of what is imported; on the first page, all of the standard library too."""
    compiled = answer(lab, COMPILED).split()
    assert [source for source in compiled if name == PAGES[0] or "site-packages" in source] == []


def check_card(lab, panel):
    """Where there is a live graph, a click on a node fills its card."""
    for node in panel.root.locator("svg [data-key]:not([data-key*='>'])").all()[:1]:
        card = panel.root.locator(".card")
        before = card.inner_html()
        node.click()
        lab.settle()
        assert card.inner_html() != before, "a click leaves the card as it was"
        assert card.inner_text().strip()
