"""The files around the code say the same thing."""

import ast
import json
import re
import sys
import tomllib
from pathlib import Path
from urllib.parse import parse_qs, unquote

import numpy as np
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version

from bptt_core import Net, forward, init_params
from bptt_lab.cli import COMMANDS
from bptt_lab.doctor import diagnose
from bptt_lab.slips import SLIPS

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def lines(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def pins(name):
    return [Requirement(line) for line in lines(name) if not line.startswith("-")]


def required(*extras):
    """What pyproject.toml asks for: the dependencies, and those of the extras, with what these bring."""
    asked = [*map(Requirement, PROJECT["dependencies"])]
    for each in (Requirement(line) for extra in extras for line in PROJECT["optional-dependencies"][extra]):
        asked += required(*each.extras) if each.name == PROJECT["name"] else [each]
    return asked


def test_environment_takes_its_packages_from_requirements_alone():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    python, pip, from_pip = environment["dependencies"]
    assert pip == "pip"
    assert from_pip == {"pip": ["-r requirements.txt"]}
    version = re.fullmatch(r"python=(3\.\d+)", python)[1]
    assert Requirement(f"python{PROJECT['requires-python']}").specifier.contains(version)


def test_requirements_pin_exactly_and_end_with_the_project():
    assert lines("requirements.txt")[-1] == "-e .[lab]"
    assert lines("requirements.txt")[0] == "-c constraints.txt"
    assert lines("requirements-dev.txt")[0] == "-r requirements.txt"
    names = (*(f"requirements{name}.txt" for name in ("", "-site", "-dev", "-release")), "constraints.txt")
    for requirement in (pin for name in names for pin in pins(name)):
        assert [spec.operator for spec in requirement.specifier] == ["=="], requirement


def test_pins_are_within_the_ranges_of_the_project():
    pinned = pins("requirements.txt") + pins("constraints.txt")
    for dependency in required(*PROJECT["optional-dependencies"].keys() - {"test", "bench"}):
        versions = [next(iter(pin.specifier)).version for pin in pinned if pin.name.lower() == dependency.name.lower()]
        assert versions, f"nothing pins {dependency.name}"
        assert all(dependency.specifier.contains(version) for version in versions), dependency


def test_constraints_hold_every_pin_and_contradict_none():
    held = {pin.name.lower(): pin.specifier for pin in pins("constraints.txt")}
    for pin in (pin for name in ("", "-site", "-dev", "-release") for pin in pins(f"requirements{name}.txt")):
        if pin.name != "numpy":  # its version depends on the Python
            assert held[pin.name.lower()] == pin.specifier, pin


def test_this_environment_has_the_settings_that_come_with_an_install():
    """Kernels and Jupyter find them beneath sys.prefix, of an editable install too."""
    shipped = [path for path in (ROOT / "installed").rglob("*.*") if path.is_file() and path.suffix != ".pyc"]
    assert {path.suffix for path in shipped} == {".py", ".json"}
    for path in shipped:
        place = Path(sys.prefix) / path.relative_to(ROOT / "installed")
        assert place.exists(), f"{place} is missing: python -m pip install -r requirements.txt brings it"
        assert place.read_bytes() == path.read_bytes(), f"{place} is old: python -m pip install -r requirements.txt"


PAGES = ("README.md", "CONTRIBUTING.md", *(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").glob("*.md")))


def text_of(name):
    return (ROOT / name).read_text(encoding="utf-8")


def test_readme_begins_with_a_sentence_a_moving_picture_and_the_commands():
    readme = text_of("README.md")
    assert re.match(
        r"# .+\n\n[^#`<.]+\.\n\n<picture>\n<source .+>\n<img [^>]*alt=\"[^\"]{99,}\">\n</picture>\n\n```", readme
    )
    student, copy = re.findall(r"```\n(.*?)```", readme, flags=re.DOTALL)[:2]
    assert re.fullmatch(r'pip install "bptt-companion\[lab\]"\nbptt lab .*\n', student)
    assert re.fullmatch(r"make lab .*\nmake test .*\n", copy)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_leads_to_files_and_headings_that_exist(name):
    text = text_of(name)
    links = re.findall(r"\]\((?!https?:)([^)]+)\)", text) + re.findall(r' (?:src|srcset)="(?!https?:)([^"]+)"', text)
    for link in links:
        path, _, heading = link.partition("#")
        target = (ROOT / name).parent / path if path else ROOT / name
        assert target.exists(), link
        heads = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE) if heading else [heading]
        assert heading in [re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads], link


@pytest.mark.parametrize("name", PAGES)
def test_a_page_names_make_targets_that_exist(name):
    targets = re.findall(r"^([\w-]+):", text_of("Makefile"), flags=re.MULTILINE)
    named = re.findall(r"(?:^|`|=pyodide )make ([\w-]+)", text_of(name), flags=re.MULTILINE)
    assert named or name.startswith("docs")
    assert set(named) <= set(targets)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_names_commands_and_extras_that_exist(name):
    assert set(re.findall(r"(?:^|`)bptt ([a-z]+)", text_of(name), flags=re.MULTILINE)) <= set(COMMANDS)
    assert set(re.findall(r"bptt-companion\[(\w+)\]", text_of(name))) <= set(PROJECT["optional-dependencies"])


def test_readme_example_runs():
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), flags=re.DOTALL)
    exec(compile(example, "README.md", "exec"), {})


