"""Predict first, and exercises, as a reader meets them: by clicks, and by lines typed into a cell."""

import pytest

from bptt_lab.pages import EXERCISES, QUESTIONS
from bptt_lab.panel.base import UNSEEN, WAITING
from tests.harness.checks import check_no_errors, check_readable
from tests.harness.lab import write_notebook

CELLS = [
    "import numpy as np",
    "from bptt_lab.pages import predict\nfrom bptt_lab.pages.graphs import GraphPanel\n"
    "from bptt_lab.pages.sums import TermsPanel",
    'predict(GraphPanel("forward"), "02-parameters")',
    'predict(TermsPanel(), "05-dW", "05-first-year")',
    'from bptt_lab.pages import check, progress\ndef sum_dU(delta, h):\n    return ...\ncheck("05-dU", sum_dU)',
    "progress()",
]
TASK = 4
LOOP = """from bptt_lab.pages import check
import numpy as np
def sum_dU(delta, h):
    total = np.zeros(2 * delta.shape[1:2])
    for t in range({first}, len(h)):
        total += delta[t] @ h[t - 1].T
    return total
check("05-dU", sum_dU)"""

ENDLESS = """from bptt_lab.pages import check
def sum_dU(delta, h):
    print("begun")
    t = 0
    while t < len(h):
        delta[t] @ h[t].T
check("05-dU", sum_dU)"""


@pytest.fixture(scope="module")
def opened(run_notebook, pages):
    write_notebook(pages / "practice.ipynb", CELLS)
    with run_notebook("practice.ipynb") as lab:
        yield lab
        check_no_errors(lab)


def guess(panel, option):
    panel.root.get_by_role("button", name=option, exact=True).click()
    panel.lab.settle()


def waits(panel):
    """Whether its slider is held. ipywidgets makes a held slider unreachable by its class."""
    return panel.root.locator(".widget-slider [disabled].noUi-target").count() > 0


def test_run_all_does_not_wait_and_the_panel_does(opened):
    for panel in opened.panels:
        assert waits(panel)
        before = panel.values(), panel.pictures()
        panel.control("T").row.get_by_role("slider").press("ArrowRight")
        opened.settle()
        assert (panel.values(), panel.pictures()) == before
        assert panel.root.get_by_role("button", name="Reset").is_disabled()


def sizes(panel):
    """Of the pictures and the words. The answer above them takes its place when it comes."""
    return [box[2:] for box in panel.boxes()]


def shown_of(panel):
    """What stands in the place of the picture, and what in that of the words."""
    picture = panel.root.locator(".bptt-picture")
    after = panel.root.locator(".bptt-scroller").evaluate("e => getComputedStyle(e, '::after').content")
    return picture.is_visible(), after, panel.root.locator(".bptt-words").inner_text()


def test_before_the_guess_nothing_tells_and_nothing_is_a_hole(opened):
    tells, told = opened.panels
    assert shown_of(tells) == (True, "none", WAITING)
    assert shown_of(told) == (False, f'"{UNSEEN}"', WAITING)


def test_a_wrong_guess_gets_the_computed_answer_and_the_reason(opened):
    panel = opened.panels[0]
    before_the_guess = sizes(panel)
    question = QUESTIONS["02-parameters"]
    found = question.find()
    guess(panel, "a W for each new year")
    said = panel.root.get_by_role("status").first.inner_text()
    assert said == (
        f"✗ Not so You said: a W for each new year. Computed just now: {found.right}. {found.said} "
        f"{found.reasons['a W for each new year']}"
    )
    assert not waits(panel)
    assert sizes(panel) == before_the_guess
    names = [button.inner_text() for button in panel.root.locator(".bptt-ask button").all()]
    assert names == ["✓ none", "✗ a W for each new year", "W, U and b for each new year"]
    answer_has_the_focus(panel)
    before = panel.pictures()
    panel.control("T").turn("ArrowRight")
    assert panel.pictures() != before


