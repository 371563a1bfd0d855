"""bptt_core stands on numpy and the standard library alone."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import bptt_core

PACKAGE = Path(bptt_core.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
ALLOWED = {"numpy", *sys.stdlib_module_names}


def _imported(tree):
    """The first part of every absolute import, wherever in the file it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level == 0:
                yield node.module.split(".")[0]
            else:
                assert node.level == 1, "a relative import that leaves the package"


def test_there_are_files_to_look_at():
    assert {"__init__.py", "activations.py", "backward.py", "check.py", "forward.py", "loss.py"} <= {
        file.name for file in FILES
    }


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_file_imports_numpy_and_the_standard_library_only(file):
    tree = ast.parse(file.read_text(encoding="utf-8"))
    assert set(_imported(tree)) <= ALLOWED


def test_a_fresh_interpreter_loads_nothing_else():
    """What really is loaded, hidden imports too. numpy goes first: what it brings along is its own affair."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import numpy; before = set(sys.modules); import bptt_core;"
        "print(*sorted({name.split('.')[0] for name in set(sys.modules) - before}))"
    )
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, str(PACKAGE.parent)], capture_output=True, text=True, check=True
    )
    loaded = set(run.stdout.split())
    assert "bptt_core" in loaded
    assert loaded - ALLOWED == {"bptt_core"}
    assert not loaded & {"matplotlib", "ipywidgets", "IPython", "scipy", "autograd", "bptt_lab"}


def test_the_public_names():
    promised = {
        *("ACTIVATIONS", "Params", "Trace", "Gradients", "Backward", "init_params", "forward", "mse_loss"),
        *("backward", "gradients", "step_terms", "numerical_gradients", "untied_terms"),
    }
    assert promised <= set(bptt_core.__all__)
    assert all(hasattr(bptt_core, name) for name in bptt_core.__all__)
    assert len(set(bptt_core.__all__)) == len(bptt_core.__all__)
