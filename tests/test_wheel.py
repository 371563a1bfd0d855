"""The wheel and the sdist: what is in them, and each command where nothing but the wheel is, far from the checkout."""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import numpy as np
import pytest

from bptt_core import backward, forward
from bptt_lab.data import running_example
from bptt_lab.published import EVERY, NOTEBOOKS, PAGES
from tests.harness.lab import running_at

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("bptt_core", "bptt_lab", "bptt_site")
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
SETTINGS = {path.relative_to(ROOT / "installed").as_posix(): path for path in (ROOT / "installed").rglob("*.*")}
SETTINGS = {name: path for name, path in SETTINGS.items() if path.is_file() and path.suffix != ".pyc"}
BIN, EXE = ("Scripts", ".exe") if os.name == "nt" else ("bin", "")
LEFT = [  # by a reader, by tools
    "notebooks/08-mine.ipynb",
    "notebooks/01-loss-Copy1.ipynb",
    "notebooks/progress.json",
    "notebooks/.bptt-companion.json",
    "notebooks/.ipynb_checkpoints/01-loss-checkpoint.ipynb",
    "notebooks/solutions/.ipynb_checkpoints/01-loss-solutions-checkpoint.ipynb",
    "bptt_core/__pycache__/net.cpython-311.pyc",
    "bptt_lab/.ipynb_checkpoints/data-checkpoint.py",
    "bptt_lab/progress.json",
    "Untitled.ipynb",
    "thesis.txt",
    "site/index.html",
    "pyodide/pyodide-lock.json",
    ".venv/pyvenv.cfg",
]