def test_it_opens_after_the_last_of_its_questions(opened):
    panel = opened.panels[1]
    before = sizes(panel)
    guess(panel, QUESTIONS["05-dW"].find().right)
    assert waits(panel)
    guess(panel, "the bar is too small to see")
    assert not waits(panel)
    assert "It is exactly 0" in panel.root.get_by_role("status").nth(1).inner_text()
    assert sizes(panel) == before
    assert panel.root.get_by_role("button", name="Go on without a guess").count() == 0
    assert shown_of(panel)[:2] == (True, "none")
    right = panel.root.get_by_role("status").first.inner_text()
    assert right.startswith("✓ Right You said: 1956.")
    assert right.endswith(QUESTIONS["05-dW"].find().reasons["1956"])


def answer_has_the_focus(panel):
    """The button that had it is dead: the keyboard goes on from the answer, and a screen reader reads it."""
    opened_at = panel.root.locator(".bptt-answer:focus")
    opened_at.wait_for()
    assert "Computed just now" in opened_at.inner_text()


def answer(lab, code):
    """Write the code into the exercise's cell as a reader does, run it, and read the verdict."""
    cell = lab.cell(TASK)
    cell.locator(".cm-content").click()
    lab.page.keyboard.press("Control+a")
    lab.page.keyboard.insert_text(code)
    lab.page.keyboard.press("Control+Enter")
    lab.settle()
    return cell.locator(".bptt-verdict")


def test_an_empty_exercise_says_what_it_wants_and_hints_open_in_two_steps(opened):
    verdict = opened.cell(TASK).locator(".bptt-verdict")
    assert f"05-dU: not attempted. {EXERCISES['05-dU'].task}" in verdict.inner_text()
    first, second = verdict.locator("summary").all()
    assert not second.is_visible()
    first.click()
    assert "Which state did U multiply" in verdict.inner_text()
    assert "np.zeros((n_h, n_h))" not in verdict.inner_text()
    second.click()
    assert "np.zeros((n_h, n_h))" in verdict.inner_text()


def test_a_known_mistake_is_named_and_then_the_right_answer_is_right(opened):
    said = answer(opened, LOOP.format(first=0)).inner_text()
    assert said.startswith("✗ 05-dU: not yet. This is what comes out when h[t-1] is taken at t = 0 too.")
    assert "In Python h[-1] is the last state" in said
    verdict = answer(opened, LOOP.format(first=1))
    assert verdict.inner_text() == "✓ 05-dU: right. In all 7 hidden cases."
    assert verdict.count() == 1  # shown once, though it is the cell's last line
    cell = opened.cell(TASK + 1)
    cell.locator(".cm-content").click()
    opened.page.keyboard.press("Control+Enter")
    opened.settle()
    assert f"1 of {len(EXERCISES)} exercises are right." in cell.locator(".bptt-verdict").inner_text()
    assert "✓ 05-dU right" in cell.locator(".bptt-verdict").inner_text()


def test_the_stop_button_ends_a_loop_in_a_sentence(opened):
    """The cell ends as every cell does, and the next one runs."""
    cell = opened.cell(TASK)
    cell.locator(".cm-content").click()
    opened.page.keyboard.press("Control+a")
    opened.page.keyboard.insert_text(ENDLESS)
    opened.page.keyboard.press("Control+Enter")
    cell.locator(".jp-OutputArea-output").get_by_text("begun").wait_for()
    opened.page.evaluate("jupyterapp.commands.execute('notebook:interrupt-kernel')")
    verdict = cell.locator(".bptt-verdict")
    verdict.wait_for()
    opened.settle()
    said = verdict.inner_text()
    assert said.startswith("✗ 05-dU: not yet. You stopped it. Does your loop end? That was in your line")
    assert cell.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
    assert answer(opened, LOOP.format(first=1)).inner_text() == "✓ 05-dU: right. In all 7 hidden cases."


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_verdicts_and_progress_take_the_colours_of_the_page(opened, theme):
    """The contrast of every text, and no ground of their own."""
    with opened.in_theme(theme):
        for first in (0, 1):
            verdict = answer(opened, LOOP.format(first=first))
            for summary in verdict.locator("summary").all():
                summary.click()
            opened.cell(TASK + 1).locator(".cm-content").click()
            opened.page.keyboard.press("Control+Enter")
            opened.settle()
            check_readable(opened, ".bptt-verdict", least=len(EXERCISES) + 1)  # a cell for each, and the verdict
            for shown in opened.page.locator(".bptt-verdict").all():
                assert shown.evaluate("shown => getComputedStyle(shown).backgroundColor") == "rgba(0, 0, 0, 0)"
