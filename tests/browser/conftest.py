"""A browser, a JupyterLab with a copy of the notebooks, and a notebook that is open and has been run."""

import shutil
from contextlib import contextmanager
from functools import partial

import pytest

from bptt_lab.published import EVERY
from tests.harness.checks import check_no_errors
from tests.harness.lab import NO_AUTOSAVE, NOTEBOOK, NOTEBOOKS, LabPage, NotebookPage, jupyter, launch_options
from tests.harness.which import chromium


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args, playwright):
    return browser_type_launch_args | launch_options(chromium(playwright))


@pytest.fixture(scope="session")
def pages(tmp_path_factory):
    """The folder that JupyterLab shows: a copy of the notebooks, to which a test may add its own."""
    folder = tmp_path_factory.mktemp("pages")
    for path in EVERY:
        there = folder / path.relative_to(NOTEBOOKS)
        there.parent.mkdir(exist_ok=True)
        shutil.copy(path, there)
    return folder


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("jupyter")


@pytest.fixture(scope="session")
def lab_address(pages, home):
    with jupyter(pages, home) as address:
        yield address


@pytest.fixture(scope="session")
def open_in_lab(browser, lab_address):
    """with open_in_lab(name) as lab: the notebook is open in JupyterLab, as it is stored."""
    return partial(_opened, LabPage, browser, lab_address)


@pytest.fixture(scope="session")
def open_in_notebook(browser, pages, home):
    """The same in Jupyter Notebook, which renders the cells as it does by default."""
    with jupyter(pages, home, NOTEBOOK, NO_AUTOSAVE) as address:
        yield partial(_opened, NotebookPage, browser, address)


@contextmanager
def _opened(front_end, browser, address, name):
    lab = front_end(browser, address)
    try:
        lab.open(name)
        yield lab
    finally:
        lab.close()


@pytest.fixture(scope="module")
def run_notebook(browser, lab_address):
    """with run_notebook(name) as lab: the notebook is open, every cell was run, and its panels are painted.

    One after the other, in the same page: JupyterLab takes five seconds to load.
    """
    lab = LabPage(browser, lab_address)

    @contextmanager
    def run(name):
        try:
            lab.open(name)
            lab.run_all()
            yield lab
        finally:
            lab.leave()

    yield run
    lab.context.close()


@pytest.fixture(scope="module")
def shared_notebook(request, run_notebook):
    """A notebook, run once for all tests of a module that are parametrised by its name."""
    with run_notebook(request.param) as lab:
        yield lab


@pytest.fixture
def notebook(shared_notebook):
    """The notebook, its panels open and as they were at first. No test may leave an error in page or kernel."""
    shared_notebook.go_on()
    shared_notebook.reset()
    yield shared_notebook
    check_no_errors(shared_notebook)
