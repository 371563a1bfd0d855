"""The pictures of README and of the paper, drawn by the panels themselves.

    python -m tools.pictures

README's moves by itself: the walk through the backward graph, stage by stage, as one SVG without a script. Who has
asked for less motion sees the whole graph, still.
"""

import re
from pathlib import Path

from bptt_lab.graph import svg
from bptt_lab.look import css
from bptt_lab.pages.graphs import GraphPanel
from bptt_lab.pages.proof import BreakPanel
from bptt_lab.panel.paper import png

ROOT = Path(__file__).resolve().parent.parent
LAB = ROOT / "bptt_lab"
BEAT, REST = 1.1, 4  # seconds from stage to stage; beats for which the whole graph stands
PART = re.compile(r'<g class="(?P<look>(?:node|edge) [^"]*)" data-key="[^"]*"[^>]* data-from="(?P<start>\d+)"[^>]*>')
MOTION = """
.stage { animation: shown DURATIONs step-end infinite; }
@keyframes shown { 0% { visibility: visible; } SHARE% { visibility: hidden; } }
.stage.whole { animation-name: rest; }
@keyframes rest { 0% { visibility: visible; } REST% { visibility: hidden; } }
@media (prefers-reduced-motion: reduce) {
  .stage { animation: none; visibility: hidden; }
  .stage.whole { visibility: visible; }
}
"""
DARK = ":root { filter: invert(0.93) hue-rotate(180deg); }\n"  # as in panel.css


def moving(panel, title, dark=False) -> str:
    """The walk of a WalkPanel as an SVG that shows one stage after the other, in the looks of the live graph."""
    (frame,) = panel.graph.frames
    scene, drawn = frame.scene, svg([frame], panel.graph.unit)
    whole = scene.whole
    duration = BEAT * (whole + REST)
    motion = MOTION.replace("DURATION", f"{duration:.1f}").replace("SHARE", f"{100 * BEAT / duration:.3f}")
    motion = motion.replace("REST", f"{100 * BEAT * REST / duration:.3f}")
    sheet = css((LAB / "graph" / "graph.css").read_text(encoding="utf-8")) + motion + DARK * dark
    stages = "".join(_as_of(drawn, stage, whole, duration) for stage in range(whole + 1))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {scene.width} {scene.height}" width="{scene.width}" '
        f'height="{scene.height}" role="img" aria-label="{title}"><style><![CDATA[{sheet}]]></style>'
        f'<g class="bptt-graph">{stages}</g></svg>\n'
    )


def _as_of(drawn, stage, whole, duration):
    """The live graph as graph.js shows it as of that stage."""

    def part(found):
        start = int(found["start"])
        state = " waiting" if start > stage else " fresh" if start == stage > 0 else ""
        return f'<g class="{found["look"]}{state}">'

    late = f"animation-delay: {stage * BEAT - duration:.1f}s"
    name = "stage whole" if stage == whole else "stage"
    return f'<g class="{name}" style="{late}">{PART.sub(part, drawn)}</g>'


def moving_pictures() -> dict:
    """{path: SVG}"""
    panel = GraphPanel("backward")
    title = "The message of back propagation through time runs from the loss back to the year 1952, stage by stage"
    return {
        ROOT / "docs" / "step-back.svg": moving(panel, title),
        ROOT / "docs" / "step-back-dark.svg": moving(panel, title, dark=True),
    }


def still_pictures() -> dict:
    """{path of a PNG: the panel that draws it}"""
    broken = BreakPanel()
    broken.inputs["key"].value = "transpose"
    return {ROOT / "paper" / "backward-graph.png": GraphPanel("backward"), ROOT / "paper" / "checks.png": broken}


def draw_all():
    for path, drawn in moving_pictures().items():
        path.write_text(drawn, encoding="utf-8")
    for path, panel in still_pictures().items():
        path.write_bytes(png(panel.still(), compress_level=9))


if __name__ == "__main__":
    draw_all()
