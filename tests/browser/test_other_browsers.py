"""Every page in JupyterLab, in Firefox and WebKit: it runs, controls answer as in Python, graphs walk by their keys."""

import pytest

from bptt_lab.published import PAGES
from tests.harness.driven import PAGE, check_answers, check_walk, panels_of
from tests.harness.stored import twins
from tests.harness.which import OTHERS, driven

# What a front end reports on a busy computer. Whether the panels came all the same is seen on them.
NOT_OURS = (
    "[anywidget] Failed to initialize model.",
    "Could not restore the debugger state",  # JupyterLab, of a page that is left at once
    "widget model not found",  # ipywidgets, of an output that is shown before its widget is there
)
OPENED = "async (name) => void (await bptt.opened(name))"
OPEN = "async (name) => void (await bptt.open(name))"
LEAVE = "async () => void (await bptt.leave())"
RUN = "async () => await bptt.runAll()"


@pytest.fixture(scope="module", params=OTHERS)
def lab(request, lab_address, tmp_path_factory):
    """JupyterLab, for one page after the other."""
    with driven(request.param, tmp_path_factory.mktemp(request.param)) as lab:
        lab.goto(lab_address.format(name=PAGES[0].name, stem=request.param))
        lab.wait_for("async () => 'jupyterapp' in window")
        lab.bring(PAGE)
        lab.evaluate(OPENED, PAGES[0].name)  # else it may come in front of another, later
        lab.evaluate(LEAVE)
        yield lab


@pytest.mark.parametrize("name", [path.name for path in PAGES])
def test_a_page_runs_and_answers(lab, name):
    lab.evaluate(OPEN, name)
    try:
        assert lab.evaluate(RUN) == []
        for panel, twin in zip(panels_of(lab, "lab"), twins(name), strict=True):
            if panel.ask("hasGraph"):
                check_walk(panel)
            check_answers(panel, twin)
        errors = lab.errors() + lab.evaluate("async () => bptt.reported()")
        assert [error for error in errors if not any(part in error for part in NOT_OURS)] == []
    finally:
        lab.evaluate(LEAVE)
