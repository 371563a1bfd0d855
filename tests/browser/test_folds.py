"""Answers that follow a question: folded when all cells have run, in text and in outputs, and opened by a click."""

import nbformat
from playwright.sync_api import expect

from tests.harness.checks import check_no_errors
from tests.harness.lab import NOTEBOOKS

PAGE = "01-loss.ipynb"  # it has both kinds
FOLDS = "details:not(.bptt-verdict details, .bptt-panel details)"  # without hints, and what a panel folds


def stored_folds():
    """How many the page has: in Markdown cells, and in outputs."""
    cells = nbformat.read(NOTEBOOKS / PAGE, as_version=4).cells
    outputs = [output.get("data", {}).get("text/html", "") for cell in cells for output in cell.get("outputs", [])]
    text = sum(cell.source.count("<details>") for cell in cells if cell.cell_type == "markdown")
    return text, sum(html.startswith("<details>") for html in outputs)


def test_answers_wait_until_they_are_opened(run_notebook):
    with run_notebook(PAGE) as lab:
        folds = [lab.page.locator(f"{kind} {FOLDS}") for kind in (".jp-MarkdownCell", ".jp-CodeCell")]
        assert [each.count() for each in folds] == list(stored_folds())
        for fold in (fold for each in folds for fold in each.all()):
            inside = fold.locator(":scope > :not(summary)").first
            expect(inside).not_to_be_visible()
            fold.locator("summary").click()
            expect(inside).to_be_visible()
            assert inside.inner_text().strip()
        check_no_errors(lab)


def test_a_formula_in_a_fold_is_set_when_it_opens(run_notebook):
    with run_notebook(PAGE) as lab:
        fold = lab.page.locator(f".jp-MarkdownCell {FOLDS}").filter(has_text="The answer, and why")
        fold.locator("summary").click()
        expect(fold.locator("mjx-container[display]")).to_be_visible()
        assert "$$" not in fold.inner_text()