def python(*command, **options):
    done = subprocess.run([sys.executable, "-m", *map(str, command)], capture_output=True, text=True, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


# What is in them


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """The project as somebody has it who works in it."""
    folder = tmp_path_factory.mktemp("checkout") / "project"
    not_ours = shutil.ignore_patterns(".git", ".venv", "site", "pyodide", "__pycache__", ".*_cache", "tests")
    shutil.copytree(ROOT, folder, ignore=not_ours, symlinks=True)
    for name in LEFT:
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_text("of a person", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def archives(checkout, tmp_path_factory):
    """(the wheel, the sdist that it was built from)."""
    folder = tmp_path_factory.mktemp("dist")
    python("build", "--no-isolation", "--outdir", folder, checkout)
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return wheel, sdist


def members(archive) -> dict:
    """{name: bytes} of the files in it."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as file:
            return {name: file.read(name) for name in file.namelist()}
    with tarfile.open(archive) as file:
        return {
            member.name.partition("/")[2]: file.extractfile(member).read()
            for member in file.getmembers()
            if member.isfile()
        }


def of_the_packages() -> dict:
    """{name: path} of each file in the packages of this checkout."""
    found = (path for package in PACKAGES for path in (ROOT / package).rglob("*") if path.is_file())
    return {
        path.relative_to(ROOT).as_posix(): path
        for path in found
        if not {"__pycache__", ".ipynb_checkpoints"} & set(path.parts) and not path.name.startswith("progress.json")
    }


def assert_holds(found, wanted, *also):
    assert set(found) == {*wanted, *also}
    assert [name for name, path in wanted.items() if found[name] != path.read_bytes()] == []


def test_the_wheel_has_the_packages_the_notebooks_and_the_settings_and_nothing_else(archives):
    stem = f"bptt_companion-{VERSION}"
    wanted = of_the_packages() | {f"{stem}.data/data/{name}": path for name, path in SETTINGS.items()}
    wanted |= {f"bptt_lab/notebooks/{path.relative_to(NOTEBOOKS).as_posix()}": path for path in EVERY}
    wanted |= {
        "bptt_site/constraints.txt": ROOT / "constraints.txt",
        f"{stem}.dist-info/licenses/LICENSE": ROOT / "LICENSE",
    }
    assert {Path(name).suffix for name in wanted} >= {".py", ".js", ".mjs", ".css", ".csv", ".j2", ".ipynb", ".json"}
    about = [f"{stem}.dist-info/{name}" for name in ("METADATA", "WHEEL", "RECORD", "entry_points.txt")]
    assert_holds(members(archives[0]), wanted, *about)


def test_the_sdist_has_what_the_wheel_is_made_of(archives):
    wanted = of_the_packages() | {f"installed/{name}": path for name, path in SETTINGS.items()}
    wanted |= {path.relative_to(ROOT).as_posix(): path for path in EVERY}
    root = (
        "pyproject.toml",
        "hatch_build.py",
        "constraints.txt",
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
        "CITATION.cff",
    )
    wanted |= {name: ROOT / name for name in (*root, ".gitignore")}
    assert_holds(members(archives[1]), wanted, "PKG-INFO")


def test_checkout_and_sdist_build_the_same_wheel(checkout, archives, tmp_path):
    python("build", "--no-isolation", "--wheel", "--outdir", tmp_path, checkout)
    (wheel,) = tmp_path.glob("*.whl")
    assert members(wheel) == members(archives[0])


def test_the_index_would_take_them(archives):
    assert python("twine", "check", "--strict", *archives).count("PASSED") == 2


# Installed, in an environment of its own


class Environment:
    """A fresh environment with the wheel. Nothing of this checkout or of a user's settings is seen in it."""

    def __init__(self, folder, asked):
        self.folder, self.place = folder / "environment", folder / "elsewhere"
        self.place.mkdir()
        hidden = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "JUPYTER_PATH", "JUPYTERLAB_DIR", "BPTT_PROGRESS")
        self.variables = {name: value for name, value in os.environ.items() if name not in hidden}
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "MPLCONFIGDIR"):
            self.variables[name] = str(folder / {"JUPYTER_RUNTIME_DIR": "runtime"}.get(name, name.lower()))
        self.python = self.folder / BIN / f"python{EXE}"
        requirements = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
        numpy = [line for line in requirements if line.startswith("numpy==")]
        uv = ("uv", "--quiet")
        python(*uv, "venv", "--python", sys.executable, self.folder)
        python(*uv, "pip", "install", "--python", self.python, "-c", ROOT / "constraints.txt", asked, *numpy)

    def run(self, *command, code=0):
        """Run a command of the environment, elsewhere; returns what it said, with both streams in one."""
        done = subprocess.run(
            [self.folder / BIN / f"{command[0]}{EXE}", *map(str, command[1:])],
            cwd=self.place,
            env=self.variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        assert done.returncode == code, done.stdout
        return done.stdout


@pytest.fixture(scope="module")
def plain(archives, tmp_path_factory):
    """pip install bptt-companion"""
    return Environment(tmp_path_factory.mktemp("plain"), archives[0])


@pytest.fixture(scope="module")
def lab(archives, tmp_path_factory):
    """pip install "bptt-companion[lab]" """
    return Environment(tmp_path_factory.mktemp("lab"), f"{archives[0]}[lab]")


@pytest.fixture(scope="module")
def site(archives, tmp_path_factory):
    """pip install "bptt-companion[site]" """
    return Environment(tmp_path_factory.mktemp("site"), f"{archives[0]}[site]")


def test_without_an_extra_numpy_alone_comes_along(plain):
    listed = json.loads(python("uv", "--quiet", "pip", "list", "--format=json", "--python", plain.python))
    assert {each["name"] for each in listed} == {"bptt-companion", "numpy"}
    assert plain.run("bptt", "--version") == f"bptt {VERSION}\n"
    modules = "bptt_core, bptt_lab.data, bptt_lab.doctor, bptt_lab.slips, bptt_lab.train"
    assert "site-packages" in plain.run("python", "-c", f"import {modules}; print(bptt_core.__file__)")


def test_the_readmes_example_runs_with_numpy_alone(plain):
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), flags=re.DOTALL)
    plain.run("python", "-W", "error", "-c", example)


