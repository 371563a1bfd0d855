"""Every page in Jupyter Notebook, where only cells in view are in the page: a reader runs it and scrolls through."""

import nbformat
import pytest

from bptt_lab.published import PAGES
from tests.harness.checks import check_controls, check_no_errors, check_painted, check_words
from tests.harness.lab import PanelOnPage
from tests.harness.stored import twins

IN_VIEW_ALONE = """() => {
    const { content } = bptt.notebook;
    content.notebookConfig = { ...content.notebookConfig, windowingMode: "full" };
}"""
CELLS_IN_THE_PAGE = "() => document.querySelectorAll('.jp-Notebook .jp-Cell').length"
SCROLL = "n => void bptt.notebook.content.scrollToItem(n)"
PAINTED = """n => {
    const panel = bptt.notebook.content.widgets[n].node.querySelector(".bptt-panel");
    return panel && bptt.whole(panel) && panel.checkVisibility();
}"""


def cells_with_panels(path) -> list:
    cells = nbformat.read(path, as_version=4).cells
    return [n for n, cell in enumerate(cells) if any("image/png" in o.get("data", {}) for o in cell.get("outputs", ()))]


@pytest.mark.parametrize("path", PAGES, ids=[path.stem[:2] for path in PAGES])
def test_a_page_runs_and_each_panel_answers_when_it_is_scrolled_to(open_in_notebook, path):
    with open_in_notebook(path.name) as lab:
        lab.page.evaluate(IN_VIEW_ALONE)
        assert lab.ask("run") == []
        assert lab.page.evaluate(CELLS_IN_THE_PAGE) < len(nbformat.read(path, as_version=4).cells)
        for n, twin in zip(cells_with_panels(path), twins(path.name), strict=True):
            lab.page.evaluate(SCROLL, n)
            lab.page.wait_for_function(PAINTED, arg=n)
            panel = PanelOnPage(lab, lab.page.locator(f'[data-windowed-list-index="{n}"] .bptt-panel'))
            if (waiting := panel.root.get_by_role("button", name="Go on without a guess", disabled=False)).count():
                waiting.click()
                lab.settle()
            check_painted(panel)
            check_words(panel, twin)
            check_controls(panel)
            check_words(panel, twin)
        check_no_errors(lab)
