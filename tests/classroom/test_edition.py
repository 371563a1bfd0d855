"""The student edition: nothing of it gives an answer away, and numbers of one's own leave the questions as they are."""

import csv
import json
import re

import nbformat
import numpy as np
import pytest

from bptt_lab.classroom.edition import cleared, folders, listed, make
from bptt_lab.classroom.judge import _own_cells, numbers_of
from bptt_lab.classroom.needed import needed
from bptt_lab.data import running_example, small_net
from bptt_lab.pages import QUESTIONS
from bptt_lab.published import PAGES
from tests.harness.a_class import right_page


def test_it_has_every_page_without_outputs_and_solutions(tmp_path):
    out = make(tmp_path / "edition")
    assert {path.name for path in out.iterdir()} == {page.name for page in PAGES}
    for page in PAGES:
        made = nbformat.read(out / page.name, as_version=4)
        nbformat.validate(made)
        code = [cell for cell in made.cells if cell.cell_type == "code"]
        assert not any(cell.outputs or cell.execution_count for cell in code)
        assert "solutions" not in re.sub(
            "solutions of this page", "", json.dumps(made).replace("The solutions", "solutions")
        )


def test_it_is_never_written_over_something(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "01-loss.ipynb").write_text("my work")
    with pytest.raises(ValueError, match="OUT must be a new folder"):
        make(tmp_path / "mine")
    assert [path.read_text() for path in (tmp_path / "mine").iterdir()] == ["my work"]
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_each_student_has_a_seed_in_every_page_and_the_list_says_which(tmp_path):
    names = tmp_path / "names.csv"
    names.write_text("id;x,student\n1,Ann Müller\n2,../../etc\n3,ann müller\n4,\n", encoding="utf-8")
    out = make(tmp_path / "edition", listed(str(names)))
    with (out / "seeds.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["student"] for row in rows] == ["Ann Müller", "../../etc", "ann müller"]
    assert [row["folder"] for row in rows] == ["Ann Müller", "etc", "ann müller (2)"]
    assert len({row["seed"] for row in rows}) == 3
    for row in rows:
        for page in PAGES:
            assert f"%env BPTT_SEED={row['seed']}" in (out / row["folder"] / page.name).read_text(encoding="utf-8")


def test_a_list_may_be_a_number_and_a_bad_one_is_told(tmp_path):
    assert listed("3") == ["student 001", "student 002", "student 003"]
    for said in ("0", str(tmp_path / "nothing.csv"), str(tmp_path)):
        with pytest.raises(ValueError, match="--seed-per-student must be a number"):
            listed(said)
    (tmp_path / "empty.csv").write_text("student\n\n")
    with pytest.raises(ValueError, match="there is no name"):
        listed(str(tmp_path / "empty.csv"))


def test_folders_are_names_that_every_file_system_takes():
    assert folders(["a/b", "..", "a<b>", "A B.", "SEEDS.csv"]) == ["ab", "student", "ab (2)", "A B", "SEEDS.csv (2)"]


@pytest.mark.parametrize("seed", [0, 1, 987_654_321])
def test_numbers_differ_and_questions_do_not(seed):
    asked = {name: each.find().right for name, each in QUESTIONS.items() if name[:2] in ("00", "01", "03", "04", "05")}
    usual = small_net().params
    with numbers_of(str(seed)):
        own = small_net().params
        assert {name: QUESTIONS[name].find().right for name in asked} == asked
        assert running_example().labels[-1] == 1956
    for ours, theirs in zip(own, usual, strict=True):
        assert np.all(np.abs(ours - theirs) < 0.2 * np.abs(usual.U).max())
    assert not np.isclose(own.U, usual.U, rtol=1e-4).any()
    np.testing.assert_allclose(own.U @ own.U.T, np.eye(3), atol=1e-14)
    assert np.array_equal(small_net().params.U, usual.U)


@pytest.mark.parametrize("text", ["-1", "x", "1.5", "²"])
def test_a_seed_that_is_none_is_told(monkeypatch, text):
    monkeypatch.setenv("BPTT_SEED", text)
    with pytest.raises(ValueError, match="BPTT_SEED must be an integer"):
        small_net()


# which cells an answer can depend on

OWN = ("import numpy as np\nx = 1", "draw(x)", "y = x + 1", 'def f():\n    return ...\n\n\ncheck("01-f", f)')
ANSWER = 'def f():\n    return {}\n\n\ncheck("01-f", f)'


@pytest.mark.parametrize(
    ("answer", "more", "expected"),
    [
        ("0", (), [3]),
        ("x", (), [0, 3]),
        ("y", (), [0, 2, 3]),
        ("np.e", (), [0, 3]),
        ("z", ("z = y",), [0, 2, 3, 4]),
        ('eval("y")', (), [0, 1, 2, 3]),
        ("0", ("%run other.py",), [0, 1, 2, 3, 4]),
        ("0", ("x +",), [3, 4]),
        ("0", ("%env BPTT_SEED=3",), [3, 4]),
        ("g()", ("def g():\n    return y",), [0, 2, 3, 4]),
    ],
)
def test_a_cell_runs_if_an_answer_can_depend_on_it(answer, more, expected):
    assert needed((*OWN[:3], ANSWER.format(answer), *more), OWN) == expected


@pytest.mark.parametrize("number", ["00", "02", "03", "05", "06", "07", "08"])
def test_of_our_pages_no_net_is_trained_and_no_panel_drawn(number):
    cells = [cell["source"] for cell in right_page(number, seed=1)["cells"] if cell["cell_type"] == "code"]
    cells = ["".join(cell) for cell in cells]
    run = [cells[n] for n in needed(cells, _own_cells())]
    assert 3 <= len(run) < len(cells)
    assert not [cell for cell in run if re.search(r"Panel\(|learn\(|compare\(", cell.partition("check(")[0])]


def test_cleared_changes_nothing_else():
    page = json.loads(PAGES[1].read_bytes())
    made = cleared(page)
    assert [cell["cell_type"] for cell in made["cells"]] == [cell["cell_type"] for cell in page["cells"]]
    assert page == json.loads(PAGES[1].read_bytes())
