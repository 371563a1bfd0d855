"""The map of a page: the forward and the backward graph of a short net, small and without numbers.

lights.js shows it where a symbol is touched and no graph in sight has its boxes.
"""

import re

from bptt_lab.data import running_example
from bptt_lab.example import run_of
from bptt_lab.graph.frames import frames_of
from bptt_lab.graph.scene import Edge
from bptt_lab.graph.svg import svg

T = 2  # the last step: three columns, with a first, a last, and one in between
PASSES = ("forward", "backward")
MARGIN = 8
LEFT_OUT = re.compile(r'<text class="(?!label)[^"]*".*?</text>|<rect class="paper"[^>]*>')  # texts but the symbols
NUMBERS = re.compile(r', shape [^"]*')  # in a part's name


def pictures() -> list:
    """Both graphs as SVG."""
    run = run_of(running_example(T))
    return [_small(frames_of(each, run)) for each in PASSES]


def _small(frames):
    scene = frames[0].scene
    left, top, right, bottom = _edges(scene.parts)
    drawn = NUMBERS.sub("", LEFT_OUT.sub("", svg(frames))).replace('role="button"', 'role="img"')
    box = f"{left:.0f} {top:.0f} {right - left:.0f} {bottom - top:.0f}"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" role="group" aria-label="{scene.kind} graph">'
    return re.sub(r"<svg.*?>", head, drawn, count=1)


def _edges(parts):
    """Where they begin and end: left, top, right, bottom."""
    points = [point for part in parts if isinstance(part, Edge) for point in part.points]
    for part in parts:
        if not isinstance(part, Edge):
            aside = part.width / 2
            points += [(part.x - aside, part.top), (part.x + aside, part.top + part.height)]
    across, down = zip(*points, strict=True)
    return min(across) - MARGIN, min(down) - MARGIN, max(across) + MARGIN, max(down) + MARGIN
