"""Every page in JupyterLab, in Firefox: it runs, every control answers as in Python, graphs walk by their keys.

Not in WebKit: there JupyterLab is too slow without a graphics card. docs/front-ends.md says what was tried.
"""

import pytest

from bptt_lab.published import PAGES
from tests.harness.driven import PAGE, check_answers, check_walk, panels_of
from tests.harness.stored import twins
from tests.harness.which import driven

SLOW = "Error: [anywidget] Failed to initialize model."  # on a busy computer; the panels come all the same


@pytest.fixture(scope="module")
def lab(lab_address, tmp_path_factory):
    """JupyterLab, for one page after the other."""
    with driven("firefox", tmp_path_factory.mktemp("firefox")) as lab:
        lab.goto(lab_address.format(name=PAGES[0].name, stem="firefox"))
        lab.wait_for("async () => 'jupyterapp' in window")
        lab.bring(PAGE)
        yield lab


@pytest.mark.parametrize("name", [path.name for path in PAGES])
def test_a_page_runs_and_answers(lab, name):
    try:
        lab.evaluate("async (name) => void (await bptt.open(name))", name)
        assert lab.evaluate("async () => await bptt.runAll()") == []
        for panel, twin in zip(panels_of(lab, "lab"), twins(name), strict=True):
            if panel.ask("hasGraph"):
                check_walk(panel)
            check_answers(panel, twin)
        assert [fault for fault in lab.errors() if fault != SLOW] + lab.evaluate("async () => bptt.reported()") == []
    finally:
        lab.evaluate("async () => void (await bptt.leave())")
