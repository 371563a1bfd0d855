"""What is solved is kept: by several notebooks at once, through links, and whatever the file holds."""

import json
import os
import time
from collections import Counter
from contextlib import ExitStack

import pytest

from bptt_lab.pages import EXERCISES, check, progress
from bptt_lab.practice.progress import PATIENCE, Progress
from tests.harness.children import child

ALL = list(EXERCISES.values())


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    """The reader's progress file, in a folder of its own."""
    monkeypatch.setenv("BPTT_PROGRESS", str(tmp_path / "progress.json"))
    return tmp_path / "progress.json"


def test_what_is_solved_is_kept_and_stays_solved(kept):
    check("01-loss", lambda y, Y: 0.0)
    check("02-count", 57)
    assert json.loads(kept.read_text()) == {"01-loss": "not yet", "02-count": "right"}
    check("01-loss", EXERCISES["01-loss"].right)
    check("01-loss", lambda y, Y: 0.0)  # it was solved once
    report = progress()
    assert report.states["01-loss"] == report.states["02-count"] == "right"
    assert Counter(report.states.values()) == {"right": 2, "not attempted": len(ALL) - 2}
    assert repr(report).startswith(f"2 of {len(ALL)} exercises are right.\npage 00: 00-dw not attempted\n")
    assert "\npage 01: 01-loss right, 01-message not attempted\n" in repr(report)
    assert f"<b>2 of {len(ALL)} exercises are right.</b>" in report._repr_html_()
    assert "✓ 02-count right" in report._repr_html_()


@pytest.mark.parametrize(
    "damaged",
    [
        *("", "{", "[1, 2]", '{"01-loss": "perhaps"}', '{"01-loss": ["right"]}', "7", "\udcff"),
        *("[" * 200_000, '{"a":' * 200_000, "9" * 5000, " " * 2_000_000),
    ],
    ids=lambda text: text[:24],
)
def test_a_damaged_file_is_reported_and_left_alone(kept, damaged):
    kept.write_bytes(damaged.encode(errors="surrogateescape"))
    before = kept.read_bytes()
    verdict = check("02-count", 57)
    assert verdict.state == "right"
    assert "progress.json cannot be read, and is left as it is" in verdict.trouble
    assert "delete it to begin anew" in repr(verdict)
    assert "delete it to begin anew" in verdict._repr_html_()
    assert kept.read_bytes() == before
    assert "delete it to begin anew" in repr(progress())


def test_a_file_that_cannot_be_written_is_reported(tmp_path, monkeypatch):
    monkeypatch.setenv("BPTT_PROGRESS", str(tmp_path / "no such folder" / "progress.json"))
    verdict = check("02-count", 57)
    assert verdict.state == "right"
    assert verdict.trouble == "Your progress cannot be kept in progress.json: No such file or directory."
    (tmp_path / "folder").mkdir()
    monkeypatch.setenv("BPTT_PROGRESS", str(tmp_path / "folder"))
    assert "folder cannot be read" in check("02-count", 57).trouble


def test_a_write_that_fails_half_way_leaves_the_old_file(kept, monkeypatch):
    check("02-count", 57)
    before = kept.read_bytes()

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    assert "No space left on device" in check("01-loss", EXERCISES["01-loss"].right).trouble
    assert kept.read_bytes() == before
    assert [path.name for path in kept.parent.iterdir()] == [kept.name]


def test_exercises_of_another_version_stay_in_the_file(kept):
    kept.write_text('{"99-later": "right"}')
    check("02-count", 57)
    assert json.loads(kept.read_text()) == {"02-count": "right", "99-later": "right"}
    assert "99-later" not in progress().states


def test_without_a_name_it_lies_where_the_notebook_runs(monkeypatch, tmp_path):
    monkeypatch.delenv("BPTT_PROGRESS")
    monkeypatch.chdir(tmp_path)
    check("02-count", 57)
    assert (tmp_path / "progress.json").exists()


WRITER = """
import sys
from bptt_lab.practice.progress import Progress
for n in range(20):
    Progress(sys.argv[1]).note(f"{sys.argv[2]}-{n}", n % 2)
"""


def test_several_notebooks_lose_nothing(kept):
    """Each has a kernel, and so a process, of its own."""
    names = ("one", "two", "three", "four")
    with ExitStack() as started:
        writers = [started.enter_context(child(WRITER, str(kept), name)) for name in names]
        assert [writer.wait() for writer in writers] == [0] * 4
    states = json.loads(kept.read_text())
    assert states == {f"{name}-{n}": "right" if n % 2 else "not yet" for name in names for n in range(20)}
    assert [path.name for path in kept.parent.iterdir()] == [kept.name]


def test_another_notebook_that_wrote_since_is_not_overwritten(kept):
    ours, theirs = Progress(), Progress()
    theirs.note("01-loss", True)
    ours.note("01-loss", False)
    ours.note("01-message", True)
    assert json.loads(kept.read_text()) == {"01-loss": "right", "01-message": "right"}
    kept.write_text("{")
    ours.note("02-count", True)
    assert "it is damaged" in ours.trouble
    assert kept.read_text() == "{"


def test_the_lock_of_a_stopped_process_does_not_stop_a_lesson(kept):
    lock = kept.with_name("progress.json.lock")
    lock.touch()
    begun = time.monotonic()
    assert check("02-count", 57).trouble == ""
    assert time.monotonic() - begun < PATIENCE + 5
    assert json.loads(kept.read_text()) == {"02-count": "right"}
    assert not lock.exists()  # the next one does not wait


@pytest.mark.skipif(os.name == "nt", reason="Windows makes links for administrators alone")
@pytest.mark.parametrize("there", [True, False], ids=["to a file", "to nothing yet"])
def test_a_link_stays_a_link(kept, there):
    elsewhere = kept.parent / "elsewhere"
    elsewhere.mkdir()
    if there:
        (elsewhere / "mine.json").write_text('{"01-loss": "not yet"}')
    kept.symlink_to(elsewhere / "mine.json")
    check("01-loss", EXERCISES["01-loss"].right)
    assert kept.is_symlink()
    assert json.loads((elsewhere / "mine.json").read_text()) == {"01-loss": "right"}
    assert [path.name for path in elsewhere.iterdir()] == ["mine.json"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_whoever_may_not_read_it_still_may_not(kept):
    kept.write_text("{}")
    kept.chmod(0o600)
    check("02-count", 57)
    assert kept.stat().st_mode & 0o777 == 0o600
    assert json.loads(kept.read_text()) == {"02-count": "right"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes among its files")
def test_what_is_no_file_is_not_waited_for(kept):
    os.mkfifo(kept)
    assert check("02-count", 57).trouble == (
        "Your progress in progress.json cannot be read, and is left as it is: it is no file."
    )
