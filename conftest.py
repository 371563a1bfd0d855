"""For all tests, those of the notebooks too: what exercises keep lies in a folder of its own, not in a reader's."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

SCRATCH = TemporaryDirectory()


@pytest.hookimpl(tryfirst=True)  # before a notebook's kernel starts and takes this along
def pytest_runtest_setup(item):
    os.environ["BPTT_PROGRESS"] = str(Path(SCRATCH.name) / f"{item.path.parent.name}-{item.path.stem}.json")
