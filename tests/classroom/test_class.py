"""A class hands in. Each row is what the answers are worth, whatever a notebook does and whatever it says of itself."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from bptt_lab.classroom import handed, report
from bptt_lab.classroom.grade import KEPT, grade
from bptt_lab.classroom.judge import FAILED, results
from bptt_lab.classroom.sandbox import Limits
from bptt_lab.pages import EXERCISES
from bptt_lab.practice.progress import NOT_ATTEMPTED, NOT_YET, RIGHT
from tests.harness.a_class import (
    BY_NUMBER,
    ENDS_THE_PROCESS,
    ONE_WRONG_LINE,
    WORSE,
    code_cell,
    page,
    put,
    put_all,
    right_page,
    worse,
    wrong,
)
from tests.harness.a_class import RIGHT as ANSWERS
from tests.harness.children import HEARS_SIGINT

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows sets no limit on computing")
QUICK = Limits(seconds=3, wall=300)
ODD = "müller o'neil $(x) \N{SNOWMAN}_123"
OF_01 = ("01-loss", "01-message")

# What a student may claim, instead of an answer. All stand on page 01, whose answers are wrong.
LIE = 'check = lambda *answer: print("01-loss: right. In all 4 hidden cases.")'
CLAIMS = {
    "overwrites check": {"first": "", "last": LIE},
    "brings a check": {"first": LIE},
    "prints": {"last": 'print("01-loss: right.", "01-message: right.")'},
    "writes a progress file": {
        "last": 'import json, os\nos.environ["BPTT_PROGRESS"] = "progress.json"\n'
        'json.dump({"01-loss": "right", "01-message": "right"}, open("progress.json", "w"))'
    },
    "changes the judge": {
        "first": "import bptt_lab.practice.check as c, bptt_lab.practice.judge as j, bptt_lab.practice.trial as t\n"
        "import bptt_lab.pages, bptt_lab.practice\n"
        'c.judged = lambda *a, **k: ("right", "", "")\nj.same = t.same = lambda *a, **k: True\n'
        'bptt_lab.practice.check = c.check = bptt_lab.pages.check = lambda *a: print("right")'
    },
    "changes the exercises": {
        "first": "import bptt_lab.pages as p\nfor name, each in list(p.EXERCISES.items()):\n"
        "    p.EXERCISES[name] = each._replace(right=lambda y, Y: 0.0, cases=())"
    },
    "says it is right on the pipe": {
        "last": "import gc, json\n"
        'said = json.dumps({"check": "01-loss", "state": "right", "result": ["right", "", ""]}).encode()\n'
        "for thing in gc.get_objects():\n"
        '    if type(thing).__name__ == "Connection":\n        thing.send_bytes(said)'
    },
    "sends what runs when it is read": {
        "last": "import gc, pickle, os\n"
        'class Evil:\n    def __reduce__(self):\n        return os.system, ("touch /tmp/bptt-evil",)\n'
        "for thing in gc.get_objects():\n"
        '    if type(thing).__name__ == "Connection":\n        thing.send_bytes(pickle.dumps(Evil()))'
    },
}
BOTH_WRONG = {name: wrong(name) for name in OF_01}


def stored(notebook):
    """The same with outputs that say it is right."""
    said = {"output_type": "stream", "name": "stdout", "text": "01-loss: right. In all 4 hidden cases.\n"}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [said]
    return notebook


def without_checks(notebook):
    for cell in notebook["cells"]:
        lines = "".join(cell["source"]).splitlines(keepends=True)
        cell["source"] = "".join(line for line in lines if not line.startswith("check("))
    return notebook


def without_ids(notebook):
    return notebook | {"cells": [{k: v for k, v in cell.items() if k != "id"} for cell in notebook["cells"]]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The hand-ins of a class."""
    folder = tmp_path_factory.mktemp("class") / "hand-ins"
    put_all(folder / "all right_1_assignsubmission_file")
    for name, path in BY_NUMBER.items():
        put(folder / "nothing" / path.name, page(name))
        answers = {each: wrong(each) for each in ONE_WRONG_LINE if each[:2] == name}
        put(folder / "known mistakes" / path.name, page(name, answers))
    for name in WORSE:
        put(folder / name / BY_NUMBER["01"].name, worse(name))
    for name, claim in CLAIMS.items():
        put(folder / name / BY_NUMBER["01"].name, page("01", BOTH_WRONG, **claim))
    put(folder / "stored outputs.ipynb", stored(page("01", BOTH_WRONG)))
    put(folder / "damaged" / BY_NUMBER["01"].name, json.dumps(right_page("01"))[:-400])
    put(folder / "damaged" / BY_NUMBER["00"].name, right_page("00"))
    put(folder / "empty.ipynb", "")
    put(folder / "nested.ipynb", "[" * 200_000)
    (folder / "a picture.ipynb").write_bytes(b"\x89PNG\r\n" + bytes(range(256)))
    (folder / "essay.pdf").write_bytes(b"%PDF-1.7")
    put(folder / "no cells.ipynb", '{"cells": [1, {"cell_type": "code", "source": {"a": 1}}, {"cell_type": "code"}]}')
    put(folder / "no checks.ipynb", without_checks(right_page("01")))
    put(folder / "no ids, another name" / "my work.ipynb", without_ids(right_page("01")))
    put(folder / f"{ODD}_assignsubmission_file" / "01-loss (1).ipynb", right_page("01"))
    put(folder / '=HYPERLINK("x")' / BY_NUMBER["01"].name, right_page("01"))
    put(folder / "twin.ipynb", right_page("01"))
    put(folder / "twin" / BY_NUMBER["01"].name, page("01", BOTH_WRONG))
    put(folder / "canvas_55_901_01-loss.ipynb", right_page("01"))
    put(folder / "canvas_55_902_00-start-here.ipynb", right_page("00"))
    put(folder / "own numbers.ipynb", right_page("03", seed=12))
    put(folder / "another's numbers.ipynb", page("03", {"03-term": copied_term()}, seed=13))
    put(folder / "syntax.ipynb", page("01", {"01-loss": 'def loss(y, Y)\n    return 0\n\n\ncheck("01-loss", loss)'}))
    put(
        folder / "two names.ipynb",
        page("01", {"01-loss": ANSWERS["01-loss"].replace("loss(y", "mine(y").replace(", loss", ", mine")}),
    )
    with zipfile.ZipFile(folder / "zipped.zip", "w") as archive:
        archive.writestr("a/01-loss.ipynb", json.dumps(right_page("01")))
        archive.writestr("__MACOSX/a/._01-loss.ipynb", "x")
    (folder / "no zip.zip").write_bytes(b"PK\x03\x04 and no more")
    (folder / ".DS_Store").write_bytes(b"\0")
    return folder


