"""Every notebook in the built site, with Python in the browser: it runs, says what it says elsewhere, and answers."""

import pytest

from bptt_lab import published
from bptt_lab.symbols import plain
from tests.harness.checks import check_controls, check_no_errors, check_painted
from tests.harness.comparing import check_same_text
from tests.harness.hosts import answer, keep_all, refusing, site_page
from tests.harness.stored import code_cells, panel_words, printed

PAGES = [path.name for path in published.PAGES]
# {page: its solutions}
SOLUTIONS = {path.name.replace("-solutions", ""): f"solutions/{path.name}" for path in published.SOLUTIONS}
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


@pytest.fixture(scope="module")
def reader(browser, host):
    """The browser of a reader who goes from page to page: after the first it has kept what the site has."""
    with refusing() as outside:
        lab = site_page(browser, host.address, outside)
        yield lab
        lab.context.close()
        assert outside.asked == []


@pytest.fixture(scope="module")
def page(request, reader, host, site):
    """A page, opened by its address in a tab of its own, with a Python of its own, and run."""
    has_all = reader.name is not None
    reader.begin_anew()
    host.given.clear()
    reader.open(request.param)
    reader.run_all()
    asked = {path.partition("?")[0].rpartition("/")[2] for path, _ in host.given}
    if has_all:  # not a byte is sent again: the browser looks for a newer version
        assert asked <= {"service-worker.js"}, host.given
    else:
        keep_all(reader.page, site)
    return reader


@pytest.mark.parametrize("page", PAGES, indirect=True, scope="module")
def test_a_page_runs_and_answers(page):
    assert len(page.page.workers) == 1, "the page has more than one Python"
    check_printed(page)
    check_compiled(page)
    page.go_on()
    for panel, words in zip(page.panels, panel_words(page.name), strict=True):
        check_painted(panel)
        if "≤" not in words:  # there stands a bound for rounding errors, of which no two computers make the same
            check_same_text(plain(panel.words()), words)
        check_controls(panel)
        check_card(page, panel)
    check_no_errors(page)


@pytest.mark.parametrize("page", SOLUTIONS, indirect=True, scope="module")
def test_its_solutions_run(page):
    """In the page's Python, which takes ten seconds to start; with none of its names."""
    answer(page, "%reset -f")
    assert answer(page, "print('np' in globals())") == "False"
    page.open_in_place(SOLUTIONS[page.name])
    page.run_all()
    assert len(page.page.workers) == 1
    check_printed(page)
    check_no_errors(page)


def test_a_page_and_its_solutions_start_together_each_with_a_python_of_its_own(open_page):
    lab = open_page(PAGES[0])
    lab.page.evaluate(SHOW, PAGES[1])  # and on at once, while Python starts, as a reader does who looks around
    lab.page.get_by_role("heading", name="Measure the error").wait_for()  # until then the link would be page 00's
    lab.page.get_by_role("link", name="solutions").filter(visible=True).first.click()
    lab.page.get_by_role("heading", name="Worked solutions of page 01").wait_for()
    for name in (PAGES[0], PAGES[1], SOLUTIONS[PAGES[1]]):
        lab.ask("open", name)
        assert answer(lab, "print('owner' in globals()); owner = 1") == "False", name
    lab.run_all()
    check_no_errors(lab)
    lab.close()


def check_printed(lab):
    """What the cells print is what is stored."""
    for now, cell in zip(lab.ask("printed"), code_cells(lab.name), strict=True):
        check_same_text(now, printed(cell))


def check_compiled(lab):
    """Every package comes with the bytecode of what is imported; on the first page, all of the standard library too."""
    compiled = answer(lab, COMPILED).split()
    assert [source for source in compiled if lab.name == PAGES[0] or "site-packages" in source] == []


def check_card(lab, panel):
    """Where there is a live graph, a click on a node fills its card."""
    for node in panel.root.locator("svg [data-key]:not([data-key*='>'])").all()[:1]:
        card = panel.root.locator(".card")
        before = card.inner_html()
        node.click()
        lab.settle()
        assert card.inner_html() != before, "a click leaves the card as it was"
        assert card.inner_text().strip()
