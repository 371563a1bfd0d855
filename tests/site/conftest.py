"""The site, built with a Python runtime of its own and served on this computer.

It needs PYODIDE_DIR, a folder with the runtime (python -m bptt_site.runtime FOLDER makes one), and a Chromium.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bptt_site.serve import server_for
from tests.harness.hosts import Strict, refusing, running, site_page
from tests.harness.lab import launch_options
from tests.harness.once import made_once
from tests.harness.which import chromium

ROOT = Path(__file__).resolve().parents[2]
FIRST = "00-start-here.ipynb"
UNDER = "bptt"  # the site is served below a path, as on GitHub Pages
GET_ONE = "PYODIDE_DIR names no Python runtime for the browser; `python -m bptt_site.runtime FOLDER` fetches one"


@pytest.fixture(scope="session")
def pyodide_dir():
    """The runtime's folder. Without one the tests are skipped, but CI must have one."""
    folder = os.environ.get("PYODIDE_DIR")
    if not folder:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(GET_ONE)
    return Path(folder)


@pytest.fixture(scope="session")
def build_site(tmp_path_factory):
    """build_site(option, ...) does what `make site` does; returns the folder."""

    def build(*options):
        folder = tmp_path_factory.mktemp("site") / UNDER
        command = [sys.executable, "-m", "bptt_lab.cli", "site", folder, *options]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return folder

    return build


@pytest.fixture(scope="session")
def site(build_site, pyodide_dir, tmp_path_factory, worker_id):
    """Built once, whichever worker asks first. No test may change it."""
    if worker_id == "master":
        return build_site("--python", pyodide_dir)
    shared = tmp_path_factory.getbasetemp().parent / "site"
    return Path(made_once(shared, lambda: str(build_site("--python", pyodide_dir))))


@pytest.fixture(scope="session")
def host(site):
    """It lets a page run no script but its own: whatever is tried here works under that policy too."""
    with running(server_for(site.parent, handler=Strict)) as server:
        server.address += f"{UNDER}/"
        yield server


@pytest.fixture
def outside():
    """All other hosts. Each test says for itself how often they may be asked."""
    with refusing() as server:
        yield server


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args, playwright):
    return browser_type_launch_args | launch_options(chromium(playwright))


@pytest.fixture(scope="module")
def first_page(browser, host):
    """The first notebook, open in the site, not run yet: one for all tests of a module that leave it so."""
    with refusing() as outside:
        lab = site_page(browser, host.address, outside)
        lab.open(FIRST)
        yield lab
        lab.context.close()
        assert outside.asked == []


@pytest.fixture
def open_page(browser, host, outside):
    """open_page(name): the notebook, open in the site, not run yet. No other host may be asked for anything."""
    pages = []

    def page(name):
        pages.append(site_page(browser, host.address, outside))
        pages[-1].open(name)
        return pages[-1]

    yield page
    for lab in pages:
        lab.context.close()
    assert outside.asked == []
