"""What nbval does not see: that the notebooks were run at all, and that the stored pictures are today's."""

import ast
import base64
import contextlib
import io
import re
import sys
from itertools import pairwise
from types import ModuleType, SimpleNamespace

import nbformat
import numpy as np
import pytest
from PIL import Image

import bptt_core
from bptt_lab.pages import EXERCISES
from bptt_lab.pages.graphs import GraphPanel
from bptt_lab.pages.proof import WitnessPanel
from bptt_lab.panel import Panel
from bptt_lab.published import EVERY, PAGES
from tools import colab
from tools.pictures import moving_pictures, still_pictures
from tools.regenerate_notebooks import METADATA

STEPS = [path.stem for path in PAGES]
every_notebook = pytest.mark.parametrize("path", PAGES, ids=STEPS)
every_file = pytest.mark.parametrize("path", EVERY, ids=[path.stem for path in EVERY])


def read(path):
    return nbformat.read(path, as_version=4)


def code_cells(path):
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def prose(path):
    return "\n\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")


def outputs(path):
    return [output for cell in code_cells(path) for output in cell.outputs]


def test_the_pages_are_numbered_and_each_has_its_solutions():
    assert [stem[:2] for stem in STEPS] == [f"{n:02d}" for n in range(len(STEPS))]
    assert all(path.exists() for path in EVERY)


def is_shown(output):
    """What `check` has shown, or an answer that is folded."""
    html = output.get("data", {}).get("text/html", "")
    return output.output_type == "display_data" and ("bptt-verdict" in html or html.startswith("<details>"))


@every_file
def test_was_run_in_order_in_a_fresh_kernel(path):
    cells = code_cells(path)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    for cell in cells:
        results = [output for output in cell.outputs if output.output_type == "execute_result"]
        assert all(result.execution_count == cell.execution_count for result in results)


@every_notebook
def test_holds_outputs_that_nbval_can_compare(path):
    cells = code_cells(path)
    silent = [cell for cell in cells if not cell.outputs]
    assert len(silent) <= 2  # Colab's cell, and the imports at most
    for cell in cells:
        assert sum(output.output_type == "stream" for output in cell.outputs) <= 1, "one text, cut by chance"
        for output in cell.outputs:
            assert output.output_type in ("stream", "execute_result") or is_shown(output)
            # a PNG alone would not be compared: words must stand beside it
            assert output.get("text") or output.data.get("text/plain")
    assert sum("image/png" in output.get("data", {}) for output in outputs(path)) >= 1


@every_file
def test_stores_nothing_that_differs_from_run_to_run(path):
    notebook = read(path)
    assert notebook.metadata == METADATA
    assert all(cell.metadata == {} for cell in notebook.cells if not colab.is_ours(cell))
    for output in outputs(path):
        assert output.get("name") != "stderr", "a warning is stored"
        data = output.get("data", {})
        assert set(data) <= ({"text/plain", "text/html"} if "text/html" in data else {"text/plain", "image/png"})
        text = output.get("text", "") + data.get("text/plain", "")
        assert not re.search(r"0x[0-9a-fA-F]{6,}", text), "a memory address"
        assert not re.search(r"ipykernel_\d|(?<![\w.])/(?:tmp|home|root|Users|var|opt)/|[A-Z]:\\", text), "a path"
        assert "-0.000" not in text.replace("−", "-"), "a zero with a minus sign"


@every_file
def test_on_colab_the_first_code_cell_installs_what_the_page_needs(path, monkeypatch):
    """In the page's version; elsewhere, as the outputs show, it does nothing."""
    first, *others = code_cells(path)
    assert (first.source, first.metadata, first.outputs) == (colab.SOURCE, colab.METADATA, []), (
        "python -m tools.colab mends it"
    )
    assert not any(map(colab.is_ours, others))
    asked = []
    shell = SimpleNamespace(run_line_magic=lambda *magic: asked.append(magic))
    exec(first.source, {"get_ipython": lambda: shell})
    assert asked == []
    monkeypatch.setitem(sys.modules, "google.colab", ModuleType("google.colab"))
    exec(first.source, {"get_ipython": lambda: shell})
    assert asked == [("pip", f"install --quiet bptt-companion=={colab.VERSION} anywidget")]


@every_file
def test_nothing_is_kept_from_nbval(path):
    for cell in code_cells(path):
        assert not re.search(r"NBVAL|PYTEST_VALIDATE", cell.source)
    assert path.stat().st_size < 1_500_000


@every_notebook
def test_stored_pictures_are_what_the_panels_draw_today(path):
    """Run the cells here, and compare each panel's picture with the stored one, pixel by pixel."""
    names = {}
    compared = 0
    for cell in code_cells(path):
        tree = ast.parse(cell.source)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(tree, path.name, "exec"), names)
            result = eval(compile(ast.Expression(last.value), path.name, "eval"), names) if last else None
        if isinstance(result, Panel):
            (stored,) = (output.data for output in cell.outputs if "data" in output)
            assert stored["text/plain"] == repr(result)
            today = result._repr_mimebundle_()[0]["image/png"]
            check_same_picture(pixels(base64.b64decode(stored["image/png"])), pixels(base64.b64decode(today)), result)
            compared += 1
    assert compared >= 1


