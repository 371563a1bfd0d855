"""What a reader's own use leaves behind: it is passed over, or named as the reader's own."""

import os
import re
import shutil
import subprocess
import sys

import nbformat
import pytest

from bptt_lab.published import EVERY, PAGES
from tools.published import ROOT

LEFT = [  # by JupyterLab, or by hands
    "notebooks/.ipynb_checkpoints/01-loss-checkpoint.ipynb",
    "notebooks/.virtual_documents/01-loss.ipynb",
    "notebooks/solutions/.ipynb_checkpoints/01-loss-solutions-checkpoint.ipynb",
    "notebooks/01-loss-Copy1.ipynb",
    "notebooks/08-mine.ipynb",
    "notebooks/Untitled.ipynb",
    "notebooks/test_mine.py",
    "notebooks/data.csv",
    "notebooks/progress.json",
    "Untitled.ipynb",
    ".ipynb_checkpoints/Untitled-checkpoint.ipynb",
]
PAGE = "notebooks/01-loss.ipynb"
COPIED = (
    *("pyproject.toml", "conftest.py", "README.md", "tools/__init__.py", "tools/published.py"),
    *("bptt_lab/__init__.py", "bptt_lab/published.py"),
)


def write(path, code, said):
    cell = nbformat.v4.new_code_cell(code, execution_count=1, id="one")
    cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": said}, execution_count=1)]
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)


@pytest.fixture
def checkout(tmp_path):
    """The project with pages that are quickly run, and beside them what a reader has left, all of which fails."""
    for name in COPIED:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "tests").mkdir()
    for path in EVERY:
        place = tmp_path / path.relative_to(ROOT)
        place.parent.mkdir(exist_ok=True, parents=True)
        write(place, "2 + 2", "4")
    for name in LEFT:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        if name.endswith(".ipynb"):
            write(tmp_path / name, "import  os ; 2 +2", "5")
        else:
            (tmp_path / name).write_text("def test_it():\n    assert  0, unknown\n", encoding="utf-8")
    return tmp_path


def run(checkout, *command, **environment):
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=checkout, capture_output=True, text=True, env=os.environ | environment
    )
    return done.returncode, done.stdout + done.stderr


def run_pages(checkout, *more, **environment):
    return run(checkout, "pytest", "--numprocesses=0", "-p", "no:cacheprovider", *more, **environment)


def test_only_the_published_pages_are_tests_and_have_a_style(checkout):
    failed, said = run_pages(checkout, "--collect-only", "-q")
    assert not failed, said
    found = {line.partition("::")[0] for line in said.splitlines() if "::" in line}
    assert found == {path.relative_to(ROOT).as_posix() for path in EVERY}
    assert run(checkout, "ruff", "check", "--no-cache", ".") == (0, "All checks passed!\n")
    assert run(checkout, "ruff", "format", "--no-cache", "--check", ".")[0] == 0


def git(folder, *command):
    identity = ("-c", "user.name=a reader", "-c", "user.email=reader@example.org")
    subprocess.run(["git", *identity, *command], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def published_checkout(checkout):
    if not shutil.which("git"):
        pytest.skip("git is not installed")
    git(checkout, "init")
    git(checkout, "add", "README.md", *(path.relative_to(ROOT).as_posix() for path in EVERY))
    git(checkout, "commit", "-m", "published")
    return checkout


def test_a_page_that_its_reader_has_changed_is_named_with_the_way_back(published_checkout):
    write(published_checkout / PAGE, "2 + 3", "4")
    failed, said = run_pages(published_checkout, PAGE)
    assert failed
    assert said.count("Pages that are not as published") == 1
    assert [line.strip() for line in said.splitlines() if "git restore" in line] == [f"git restore {PAGE}"]
    git(published_checkout, "restore", PAGE)
    assert not changed(published_checkout)


def changed(checkout):
    command = [sys.executable, "-c", "from tools.published import changed; print(*changed())"]
    return subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=True).stdout.split()


def test_what_fails_elsewhere_or_in_an_unchanged_page_blames_no_reader(published_checkout):
    write(published_checkout / PAGE, "2 + 3", "4")
    core = published_checkout / "tests" / "core" / "test_it.py"
    core.parent.mkdir()
    core.write_text("def test_it():\n    assert 0\n")
    failed, said = run_pages(published_checkout, "tests/core")
    assert failed
    assert "published" not in said
    assert changed(published_checkout) == [PAGE]
    git(published_checkout, "commit", "-a", "-m", "a page with a fault")
    assert not changed(published_checkout)


def test_without_git_it_says_that_it_cannot_tell(checkout):
    write(checkout / PAGE, "2 + 3", "4")
    failed, said = run_pages(checkout, PAGE, PATH="")
    assert failed
    assert "git cannot tell" in said
    assert "a fresh copy passes" in " ".join(said.split())


def test_every_notebook_of_the_project_is_on_the_map():
    """In the order of the pages. Where git knows: what is published is what it keeps."""
    names = [path.relative_to(ROOT).as_posix() for path in EVERY]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^\|.*\]\((notebooks/[\w-]+\.ipynb)\)", readme, flags=re.MULTILINE) == names[: len(PAGES)]
    try:
        done = subprocess.run(["git", "ls-files", "*.ipynb"], cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("git cannot tell")
    assert sorted(done.stdout.split()) == sorted(names)
