"""One look: each colour stands in look.py alone, stylesheets take it from there, and letters can be read on it."""

import re
from pathlib import Path

import pytest

import bptt_lab
from bptt_lab import look
from bptt_lab.graph import LiveGraph
from bptt_lab.panel.chart import LiveChart
from bptt_lab.panel.notice import Notice
from bptt_lab.practice.verdict import MARKS
from bptt_lab.predict.ask import Answer

LAB = Path(bptt_lab.__file__).parent
FILES = [path for path in sorted(LAB.rglob("*")) if path.suffix in (".py", ".js", ".css") and path != LAB / "look.py"]
COLOR = re.compile(r"#(?:[0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})\b", re.IGNORECASE)
SHEETS = {widget.__name__: widget._css for widget in (LiveGraph, LiveChart, Notice, Answer)}
USED = {found for sheet in SHEETS.values() for found in re.findall(r"var\(--bptt-([\w-]+)", sheet)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(LAB)))
def test_no_colour_stands_elsewhere(path):
    assert COLOR.findall(path.read_text(encoding="utf-8")) == []


def test_a_stylesheet_uses_what_the_look_has_and_no_more():
    assert set(look.VARIABLES) == USED
    for sheet in SHEETS.values():
        assert set(re.findall(r"--bptt-([\w-]+):", sheet)) == set(look.VARIABLES)
        assert "LEAST_WIDTH" not in sheet


def test_both_ways_of_drawing_have_the_colour_of_a_message():
    """What the stylesheet of the live graph says of a backward line, and what matplotlib draws with."""
    (name,) = re.findall(r"\.backward \.line \{ stroke: var\(--bptt-([\w-]+)\)", LiveGraph._css)
    assert re.findall(rf"--bptt-{name}: ([^;]+);", LiveGraph._css) == [look.BACKWARD["color"]]


@pytest.mark.parametrize("text", [look.FORWARD_TEXT, look.BACKWARD_TEXT, look.SMALL_PRINT, look.INK, look.SOFT_INK])
def test_letters_are_read_on_white(text):
    assert look.contrast(text, look.WHITE) >= 4.5


@pytest.mark.parametrize("tint", [look["fc"] for look in look.NODE_LOOKS.values()] + [look.CHOSEN])
def test_letters_are_read_in_a_box(tint):
    """Its label and numbers are black, its shape is small print."""
    assert look.contrast(look.SMALL_PRINT, tint) >= 4.5


@pytest.mark.parametrize("color", [color for _, color in MARKS.values()])
def test_white_letters_are_read_on_the_label_of_a_verdict(color):
    assert look.contrast(look.WHITE, color) >= 4.5


def test_contrast_is_that_of_the_guidelines():
    assert look.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert look.contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)  # the palest grey that passes


@pytest.mark.parametrize("color", ["#d55e00", "#ff00ff", "#ffff00", "#0072b2", "#000000"])
def test_a_colour_for_text_is_the_same_or_darker(color):
    text = look.for_text(color)
    assert look.contrast(text, look.WHITE) >= 5
    assert text == color or look.contrast(text, look.WHITE) < 5.4  # no darker than it must be
