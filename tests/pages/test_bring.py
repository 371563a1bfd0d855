"""Page 08: its broken passes are found, its mended ones are right, and its exercises are judged in any layout."""

import ast

import nbformat
import numpy as np
import pytest

from bptt_core import forward
from bptt_lab.doctor import case, diagnose, examine
from bptt_lab.pages import EXERCISES, check
from bptt_lab.pages.bring import exercises, questions, word
from bptt_lab.published import NOTEBOOKS

LAYOUTS = {"08-rows": ("rows", "last"), "08-torch": ("torch batch first", "all"), "08-unnamed": ("columns", "last")}
every_exercise = pytest.mark.parametrize("name", LAYOUTS)


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    """The reader's progress file, in a folder of its own."""
    monkeypatch.setenv("BPTT_PROGRESS", str(tmp_path / "progress.json"))


@pytest.fixture(scope="module")
def page():
    """The functions that stand on the page, by name."""
    notebook = nbformat.read(NOTEBOOKS / "08-bring-your-own.ipynb", as_version=4)
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    names = {}
    kinds = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.Assign)
    body = [node for node in ast.parse(code).body if isinstance(node, kinds)]
    exec(compile(ast.Module(body, []), "page 08", "exec"), names)
    return names


def test_every_exercise_of_the_page_is_tried_here():
    assert LAYOUTS.keys() == {name for name in EXERCISES if name.startswith("08")}


# The worked passes


def test_the_spelling_net(page):
    wrong, right = (diagnose(**page["given"], **page["characters"](mended=mended)) for mended in (False, True))
    assert [(finding.slip, finding.gradients) for finding in wrong.findings] == [("transpose", ("dW", "dU", "db"))]
    assert right.verdict == "right"
    assert "cross entropy" in right.convention


def test_the_panel_of_the_spelling_net_shows_its_messages(page):
    """What g' = 1 is for: the picture's messages are those of softmax and cross entropy."""
    example = word.spelling()
    trace = forward(example.net, example.x)
    np.testing.assert_allclose(trace.y.sum(axis=1), 1, rtol=1e-14)
    np.testing.assert_allclose(trace.y, page["characters"]()["y"], rtol=1e-13)
    assert questions.spelling_told().verdict == "right"


def test_the_layer(page):
    given = page["layer_case"]
    wrong, right = (diagnose(**given, **page["layer"](**given, mended=mended)) for mended in (False, True))
    assert [(finding.slip, finding.gradients) for finding in wrong.findings] == [("range", ("dU",))]
    assert right.verdict == "right"


def test_time_last(page):
    square = page["square"]
    brought = dict(zip(("y", "dW", "dU", "db", "dV", "dc"), page["time_last"](**square), strict=True))
    hidden = diagnose(**square, **brought)
    assert hidden.verdict == "right"
    assert any("N = T+1" in note for note in hidden.notes)
    wrong = examine(page["time_last"], "time last")
    assert "loop N" in [finding.slip for finding in wrong.findings]
    assert examine(lambda *given: page["time_last"](*given, mended=True), "time last").verdict == "right"


# The exercises


@every_exercise
def test_the_right_answer_is_right_to_the_doctor_too(name):
    layout, outputs = LAYOUTS[name]
    right = EXERCISES[name].right
    assert examine(lambda *given: right(*given), layout, outputs=outputs).verdict == "right"


@pytest.mark.parametrize(
    ("name", "slips", "known"),
    [
        ("08-rows", ("without 0",), "the first step is left out"),
        ("08-torch", ("late", "mean b"), "two mistakes are made at once: f′ is multiplied before the message of later"),
        ("08-unnamed", ("",), ""),
    ],
)
def test_the_broken_pass_is_told_by_the_doctor_and_is_not_right_yet(page, name, slips, known):
    layout, outputs = LAYOUTS[name]
    broken = page[name.partition("-")[2]]
    told = examine(broken, layout, outputs=outputs)
    assert told.verdict == "wrong"
    assert tuple(finding.slip for finding in told.findings) == slips
    verdict = check(name, broken)
    assert verdict.state == "not yet"
    assert verdict.mistake.startswith(known)
    assert bool(verdict.mistake) == bool(known)


@every_exercise
def test_what_no_mistake_gives_is_told_by_the_doctor(name):
    def half_of_U(*given):
        dW, dU, *others = EXERCISES[name].right(*given)
        return dW, dU / 2, *others

    verdict = check(name, half_of_U)
    assert (verdict.state, verdict.mistake) == ("not yet", "")
    assert verdict.message.startswith("The doctor says: dU ")


@every_exercise
def test_no_two_sizes_of_a_hidden_case_are_equal_but_those_that_are_one(name):
    for steps, N in exercises.SIZES:
        layout, outputs = LAYOUTS[name]
        given = case(layout, outputs=outputs, steps=steps, N=N)
        n_x, n_h, n_y = (given[name].size // (6 if name != "b" else 1) for name in ("W", "b", "V"))
        sizes = [size for size in (n_x, n_h, n_y, steps, N) if size > 1]
        assert len(set(sizes)) == len(sizes)
