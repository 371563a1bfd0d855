"""Every live page, in Firefox and in WebKit: every control answers as in Python, and graphs walk by their keys."""

import pytest

from bptt_lab.published import PAGES
from bptt_site.serve import server_for
from tests.harness.driven import check_answers, check_walk, panels_of
from tests.harness.hosts import Recorder, running
from tests.harness.stored import twins
from tests.harness.which import OTHERS, driven

READY = "async (count) => document.querySelectorAll('[data-live] > .bptt-panel').length === count"


@pytest.fixture(scope="module", params=OTHERS)
def page(request, tmp_path_factory):
    with driven(request.param, tmp_path_factory.mktemp(request.param)) as page:
        yield page


@pytest.fixture(scope="module")
def live_host(site):
    with running(server_for(site, handler=Recorder)) as server:
        yield server


@pytest.mark.parametrize("path", PAGES, ids=[path.stem[:2] for path in PAGES])
def test_a_live_page_answers(page, live_host, path):
    page.goto(f"{live_host.address}read/{path.stem}.html")
    expected = twins(path.name)
    page.wait_for(READY, len(expected))
    for panel, twin in zip(panels_of(page, "site"), expected, strict=True):
        if panel.ask("hasGraph"):
            check_walk(panel)
        check_answers(panel, twin)
    assert page.errors() == []
