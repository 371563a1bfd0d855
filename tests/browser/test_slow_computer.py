"""On a slow computer a widget is not loaded within the two seconds that anywidget gives it; it works all the same."""

import pytest

from tests.harness.checks import check_controls, check_painted, check_reset
from tests.harness.lab import LabPage

PAGES = ("01-loss.ipynb", "04-recursive-dh.ipynb")  # charts and questions; a graph that walks
# The two seconds are over before anything can be loaded.
AT_ONCE = """
const after = AbortSignal.timeout.bind(AbortSignal);
AbortSignal.timeout = (milliseconds) => after(milliseconds === 2000 ? 0 : milliseconds);
"""
LATE = "page: [anywidget] Failed to initialize model."


@pytest.fixture(scope="module")
def slow(browser, lab_address):
    """JupyterLab on that computer, for one page after the other."""
    lab = LabPage(browser, lab_address)
    lab.page.add_init_script(AT_ONCE)
    yield lab
    lab.context.close()


@pytest.mark.parametrize("name", PAGES)
def test_panels_come_and_answer_though_they_were_late(slow, name):
    try:
        slow.open(name)
        slow.run_all()
        slow.go_on()
        for panel in slow.panels:
            check_painted(panel)
            check_controls(panel)
            check_reset(panel)
        errors = slow.errors()
        assert LATE in errors, "no widget was late: this test says nothing"
        assert set(errors) == {LATE}
    finally:
        slow.leave()
