"""A browser, a JupyterLab with a copy of the notebooks, and a notebook that is open and has been run."""

import shutil
from contextlib import contextmanager

import pytest
from checks import check_no_errors
from lab import NOTEBOOKS, LabPage, jupyter, launch_options
from which import chromium


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args, playwright):
    return browser_type_launch_args | launch_options(chromium(playwright))


@pytest.fixture(scope="session")
def pages(tmp_path_factory):
    """The folder that JupyterLab shows: a copy of the notebooks, to which a test may add its own."""
    return shutil.copytree(NOTEBOOKS, tmp_path_factory.mktemp("pages"), dirs_exist_ok=True)


@pytest.fixture(scope="session")
def run_notebook(browser, pages, tmp_path_factory):
    """with run_notebook(name) as lab: the notebook is open, every cell was run, and its panels are painted."""

    @contextmanager
    def run(name):
        lab = LabPage(browser, address)
        try:
            lab.open(name)
            lab.run_all()
            yield lab
        finally:
            lab.close()

    with jupyter(pages, tmp_path_factory.mktemp("jupyterlab")) as address:
        yield run


@pytest.fixture(scope="module")
def shared_notebook(request, run_notebook):
    """Run once for all tests of a module that are parametrised by its name."""
    with run_notebook(request.param) as lab:
        yield lab


@pytest.fixture
def notebook(shared_notebook):
    """The notebook, its panels open and as they were at first. No test may leave an error on page or in kernel."""
    shared_notebook.go_on()
    shared_notebook.reset()
    yield shared_notebook
    check_no_errors(shared_notebook)
