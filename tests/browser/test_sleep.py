"""A panel without its kernel: it shows what it showed, says that it is asleep, and is saved like that."""

from pathlib import Path
from shutil import copy

import nbformat
import pytest

from bptt_lab.published import PAGES
from tests.harness.checks import check_asleep, check_no_errors, check_saved
from tests.harness.lab import NO_AUTOSAVE, NOTEBOOK, NotebookPage, jupyter, write_notebook

CELLS = [
    "from bptt_lab.pages import predict\nfrom bptt_lab.pages.graphs import GraphPanel\n"
    'from bptt_lab.pages.sums import TermsPanel\nGraphPanel("backward")',
    'predict(TermsPanel(), "05-dW")',
    "2 + 2",
]


@pytest.fixture(scope="module", params=["open_in_lab", "open_in_notebook"])
def page(request, pages):
    """Open in each front end."""
    name = f"sleep-{request.param}.ipynb"
    write_notebook(pages / name, CELLS)
    with request.getfixturevalue(request.param)(name) as lab:
        yield lab


@pytest.fixture
def awake(page):
    page.ask("wake")
    page.run_all()
    assert not any(panel.sleeps() for panel in page.panels)
    return page


def seen(page):
    return [(panel.pictures(), panel.words()) for panel in page.panels]


def widgets(path):
    return nbformat.read(path, as_version=4).metadata.get("widgets")


@pytest.mark.parametrize("how", ["restart", "shut down", "change"])
def test_a_kernel_that_is_gone_is_told_and_the_picture_stays(awake, pages, how):
    before = seen(awake)
    awake.lose_kernel(how)
    check_asleep(awake, before)
    awake.save()
    check_saved(pages / awake.name, panels=2)


def test_a_graph_walks_and_opens_its_cards_without_a_kernel(awake):
    graph = awake.panels[0].root
    graph.locator('[data-key="dh[4]"]').click()
    awake.settle()  # the cards are here
    awake.lose_kernel("shut down")
    graph.locator('[data-key="delta[2]"]').click()
    assert "the message at the pre-activation of step 2" in graph.locator(".card").inner_text()
    awake.page.keyboard.press("ArrowLeft")
    assert graph.locator("g.node.fresh").evaluate_all("all => all.map(node => node.dataset.key)") == [
        "dy",
        "dV",
        "dc",
        "dh[4]",
    ]
    assert "Stage 1 of 8" in awake.panels[0].words()
    assert "not computed yet" in graph.locator(".card").inner_text()
    check_no_errors(awake)


def test_who_reads_and_saves_again_takes_nothing_away(awake, pages, request):
    before = seen(awake)
    awake.save()
    kept = widgets(pages / awake.name)
    path = copy(pages / awake.name, pages / f"again-{awake.name}")
    with request.getfixturevalue("open_in_notebook")(path.name) as again:
        check_asleep(again, before)
        again.run_cell(2)
        again.save()
        check_asleep(again, before)
    assert widgets(path) == kept


def test_without_outputs_nothing_is_kept(awake, pages):
    awake.save()
    assert widgets(pages / awake.name)
    awake.page.evaluate("jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
    awake.save()
    assert widgets(pages / awake.name) is None


def test_opened_and_saved_unrun_a_page_keeps_every_line_but_that_of_the_version(page, pages):
    """Each front end once: the page that is open has a copy of a published one beside it."""
    path = Path(copy(PAGES[1], pages / f"unrun-{page.name}"))
    before = path.read_text(encoding="utf-8").splitlines()
    lab = type(page)(page.context.browser, page.address)
    lab.open(path.name)
    lab.save()
    lab.close()
    after = path.read_text(encoding="utf-8").splitlines()
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert all(new.strip().startswith('"version": "3.') for _, new in changed), changed


def test_after_the_server_was_started_anew(browser, pages, tmp_path):
    write_notebook(pages / "restarted.ipynb", CELLS)
    with jupyter(pages, tmp_path, NOTEBOOK, NO_AUTOSAVE) as address:
        lab = NotebookPage(browser, address)
        lab.open("restarted.ipynb")
        lab.run_all()
        before = seen(lab)
        lab.save()
        lab.context.close()
    with jupyter(pages, tmp_path, NOTEBOOK, NO_AUTOSAVE) as address:
        lab = NotebookPage(browser, address)
        lab.open("restarted.ipynb")
        check_asleep(lab, before)
        check_no_errors(lab)
        lab.close()
