"""bptt_core stands on numpy and the standard library alone."""

import ast
import subprocess
import sys
import tomllib
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
    assert [file.stem for file in FILES] == [
        *("__init__", "activations", "backward", "check", "forward", "inputs", "jacobians", "loss", "net")
    ]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_file_imports_numpy_and_the_standard_library_only(file):
    tree = ast.parse(file.read_text(encoding="utf-8"))
    assert set(_imported(tree)) <= ALLOWED


def loaded_by(name):
    """What really is loaded, hidden imports too. numpy goes first: what it brings along is its own affair."""
    code = (
        f"import sys; sys.path.insert(0, sys.argv[1]); import numpy; before = set(sys.modules); import {name};"
        "print(*sorted({name.split('.')[0] for name in set(sys.modules) - before}))"
    )
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, str(PACKAGE.parent)], capture_output=True, text=True, check=True
    )
    return set(run.stdout.split())


def test_a_fresh_interpreter_loads_nothing_else():
    assert loaded_by("bptt_core") - ALLOWED == {"bptt_core"}


def test_fit_and_workspace_need_no_more():
    assert loaded_by("bptt_lab.train") - ALLOWED == {"bptt_core", "bptt_lab"}


def test_mutants_can_be_made_of_the_mathematics():
    """mutmut passes over a function or a class with a decorator."""
    settings = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]
    files = [PACKAGE.parent / name for name in settings["only_mutate"]]
    assert {file.stem for file in files} >= {"net", "activations", "loss", "forward", "backward", "check"}
    for file in files:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        decorators = {ast.unparse(one) for node in ast.walk(tree) for one in getattr(node, "decorator_list", ())}
        assert decorators <= {"classmethod"}, file.name


def test_the_public_names():
    promised = {
        *("ACTIVATIONS", "Activation", "Params", "Net", "Trace", "Gradients", "Backward", "init_params"),
        *("forward", "mse_loss", "mse_loss_derivative", "backward", "gradients", "loss_and_gradients", "step_terms"),
        *("state_jacobians", "numerical_gradients", "untied_terms", "central_difference", "complex_step"),
    }
    assert promised == set(bptt_core.__all__)
    assert all(hasattr(bptt_core, name) for name in bptt_core.__all__)
    assert len(set(bptt_core.__all__)) == len(bptt_core.__all__)
