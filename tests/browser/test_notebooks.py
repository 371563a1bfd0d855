"""Every notebook as a reader meets it: opened in JupyterLab, run, and its controls turned with the keyboard."""

from shutil import copy

import numpy as np
import pytest
from playwright.sync_api import expect

from bptt_core import backward, forward, step_terms
from bptt_lab.data import running_example
from bptt_lab.numbers import number
from bptt_lab.published import PAGES
from bptt_lab.symbols import plain
from tests.harness.checks import (
    check_asleep,
    check_controls,
    check_no_errors,
    check_painted,
    check_reset,
    check_saved,
    check_still,
    check_words,
)
from tests.harness.stored import twins

every_notebook = pytest.mark.parametrize(
    "shared_notebook", [path.name for path in PAGES], indirect=True, scope="module"
)


@every_notebook
def test_every_panel_is_there_and_says_what_it_says_elsewhere(notebook):
    expected = twins(notebook.name)
    assert len(notebook.panels) == len(expected) >= 1
    for panel, twin in zip(notebook.panels, expected, strict=True):
        check_painted(panel)
        check_words(panel, twin)
        for control in panel.controls:
            control.turn(control.ways[0])
        check_words(panel, twin)


@every_notebook
def test_every_control_changes_the_picture(notebook):
    for panel in notebook.panels:
        check_controls(panel)


@every_notebook
def test_reset_brings_back_the_beginning(notebook):
    for panel in notebook.panels:
        check_reset(panel)


@every_notebook
def test_no_part_moves(notebook):
    for panel in notebook.panels:
        check_still(panel)


@every_notebook
def test_saved_and_opened_another_day_it_shows_its_pictures(notebook, pages, open_in_lab, open_in_notebook):
    """In both front ends. Under another name it has a kernel of its own, which has run nothing."""
    before = [(panel.pictures(), panel.words()) for panel in notebook.panels]
    assert not any(panel.sleeps() for panel in notebook.panels)
    notebook.save()
    copy(pages / notebook.name, pages / f"later-{notebook.name}")
    check_saved(pages / notebook.name, panels=len(before))
    for open_later in (open_in_lab, open_in_notebook):
        with open_later(f"later-{notebook.name}") as later:
            check_asleep(later, before)
            check_no_errors(later)


@every_notebook
def test_the_end_of_a_page_leads_back_to_its_beginning(notebook):
    """Run All leaves the reader at the last cell."""
    title = notebook.page.locator(".jp-MarkdownCell h1").first
    notebook.page.get_by_role("link", name="Back to the top").click()
    expect(title).to_be_in_viewport()


def seven_steps():
    """What some panels say when T is 6, worked out here: notebook and words."""
    example = running_example(6)
    trace = forward(example.net, example.x)
    back = backward(trace, example.Y)
    y, last = trace.y.item(), ", ".join(number(value) for value in trace.h[6, :, 0])
    size = [number(np.linalg.norm(dh)) for dh in back.dh]
    dU = number(step_terms(trace, back).dU[:, 0, 0].sum())
    return [
        ("00-start-here.ipynb", f"(T = 6: t = 0 … 6), and answers {100 * y:.1f} sunspots".replace("-", "−")),
        ("02-forward-graph.ipynb", f"is h^(6) = ({last}). From it alone the dense layer makes y = {number(y)}"),
        ("04-recursive-dh.ipynb", f"|dh^(6)| = {size[6]} in 1956, where it starts."),
        ("04-recursive-dh.ipynb", f"in 1950, |dh^(0)| = {size[0]}"),
        ("05-gradient-sums.ipynb", f"dU[0, 0] = {dU}, the sum of 7 terms"),
    ]


@pytest.mark.parametrize(("shared_notebook", "words"), seven_steps(), indirect=["shared_notebook"], scope="module")
def test_two_keys_show_the_numbers_of_seven_steps(notebook, words):
    for panel in notebook.panels:
        for control in panel.controls:
            if control.label == "T":
                control.turn("ArrowRight")
                control.turn("ArrowRight")
    assert sum(words in plain(panel.words()) for panel in notebook.panels) == 1