def copied_term():
    """What a neighbour with the seed 12 has found."""
    from bptt_lab.classroom.judge import numbers_of

    with numbers_of("12"):
        term = EXERCISES["03-term"].right()
    return f'term = np.array({term.tolist()!r})\n\ncheck("03-term", term)'


@pytest.fixture(scope="module")
def rows(folder, tmp_path_factory):
    return {row.student: row for row in grade(folder, tmp_path_factory.mktemp("out") / "grades", QUICK, jobs=2)}


def states(row):
    return {name: result.state for name, result in row.results.items()}


def of_01(row):
    return tuple(states(row)[name] for name in OF_01)


def test_every_hand_in_has_one_row(folder, rows):
    there = [path for path in folder.iterdir() if path.name != ".DS_Store"]
    assert len(rows) == len(there) - 1  # two files of Canvas are one student's
    assert {"all right_1", "twin", "twin (2)", "canvas_55", ODD} <= rows.keys()


def test_all_right_is_all_right(rows):
    assert set(states(rows["all right_1"]).values()) == {RIGHT}
    assert rows["all right_1"].remarks == []


def test_a_page_as_it_was_handed_out_is_not_attempted(rows):
    assert set(states(rows["nothing"]).values()) == {NOT_ATTEMPTED}


def test_known_mistakes_are_named_and_nothing_else_is_touched(rows):
    row = rows["known mistakes"]
    for name, (_, _, mistake) in ONE_WRONG_LINE.items():
        assert row.results[name].state == NOT_YET
        if mistake:
            assert row.results[name].mistake == mistake
    assert row.results["02-count"].state == NOT_ATTEMPTED


