"""For all tests, those of the notebooks too: progress is kept in a folder for this run, not in a reader's file.

A page is compared without progress bars, which tell the time. A reader's own notebooks are not collected.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

APART = ("tests/core", "tests/lab", "tests/pages")  # they read no page
# The second worker begins in JupyterLab while the first builds the site.
LONGEST = ("tests/site/test_pages_run", "tests/browser/test_notebooks", "tests/site/", "tests/browser/")


def pytest_configure(config):
    config.progress = Path(tempfile.mkdtemp(prefix="bptt-"))


def pytest_unconfigure(config):
    shutil.rmtree(config.progress)


def pytest_ignore_collect(collection_path, config):
    if collection_path.is_file() and config.rootpath / "notebooks" in collection_path.parents:
        from bptt_lab.published import EVERY  # imported here: where bptt_core is tested alone there are no pages

        return None if collection_path.resolve() in EVERY else True
    return None


def pytest_terminal_summary(terminalreporter):
    """A page that its reader has run and saved is no longer the stored one: if anything fails, say so once."""
    reports = [report for kind in ("failed", "error") for report in terminalreporter.stats.get(kind, ())]
    if all(report.nodeid.startswith(APART) for report in reports):
        return
    from tools.published import changed

    names = changed()
    if names is None:
        terminalreporter.section("Are the pages as published? git cannot tell")
        terminalreporter.line(
            "If you have run, answered or edited a page and saved it, that may be all that failed: a fresh copy passes."
        )
    elif names:
        terminalreporter.section("Pages that are not as published")
        terminalreporter.line(
            "They were run, answered or edited, and saved. That may be all that failed. This brings a page back; your "
            "answers in it are lost then, so copy them first:"
        )
        for name in names:
            terminalreporter.line(f"    git restore {name}")


@pytest.hookimpl(trylast=True)  # after pytest has put each module's tests in order
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
