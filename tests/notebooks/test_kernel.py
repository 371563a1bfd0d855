"""What a new kernel of this environment says, with nothing imported yet."""

import re
import subprocess
import sys

import nbformat
import pytest
from jupyter_client.manager import run_kernel
from nbclient import NotebookClient

from tools.regenerate_notebooks import METADATA

ADVICE = "If a cell above makes '{}', that cell has not run: choose Run ▸ Run All Cells, then come back to this cell."


@pytest.fixture(scope="module")
def errors_of(tmp_path_factory):
    """The traceback that each of these cells leaves, as a reader sees it. All in one kernel, in their order."""

    def run(*cells):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        place = str(tmp_path_factory.mktemp("kernel"))
        NotebookClient(
            notebook, kernel_name="python3", allow_errors=True, resources={"metadata": {"path": place}}
        ).execute()
        return [_traceback(cell) for cell in notebook.cells]

    return run


def _traceback(cell):
    (error,) = cell.outputs
    assert error.output_type == "error"
    return re.sub(r"\x1b\[[\d;]*m", "", "\n".join(error.traceback)).splitlines()


def test_a_cell_run_on_its_own_says_what_to_do(errors_of):
    first, inside = errors_of('predict("05-dU")', "def grow():\n    return params\n\ngrow()")
    assert first[-2:] == ["NameError: name 'predict' is not defined", ADVICE.format("predict")]
    assert inside[-2:] == ["NameError: name 'params' is not defined", ADVICE.format("params")]
    # what IPython says anyway is there: the lines of the cell, and of the function
    assert '----> 1 predict("05-dU")' in first
    assert {"----> 4 grow()", "----> 2     return params"} <= set(inside)


def test_the_advice_stands_once_however_often_it_is_loaded(errors_of):
    again = "get_ipython().extension_manager.{}('bptt_lab.kernel')\nraise ValueError"
    *_, error = errors_of(again.format("load_extension"), again.format("reload_extension"), "params")
    assert error[-2:] == ["NameError: name 'params' is not defined", ADVICE.format("params")]


OTHERS = {
    "1 / 0": "ZeroDivisionError: division by zero",
    "raise NameError('mine')": "NameError: mine",
    "def f():\n    k += 1\n\nf()": (
        "UnboundLocalError: cannot access local variable 'k' where it is not associated with a value"
    ),
    # a module lacks a name: no cell can give it one
    "import types\nm = types.ModuleType('m')\nexec('def f(): g', vars(m))\nm.f()": "NameError: name 'g' is not defined",
}


def test_other_errors_are_as_they_were(errors_of):
    assert [last for *_, last in errors_of(*OTHERS)] == list(OTHERS.values())


def test_a_page_holds_what_the_kernel_says_of_its_language():
    """Else a front end writes it into each page that is opened, and marks it as changed."""
    with run_kernel(kernel_name="python3") as client:
        said = client.kernel_info(reply=True, timeout=60)["content"]["language_info"]
    assert METADATA["language_info"] == said | {"version": METADATA["language_info"]["version"]}


def test_no_kernel_waits_for_it():
    code = "import sys; before = set(sys.modules); import bptt_lab.kernel; print(*sorted(set(sys.modules) - before))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.split() == ["bptt_lab", "bptt_lab.kernel"]