@pytest.mark.parametrize("name", WORSE)
def test_what_a_cell_does_costs_what_stands_behind_it_at_most(rows, name):
    loss, message = of_01(rows[name])
    assert loss == RIGHT
    assert message == (FAILED if name in ENDS_THE_PROCESS else RIGHT)
    assert bool(rows[name].remarks) == (name in ENDS_THE_PROCESS)


def test_why_a_process_ended_is_told(rows):
    assert "computed for more than 3 seconds in its code cell" in rows["deaf"].remarks[0]
    assert "ended with code 0 in its code cell" in rows["exits"].remarks[0]
    assert "ended by signal SIGSEGV" in rows["crashes"].remarks[0]


@pytest.mark.parametrize("name", [*CLAIMS, "stored outputs"])
def test_what_a_student_claims_counts_for_nothing(rows, name):
    assert RIGHT not in states(rows[name]).values()
    if "pipe" not in name and "sends" not in name:
        assert of_01(rows[name]) == (NOT_YET, NOT_YET)
    assert not Path("/tmp/bptt-evil").exists()


@pytest.mark.parametrize(
    ("name", "said"),
    [("empty", "it is empty"), ("nested", "damaged"), ("a picture", "damaged"), ("no zip", "no .zip")],
)
def test_what_is_no_notebook_is_told(rows, name, said):
    assert set(states(rows[name]).values()) == {FAILED}
    assert said in rows[name].remarks[0]


def test_a_damaged_page_costs_that_page(rows):
    assert of_01(rows["damaged"]) == (FAILED, FAILED)
    assert states(rows["damaged"])["00-dw"] == RIGHT
    assert states(rows["damaged"])["02-step"] == NOT_ATTEMPTED


@pytest.mark.parametrize("name", ["essay", "no cells"])
def test_what_has_no_answer_is_not_attempted(rows, name):
    assert set(states(rows[name]).values()) == {NOT_ATTEMPTED}


@pytest.mark.parametrize(
    "name",
    [
        "no checks",
        "no ids, another name",
        "müller o'neil $(x) \N{SNOWMAN}_123",
        '=HYPERLINK("x")',
        "zipped",
        "canvas_55",
    ],
)
def test_answers_are_found_under_any_name(rows, name):
    assert of_01(rows[name]) == (RIGHT, RIGHT)


def test_two_hand_ins_of_one_name_are_two(rows):
    assert {of_01(rows["twin"]), of_01(rows["twin (2)"])} == {(RIGHT, RIGHT), (NOT_YET, NOT_YET)}


def test_a_function_may_have_another_name(rows):
    assert of_01(rows["two names"]) == (RIGHT, NOT_ATTEMPTED)


def test_a_cell_with_an_error_failed_to_run(rows):
    assert of_01(rows["syntax"]) == (FAILED, NOT_ATTEMPTED)
    assert "SyntaxError" in rows["syntax"].results["01-loss"].message


def test_numbers_of_ones_own_are_judged_by_these_numbers(rows):
    assert states(rows["own numbers"])["03-term"] == RIGHT
    assert states(rows["another's numbers"])["03-term"] == NOT_YET
    assert rows["another's numbers"].seeds == ["13"]


# what is written


def test_the_table_and_the_page(rows, tmp_path):
    table, page = report.write(list(rows.values()), tmp_path, {"12": "Ann", "13": "Bob"})
    with table.open(encoding="utf-8-sig", newline="") as file:
        lines = {line["student"]: line for line in csv.DictReader(file)}
    assert len(lines) == len(rows)
    assert {lines["all right_1"][name] for name in EXERCISES} == {RIGHT}
    assert lines["own numbers"]["made for"] == "Ann"
    assert lines["twin"]["made for"] == "nobody"
    assert '\'=HYPERLINK("x")' in lines
    html = page.read_text(encoding="utf-8")
    assert "U is not transposed" in html
    assert not [name for name in ("müller", "HYPERLINK", "canvas") if name in html]


