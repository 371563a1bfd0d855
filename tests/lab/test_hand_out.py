"""The notebooks put into a reader's folder: never over a reader's work."""

import os
import stat
from pathlib import Path

import pytest

from bptt_lab import hand_out as module
from bptt_lab.hand_out import MANIFEST, hand_out
from bptt_lab.published import EVERY, NOTEBOOKS

PAGE, SOLUTION = "01-loss.ipynb", "solutions/01-loss-solutions.ipynb"
NEWER = "01-loss-2.0.ipynb"


@pytest.fixture
def published(tmp_path, monkeypatch):
    """publish(name=text, ...) is a version of the companion: from then on these are its notebooks."""
    source = tmp_path / "the companion's"

    def publish(page="page", solution="solution"):
        for name, text in ((PAGE, page), (SOLUTION, solution)):
            (source / name).parent.mkdir(exist_ok=True, parents=True)
            (source / name).write_text(text, encoding="utf-8")
        monkeypatch.setattr(module, "NOTEBOOKS", source)
        monkeypatch.setattr(module, "EVERY", [source / PAGE, source / SOLUTION])

    publish()
    return publish


def held(folder):
    """{name: text} of all that lies there, but for the manifest."""
    paths = [path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST]
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def test_a_new_folder_has_every_notebook_as_it_is_published(tmp_path):
    folder = tmp_path / "a folder" / "of mine, 100 % =#'ü"
    (said,) = hand_out(folder, "1.0")
    assert said == f"{folder}: {len(EVERY)} notebooks, {len(EVERY)} of them new."
    for path in EVERY:
        assert (folder / path.relative_to(NOTEBOOKS)).read_bytes() == path.read_bytes()
    assert len(held(folder)) == len(EVERY)


def test_again_nothing_is_written_and_a_deleted_page_comes_back(published, tmp_path):
    folder = tmp_path / "mine"
    hand_out(folder, "1.0")
    before = (folder / PAGE).stat().st_mtime_ns
    assert hand_out(folder, "1.0") == [f"{folder}: 2 notebooks, none of them new."]
    assert (folder / PAGE).stat().st_mtime_ns == before
    (folder / SOLUTION).unlink()
    hand_out(folder, "1.0")
    assert held(folder) == {PAGE: "page", SOLUTION: "solution"}


def test_what_a_reader_has_changed_or_added_stays(published, tmp_path):
    folder = tmp_path / "mine"
    hand_out(folder, "1.0")
    (folder / PAGE).write_text("my answer", encoding="utf-8")
    (folder / "mine.ipynb").write_text("my own", encoding="utf-8")
    assert hand_out(folder, "1.0") == [f"{folder}: 2 notebooks, none of them new."]
    assert held(folder) == {PAGE: "my answer", SOLUTION: "solution", "mine.ipynb": "my own"}


def test_a_new_version_replaces_what_is_untouched_and_lies_beside_what_is_not(published, tmp_path):
    folder = tmp_path / "mine"
    hand_out(folder, "1.0")
    (folder / PAGE).write_text("my answer", encoding="utf-8")
    published(page="newer page", solution="newer solution")
    new, changed = hand_out(folder, "2.0")
    assert new == f"{folder}: 2 notebooks, 1 of them new."
    assert changed == f"Your work stays as it is: {PAGE}. What version 2.0 has instead lies beside it: {NEWER}."
    assert held(folder) == {PAGE: "my answer", NEWER: "newer page", SOLUTION: "newer solution"}


@pytest.mark.parametrize("then", ["changed", "deleted", "left"])
def test_what_lies_beside_is_offered_once(published, tmp_path, then):
    folder = tmp_path / "mine"
    hand_out(folder, "1.0")
    (folder / PAGE).write_text("my answer", encoding="utf-8")
    published(page="newer page")
    hand_out(folder, "2.0")
    if then == "changed":
        (folder / NEWER).write_text("my second answer", encoding="utf-8")
    if then == "deleted":
        (folder / NEWER).unlink()
    before = held(folder)
    assert hand_out(folder, "2.0") == [f"{folder}: 2 notebooks, none of them new."]
    assert held(folder) == before


@pytest.mark.parametrize("manifest", [None, "", "{", "[]", "7", '{"01-loss.ipynb": 7}', b"\xff"])
def test_a_copy_that_nobody_has_noted_counts_as_its_readers(published, tmp_path, manifest):
    """As of version 0.1, which came as a clone; or the note is damaged."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / PAGE).write_text("of version 0.1, or an answer", encoding="utf-8")
    if manifest is not None:
        (folder / MANIFEST).write_bytes(manifest if isinstance(manifest, bytes) else manifest.encode())
    hand_out(folder, "2.0")
    assert held(folder) == {PAGE: "of version 0.1, or an answer", NEWER: "page", SOLUTION: "solution"}


def test_a_copy_as_it_is_published_needs_no_note(published, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / PAGE).write_text("page", encoding="utf-8")
    hand_out(folder, "1.0")
    published(page="newer page")
    hand_out(folder, "2.0")
    assert held(folder) == {PAGE: "newer page", SOLUTION: "solution"}


@pytest.mark.skipif(os.name == "nt", reason="links need a right on Windows")
@pytest.mark.parametrize("target", ["elsewhere", "nowhere"])
def test_a_link_is_its_readers(published, tmp_path, target):
    folder = tmp_path / "mine"
    folder.mkdir()
    (tmp_path / "elsewhere").write_text("page of mine", encoding="utf-8")
    (folder / PAGE).symlink_to(tmp_path / target)
    hand_out(folder, "2.0")
    assert (folder / PAGE).is_symlink()
    assert (tmp_path / "elsewhere").read_text(encoding="utf-8") == "page of mine"
    assert not (tmp_path / "nowhere").exists()
    assert (folder / NEWER).read_text(encoding="utf-8") == "page"


def test_a_folder_that_has_the_name_of_a_page_stays(published, tmp_path):
    folder = tmp_path / "mine"
    (folder / PAGE).mkdir(parents=True)
    hand_out(folder, "2.0")
    assert (folder / PAGE).is_dir()
    assert held(folder) == {NEWER: "page", SOLUTION: "solution"}


def test_copies_of_a_read_only_install_can_be_written(published, tmp_path):
    for path in module.EVERY:
        path.chmod(stat.S_IREAD)
    hand_out(tmp_path / "mine", "1.0")
    assert all(path.stat().st_mode & stat.S_IWRITE for path in (tmp_path / "mine").rglob("*.ipynb"))


def test_the_companions_own_folder_is_left_alone():
    assert hand_out(NOTEBOOKS, "2.0") == [f"{NOTEBOOKS}: the notebooks of the companion itself."]
    assert not (NOTEBOOKS / MANIFEST).exists()


def test_a_file_where_the_folder_should_be_is_refused(published, tmp_path):
    file = tmp_path / "mine"
    file.write_text("a thesis")
    with pytest.raises(SystemExit, match=r"FOLDER must be a folder, old or new; .*mine is a file\.$"):
        hand_out(file, "1.0")
    with pytest.raises(SystemExit, match=r"FOLDER must be a folder to write in; .* is not: .+\.$"):
        hand_out(file / "below", "1.0")
    assert file.read_text() == "a thesis"


def test_a_page_is_written_whole_or_not_at_all(published, tmp_path, monkeypatch):
    folder = tmp_path / "mine"
    hand_out(folder, "1.0")
    published(page="newer page")

    def full(path, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(SystemExit, match=r"is not: No space left on device\.$"):
        hand_out(folder, "2.0")
    assert held(folder) == {PAGE: "page", SOLUTION: "solution"}