def check_same_picture(stored, today, panel):
    """On another processor an edge may differ by a shade; a changed digit differs by black on white.

    Where the words give a bound, the marks show rounding errors, of which no two processors make the same. There marks
    may move between the axes: from one computer to another that was 0.3 to 1.1 percent of the area.
    """
    changed = np.abs(stored - today).max(axis=2) >= 64
    if "≤" in repr(panel):
        between = between_axes(panel.chart.figure, changed.shape)
        assert changed[between].mean() < 0.02
        changed &= ~between
    assert not changed.any()


def between_axes(figure, shape):
    """Which pixels of the figure's picture lie between axes, and half a mark beyond."""
    height, width = shape
    inside = np.zeros(shape, bool)
    for ax in figure.axes:
        box = ax.get_position()
        left, right = int(box.x0 * width) - 8, int(box.x1 * width) + 8
        top, bottom = int((1 - box.y1) * height) - 8, int((1 - box.y0) * height) + 8
        inside[max(top, 0) : bottom, max(left, 0) : right] = True
    return inside


def test_a_changed_label_is_seen_where_marks_may_move():
    panel = WitnessPanel()
    before = np.asarray(panel.still()).astype(int)
    check_same_picture(before, before, panel)
    panel.chart.figure.axes[0].set_xlabel("relative differences")
    after = np.asarray(panel.still()).astype(int)
    with pytest.raises(AssertionError):
        check_same_picture(before, after, panel)


def verdicts(path):
    shown = [output.data for output in outputs(path) if output.output_type == "display_data"]
    return [data["text/plain"] for data in shown if "bptt-verdict" in data.get("text/html", "")]


@every_notebook
def test_every_exercise_is_on_its_page_empty_and_solved_in_the_solutions(path):
    ids = [exercise.id for exercise in EXERCISES.values() if exercise.page == path.stem[:2]]
    assert len(ids) >= (1 if path == PAGES[0] else 2)
    assert [said.partition(":")[0] for said in verdicts(path)] == ids
    assert all(f"{name}: not attempted. {EXERCISES[name].task}" in verdicts(path) for name in ids)
    solved = path.parent / "solutions" / f"{path.stem}-solutions.ipynb"
    assert [said.partition(".")[0] for said in verdicts(solved)] == [f"{name}: right" for name in ids]
    assert f"](solutions/{solved.name})" in prose(path)
    assert f"](../{path.name})" in prose(solved)


def test_the_moving_picture_in_the_readme_is_todays():
    for path, today in moving_pictures().items():
        assert path.read_text(encoding="utf-8") == today, f"python -m tools.pictures draws {path.name} anew"
        assert len(today) < 400_000


def test_the_moving_picture_shows_each_stage_as_the_live_graph_does():
    panel = GraphPanel("backward")
    scene = panel.graph.scene
    stages = next(iter(moving_pictures().values())).split('<g class="stage')[1:]
    assert len(stages) == scene.whole + 1
    for stage, drawn in enumerate(stages):
        assert drawn.count(' waiting">') == sum(part.stage > stage for part in scene.parts)
        assert drawn.count(' fresh">') == sum(part.stage == stage > 0 for part in scene.parts)


def test_the_pictures_of_the_paper_are_todays():
    for path, panel in still_pictures().items():
        check_same_picture(pixels(path.read_bytes()), np.asarray(panel.still()).astype(int), panel)


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


@every_notebook
def test_one_title_no_skipped_heading_and_an_end_on_your_own(path):
    heads = [(len(marks), title) for marks, title in re.findall(r"^(#+) (.+)$", prose(path), flags=re.MULTILINE)]
    levels = [level for level, _ in heads]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert heads[-1][1] == "On your own"


@every_notebook
def test_says_what_you_will_do_learn_and_need_and_links_on(path):
    first = read(path).cells[0].source
    for promise in ("**You will do:**", "**You will learn:**", "**You need:**"):
        assert promise in first
    for target in re.findall(r"\]\(([^)#]+)\)", prose(path)):
        assert (path.parent / target).exists(), target


@every_file
def test_the_first_cell_asks_to_run_all(path):
    assert "**Start:** choose *Run ▸ Run All Cells* in the menu, then come back up here." in read(path).cells[0].source


@every_notebook
def test_the_last_cell_leads_back_to_the_top(path):
    """Run All leaves the reader there. A front end makes a heading's anchor of its words."""
    title = re.match("# (.+)", read(path).cells[0].source)[1]
    assert f"[Back to the top](#{title.replace(' ', '-')})" in read(path).cells[-1].source


def test_every_equation_of_the_section_is_shown_once_and_named_by_its_function():
    shown = {}
    for path in PAGES:
        for cell in read(path).cells:
            for tag in re.findall(r"\\tag\{(7\.\d)\}", cell.source):
                assert tag not in shown
                assert re.search(r"In code|`\w+`", cell.source), f"{path.stem} shows {tag} and names no function"
                shown[tag] = path.stem
    assert sorted(shown) == ["7.3", "7.4", "7.5", "7.6", "7.7", "7.8", "7.9"]


def test_functions_that_are_named_exist():
    """Every name in backticks that is called a function of a file of bptt_core is one."""
    named = {
        (name, module)
        for path in PAGES
        for names, module in re.findall(r"((?:`\w+`(?:, | and )?)+) in `(?:bptt_core/)?(\w+)\.py`", prose(path))
        for name in re.findall(r"\w+", names.replace("and", ""))
    }
    assert {module for _, module in named} >= {"loss", "forward", "backward", "jacobians", "check"}
    for name, module in named:
        assert getattr(bptt_core, name).__module__ == f"bptt_core.{module}", name
