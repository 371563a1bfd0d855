"""The command bptt: a subcommand is imported when it is asked for, and says what it lacks."""

import importlib
import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from bptt_lab import cli
from bptt_lab.cli import COMMANDS, main, missing
from bptt_lab.hand_out import MANIFEST
from bptt_lab.published import PAGES


def test_every_command_is_listed_with_what_it_does(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    said = " ".join(capsys.readouterr().out.split())
    for name, command in COMMANDS.items():
        assert f"{name} {command.says}" in said


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_its_arguments_and_can_be_run(name, capsys):
    assert callable(importlib.import_module(COMMANDS[name].module).run)
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: bptt {name}")


def test_the_doctor_loads_no_front_end(tmp_path):
    code = (
        "import sys; from bptt_lab.cli import main; main(['doctor', 'nowhere']);"
        "print({'matplotlib', 'ipywidgets', 'IPython', 'jupyterlab', 'bptt_site'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "set()"


@pytest.mark.parametrize("arguments", [[], ["nothing"], ["doctor"], ["doctor", "a.npz", "--deep"]])
def test_what_is_not_understood_is_said_with_the_usage(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("usage: bptt")


REQUIRES = [
    "numpy>=2",
    'bptt-companion[pages]; extra == "lab"',
    'matplotlib>=3; extra == "pages"',
    "jupyterlab<5,>=4; extra == 'lab'",
    'tqdm; python_version > "3" and extra == "pages"',
    'pandas; extra == "laboratory"',
]


@pytest.mark.parametrize(
    ("installed", "lacking"),
    [
        (["matplotlib", "jupyterlab", "tqdm"], []),
        (["matplotlib"], ["jupyterlab", "tqdm"]),
        ([], ["jupyterlab", "matplotlib", "tqdm"]),
    ],
)
def test_what_an_extra_would_bring_is_known_from_what_is_installed(monkeypatch, installed, lacking):
    def distribution(name):
        if name not in installed:
            raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(cli.metadata, "requires", lambda name: REQUIRES)
    monkeypatch.setattr(cli.metadata, "distribution", distribution)
    assert missing("lab") == lacking


def test_a_command_that_lacks_something_is_not_imported_and_says_what_to_install(monkeypatch):
    monkeypatch.setattr(cli, "missing", lambda extra: ["jupyterlab", "matplotlib"])
    monkeypatch.setattr(cli.importlib, "import_module", lambda name: pytest.fail(f"{name} was imported"))
    told = (
        r"^bptt lab needs jupyterlab, matplotlib: .* -m pip install \"bptt-companion\[lab\]\" brings what is missing\.$"
    )
    with pytest.raises(SystemExit, match=told):
        main(["lab"])


@pytest.fixture
def started(monkeypatch, tmp_path):
    """What `bptt lab` would start: [(the folder that it is in, its arguments)]."""
    from bptt_lab.launch import LabApp

    monkeypatch.chdir(tmp_path)
    starts = []
    monkeypatch.setattr(LabApp, "launch_instance", lambda arguments: starts.append((Path.cwd(), arguments)))
    return starts


def test_bptt_lab_opens_page_00_of_the_folder_and_passes_the_rest_on(started, tmp_path):
    assert main(["lab", "my pages", "--no-browser", "--port=8889"]) == 0
    ((folder, arguments),) = started
    assert folder == tmp_path / "my pages"
    assert (folder / PAGES[0].name).exists()
    assert arguments[:2] == ["--ServerApp.root_dir=.", "--LabApp.default_url=/lab/tree/00-start-here.ipynb"]
    assert arguments[-2:] == ["--no-browser", "--port=8889"]


def test_bptt_lab_without_a_folder_makes_one_and_finds_it_again(started, tmp_path):
    main(["lab"])
    assert (tmp_path / "bptt-companion" / MANIFEST).exists()
    os.chdir(tmp_path / "bptt-companion")
    main(["lab", "--no-browser"])
    assert [folder for folder, _ in started] == [tmp_path / "bptt-companion"] * 2
