"""The files around the code say the same thing."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def lines(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def pins(name):
    return [Requirement(line) for line in lines(name) if not line.startswith("-")]


def test_environment_takes_its_packages_from_requirements_alone():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    python, pip, from_pip = environment["dependencies"]
    assert pip == "pip"
    assert from_pip == {"pip": ["-r requirements.txt"]}
    version = re.fullmatch(r"python=(3\.\d+)", python)[1]
    assert Requirement(f"python{PROJECT['requires-python']}").specifier.contains(version)


def test_requirements_pin_exactly_and_end_with_the_project():
    assert lines("requirements.txt")[-1] == "-e ."
    assert lines("requirements.txt")[0] == "-c constraints.txt"
    assert lines("requirements-dev.txt")[0] == "-r requirements.txt"
    for requirement in (*pins("requirements.txt"), *pins("requirements-dev.txt"), *pins("constraints.txt")):
        assert [spec.operator for spec in requirement.specifier] == ["=="], requirement


def test_pins_are_within_the_ranges_of_the_project():
    pinned = pins("requirements.txt")
    for dependency in map(Requirement, PROJECT["dependencies"]):
        versions = [next(iter(pin.specifier)).version for pin in pinned if pin.name == dependency.name]
        assert versions, f"requirements.txt does not pin {dependency.name}"
        assert all(dependency.specifier.contains(version) for version in versions), dependency


def test_constraints_hold_every_pin_and_contradict_none():
    held = {pin.name.lower(): pin.specifier for pin in pins("constraints.txt")}
    for pin in (*pins("requirements.txt"), *pins("requirements-dev.txt")):
        if pin.name != "numpy":  # its version depends on the Python
            assert held[pin.name.lower()] == pin.specifier, pin


def test_readme_begins_with_the_two_commands():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.match(r"# .+\n\n```\nmake lab .*\nmake test .*\n```\n", readme)


def test_readme_names_files_that_exist():
    for name in ("README.md", "CONTRIBUTING.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#:]+)\)", text):
            assert (ROOT / target).exists(), target


def test_readme_example_runs():
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), flags=re.DOTALL)
    exec(compile(example, "README.md", "exec"), {})


def test_ci_runs_make_test():
    assert lines(".ci/run")[-1] == "make test"


def test_version_is_in_the_changelog():
    assert f"## {PROJECT['version']}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted((ROOT / "bptt_lab").rglob("*.py")), ids=lambda path: path.stem)
def test_the_lab_draws_off_screen(path):
    """No pyplot, which keeps global state, and none of the widgets that redraw everything."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
        if isinstance(node, ast.ImportFrom):
            names.append(node.module or "")
        assert not any("pyplot" in name for name in names)
        if isinstance(node, ast.Attribute):
            assert node.attr not in ("interact", "interactive_output", "Output")