def test_bptt_doctor_diagnoses_with_numpy_alone(plain):
    example = running_example()
    trace = forward(example.net, example.x)
    back = backward(trace, example.Y)
    run = example.net.params._asdict() | {"x": example.x, "Y": example.Y, "y": trace.y}
    np.savez(plain.place / "right.npz", **run, **back.grads._asdict())
    np.savez(plain.place / "wrong.npz", **run, **back.grads._replace(dU=back.grads.dU.T)._asdict())
    assert plain.run("bptt", "doctor", "right.npz", code=0).startswith("RIGHT")
    assert plain.run("bptt", "doctor", "wrong.npz", code=1).startswith("WRONG: dU is not the gradient of your loss")
    assert plain.run("bptt", "doctor", "nowhere.npz", code=2).startswith("CANNOT TELL: there is no file")


@pytest.mark.parametrize(("command", "lacking"), [("lab", "jupyterlab"), ("site", "nbconvert")])
def test_a_command_whose_extra_is_missing_names_the_install(plain, command, lacking):
    said = plain.run("bptt", command, "somewhere", code=1)
    assert said.startswith(f"bptt {command} needs ")
    assert lacking in said
    assert said.endswith(f'-m pip install "bptt-companion[{command}]" brings what is missing.\n')
    assert said.count("\n") == 1
    assert not (plain.place / "somewhere").exists()


@contextmanager
def serving(lab, *options):
    """(address, token) of JupyterLab, as `bptt lab` with these options runs it."""
    log = lab.place.parent / "log"
    with log.open("w") as said:
        command = [lab.folder / BIN / f"bptt{EXE}", "lab", *options]
        server = subprocess.Popen(command, cwd=lab.place, env=lab.variables, stdout=said, stderr=subprocess.STDOUT)
    try:
        yield *running_at(server, lab.place.parent, log), log
    finally:
        server.terminate()
        server.wait()


def test_bptt_lab_shows_page_00(lab):
    folder = "pages of 'mine', 100 % =#ü"
    with serving(lab, folder, "--no-browser", "--port=0", "--ip=127.0.0.1") as (url, token, log):

        def answer(path):
            with urlopen(f"{url}{path}?token={token}") as response:
                return response.read().decode()

        assert "<title>JupyterLab</title>" in answer("lab/tree/00-start-here.ipynb")
        page = json.loads(answer("api/contents/00-start-here.ipynb"))
        assert page["format"] == "json"
        assert page["content"]["cells"][0]["source"].startswith("# Start here")
        listed = {each["name"] for each in json.loads(answer("api/contents"))["content"]}
        assert listed == {path.name for path in PAGES} | {"solutions"}
        settings = json.loads(answer("lab/api/settings/@jupyterlab/apputils-extension:notification"))
        assert settings["schema"]["properties"]["fetchNews"]["default"] == "false"
        assert "anywidget" in answer("lab/tree/00-start-here.ipynb")  # the widgets' side of the page is there
    (shown,) = {urlsplit(said).path for said in re.findall(r"http://127\S+\?token=", log.read_text(encoding="utf-8"))}
    assert shown == "/lab/tree/00-start-here.ipynb"


def test_a_page_runs_from_the_wheel(lab):
    lab.run("jupyter", "execute", "--timeout=120", lab.folder.joinpath(*_notebooks(lab), "00-start-here.ipynb"))


def _notebooks(lab):
    inside = lab.run("python", "-c", "from bptt_lab.published import NOTEBOOKS; print(NOTEBOOKS)").strip()
    assert "site-packages" in inside
    return Path(inside).relative_to(lab.folder).parts


def test_bptt_site_builds_pages_to_read(site):
    """The panels are still here: what makes them live is in the wheel as in the checkout, where tests/site tries it."""
    site.run("bptt", "site", "out", "--still")
    out = site.place / "out"
    front = (out / "index.html").read_text(encoding="utf-8")
    assert 'pip install "bptt-companion[lab]"' in front
    links = re.findall(r'href="([\w./-]+)"', front)
    assert len([link for link in links if link.startswith("read/")]) == len(EVERY) + 1
    assert [link for link in links if not (out / link).exists()] == []
    assert not (out / "lite").exists()
    assert "Run this page" not in (out / "read" / "00-start-here.html").read_text(encoding="utf-8")