def test_an_earlier_table_is_kept_if_it_says_something_else(rows, tmp_path):
    table, _ = report.write(list(rows.values()), tmp_path)
    report.write(list(rows.values()), tmp_path)
    assert len(list(tmp_path.iterdir())) == 2
    table.write_text("my points")
    report.write(list(rows.values()), tmp_path)
    assert (tmp_path / "grades (1).csv").read_text() == "my points"


# stopped, and gone on with


def test_what_is_judged_is_not_judged_again(folder, tmp_path, monkeypatch):
    some = tmp_path / "some"
    for name in ("twin", "nothing"):
        shutil.copytree(folder / name, some / name)
    first = grade(some, tmp_path / "out", QUICK, jobs=1)
    put(some / "twin" / "00-start-here.ipynb", right_page("00"))
    asked = []
    monkeypatch.setattr(
        "bptt_lab.classroom.grade.results", lambda each, *more: asked.append(each.student) or results(each, *more)
    )
    again = {row.student: row for row in grade(some, tmp_path / "out", QUICK, jobs=1)}
    assert asked == ["twin"]
    assert again["nothing"] == first[0]
    assert states(again["twin"])["00-dw"] == RIGHT
    next(place for place in (tmp_path / "out" / KEPT).glob("*.json")).write_text("{")
    assert {row.student: row for row in grade(some, tmp_path / "out", QUICK, jobs=1)} == again


def test_stopped_it_keeps_what_is_done_and_goes_on(tmp_path):
    folder, out = tmp_path / "class", tmp_path / "out"
    put(folder / "ann.ipynb", right_page("01"))
    put(folder / "bob.ipynb", right_page("01", last="import time\ntime.sleep(10**6)"))
    code = f"{HEARS_SIGINT}from bptt_lab.cli import main; raise SystemExit(main())"
    command = [sys.executable, "-c", code, "class", "grade", str(folder), str(out), "--jobs", "2"]
    alone = {"start_new_session": True, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **alone) as running:
        while not list(out.glob(f"{KEPT}/*.json")):
            assert running.poll() is None, running.stderr.read()
            time.sleep(0.1)
        os.killpg(running.pid, signal.SIGINT)
        said = running.communicate(timeout=300)[1]
    assert running.returncode == 130, said
    assert "Traceback" not in said
    assert "the same command goes on from there" in said
    shutil.copy(folder / "ann.ipynb", folder / "bob.ipynb")
    again = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert again.returncode == 0, again.stderr
    assert "judged:  50%" in again.stderr


def test_one_that_sleeps_is_stopped_by_the_clock(tmp_path):
    put(tmp_path / "ann.ipynb", right_page("01", last="import time\ntime.sleep(10**6)"))
    (hand_in,) = handed.found(tmp_path)
    found, remarks, _ = results(hand_in, 1, Limits(seconds=60, wall=60)._replace(wall=20))
    assert "by the clock" in remarks[0]
    assert found["01-loss"].state == RIGHT


def test_where_something_else_lies_nothing_is_written(tmp_path):
    put(tmp_path / "class" / "ann.ipynb", right_page("01"))
    put(tmp_path / "out" / "thesis.txt", "mine")
    with pytest.raises(ValueError, match="OUT must be new"):
        grade(tmp_path / "class", tmp_path / "out")
    (tmp_path / "nobody").mkdir()
    with pytest.raises(ValueError, match="is empty"):
        grade(tmp_path / "nobody", tmp_path / "new")
    assert {path.name for path in tmp_path.iterdir()} == {"class", "out", "nobody"}
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["thesis.txt"]


def test_no_notebook_reads_what_others_handed_in(tmp_path):
    spy = f"other = open({str(tmp_path / 'ann.ipynb')!r}).read()\nloss = lambda y, Y: 0.5 * ((y - Y) ** 2).sum()"
    put(tmp_path / "ann.ipynb", right_page("01"))
    put(tmp_path / "spy.ipynb", {"cells": [code_cell(f'{spy}\ncheck = "01-loss"')]})
    rows = {row.student: row for row in grade(tmp_path, tmp_path.parent / f"{tmp_path.name}-out", QUICK, jobs=1)}
    assert of_01(rows["ann"]) == (RIGHT, RIGHT)
    assert RIGHT not in states(rows["spy"]).values()