@pytest.mark.parametrize(("name", "whole"), [("README.md", False), ("docs/doctor.md", True)])
def test_a_page_shows_what_the_doctor_says(name, whole):
    rng = np.random.default_rng(0)
    net, x, Y = Net(init_params(n_x=2, n_h=4)), rng.normal(size=(6, 2, 3)), rng.normal(size=(1, 3))
    grads = SLIPS["transpose"].gradients(net, x, Y)
    said = str(diagnose(**net.params._asdict(), x=x, Y=Y, y=forward(net, x).y, **grads._asdict())).strip()
    (shown,) = re.findall(r"```\n(WRONG.*?)\n```", text_of(name), flags=re.DOTALL)
    assert said == shown if whole else said.startswith(f"{shown}\n\n")


def test_ci_runs_make_test():
    assert lines(".ci/run")[-1] == "make test"


def test_version_and_date_are_those_of_the_changelog_and_the_citation():
    version, date = re.search(r"^## ([\d.]+) \((\d{4}-\d\d-\d\d)\)$", text_of("CHANGELOG.md"), re.MULTILINE).groups()
    citation = yaml.safe_load(text_of("CITATION.cff"))
    assert (citation["version"], citation["date-released"]) == (version, date)
    assert PROJECT["version"] == version


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


# Elsewhere: hosted Jupyter, GitHub's machines

WORKFLOWS = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in (ROOT / ".github/workflows").glob("*.yml")
}


def test_links_to_hosted_jupyter_open_the_first_page():
    page = text_of("docs/install.md")
    (binder,) = re.findall(r"https://mybinder\.org/v2/gh/OWNER/REPO/main\?urlpath=([^`]+)`", page)
    (puller,) = re.findall(r"https://HUB/hub/user-redirect/git-pull\?([^`]+)`", page)
    assert unquote(binder) == "lab/tree/notebooks/00-start-here.ipynb"
    asked = {name: value for name, (value,) in parse_qs(puller).items()}
    assert asked == {
        "repo": "https://github.com/OWNER/REPO",
        "branch": "main",
        "urlpath": "lab/tree/REPO/notebooks/00-start-here.ipynb",
    }
    assert (ROOT / "notebooks/00-start-here.ipynb").exists()


def test_nothing_that_colab_has_is_exchanged_there():
    has = {pin.name: next(iter(pin.specifier)).version for pin in pins("constraints-colab.txt")}
    for dependency in required("pages", "series"):
        assert dependency.specifier.contains(has[dependency.name]), dependency


def test_ci_runs_with_the_oldest_versions_and_with_colabs():
    runs = {
        run["constraints"]: run["python"] for run in WORKFLOWS["ci"]["jobs"]["older"]["strategy"]["matrix"]["include"]
    }
    assert f">={runs['constraints-oldest.txt']}" == PROJECT["requires-python"]
    assert f"Python {runs['constraints-colab.txt']}" in text_of("constraints-colab.txt")


def test_the_oldest_constraints_are_the_lower_ends_of_the_ranges():
    for dependency in required("pages", "series"):
        (pin,) = [pin for pin in pins("constraints-oldest.txt") if pin.name == dependency.name]
        lowest = [Version(spec.version) for spec in dependency.specifier if spec.operator == ">="]
        assert [Version(spec.version) for spec in pin.specifier] == lowest
    assert len(pins("constraints-oldest.txt")) == len({each.name for each in required("pages", "series")})


def test_three_systems_run_the_oldest_python():
    matrix = WORKFLOWS["ci"]["jobs"]["systems"]["strategy"]["matrix"]
    assert matrix["os"] == ["ubuntu-latest", "macos-latest", "windows-latest"]
    assert f">={matrix['python'][0]}" == PROJECT["requires-python"]


def test_what_runs_elsewhere_exists():
    """Every make target, requirements file and folder that a workflow or the container names."""
    container = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text(encoding="utf-8"))
    steps = [step for flow in WORKFLOWS.values() for job in flow["jobs"].values() for step in job["steps"]]
    commands = [container["postCreateCommand"], *(step["run"] for step in steps if "run" in step)]
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    for command in commands:
        for target in re.findall(r"make ([\w-]+)", command):
            assert target in targets
        for path in re.findall(r"\b(?:requirements|constraints)[\w-]*\.txt|(?<=\s)tests/[\w./]+", command):
            assert (ROOT / path).exists(), path
    assert sum("make" in command or ".ci/run" in command for command in commands) >= 3
