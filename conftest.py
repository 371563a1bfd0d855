"""For all tests, those of the notebooks too: what exercises keep lies in a folder of its own, not in a reader's.

A page is compared without progress bars, which tell the time.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

LONGEST = ("tests/site/test_pages_run", "tests/site/test_visits", "tests/site/", "tests/browser/")


def pytest_configure(config):
    config.progress = Path(tempfile.mkdtemp(prefix="bptt-"))


def pytest_unconfigure(config):
    shutil.rmtree(config.progress)


@pytest.hookimpl(trylast=True)  # when pytest has put each module's tests in order
def pytest_collection_modifyitems(items):
    """What takes longest begins first, so that no worker is left alone with it at the end."""
    items.sort(key=_place)


def _place(item):
    path = item.path.as_posix()
    return next((place for place, part in enumerate(LONGEST) if part in path), len(LONGEST))


@pytest.hookimpl(tryfirst=True)  # before a notebook's kernel starts and takes this along
def pytest_runtest_setup(item):
    os.environ["BPTT_PROGRESS"] = str(item.config.progress / f"{item.path.parent.name}-{item.path.stem}.json")
    os.environ["TQDM_DISABLE"] = "1" if item.path.suffix == ".ipynb" else ""
