"""For all tests, those of the notebooks too: what exercises keep lies in a folder of its own, not in a reader's.

A page is compared without progress bars, which tell the time.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest


def pytest_configure(config):
    config.progress = Path(tempfile.mkdtemp(prefix="bptt-"))


def pytest_unconfigure(config):
    shutil.rmtree(config.progress)


@pytest.hookimpl(tryfirst=True)  # before a notebook's kernel starts and takes this along
def pytest_runtest_setup(item):
    os.environ["BPTT_PROGRESS"] = str(item.config.progress / f"{item.path.parent.name}-{item.path.stem}.json")
    os.environ["TQDM_DISABLE"] = "1" if item.path.suffix == ".ipynb" else ""
