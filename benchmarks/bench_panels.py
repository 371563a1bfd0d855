"""How long a reader waits: from the key press on a slider to the new picture, painted. Panels and the usual way.

    python -m benchmarks.bench_panels [name ...]      writes benchmarks/panels.md, or prints the rows that are named

Each panel stands in a notebook beside the usual way to make its pictures, and is measured in a headless Chromium.
"""

import os
import sys
import tempfile
from base64 import b64decode
from importlib.metadata import version
from io import BytesIO
from math import isclose
from pathlib import Path
from shutil import copy
from statistics import median, quantiles
from typing import NamedTuple

import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright

from tests.harness.lab import LabPage, PanelOnPage, find_chromium, jupyter, launch_options, write_notebook

HERE = Path(__file__).resolve().parent
PRESSES = 40
LOOK = 200  # milliseconds that a reader looks at the new picture before the next key
BLOCK = 8  # presses of the panel, then as many of the usual way, so that both have the same load beside them
TABLE = [  # name, the panel, the slider
    ("window", "WindowPanel()", "T"),
    ("loss", "LossPanel(1.24)", "y"),
    ("states", "StatesPanel()", "T"),
    ("activation", "ActivationPanel()", "ĥ"),
    ("blame", "BlamePanel()", "T"),
    ("radius", "RadiusPanel()", "radius of U"),
    ("terms", "TermsPanel()", "T"),
    ("truncation", "TruncationPanel()", "T"),
    ("witnesses", "WitnessPanel()", "T"),
    ("error against ε", "EpsilonPanel()", "log₁₀ ε"),
    ("what was learnt", "at(LearningPanel(), epoch=300)", "epoch"),
    ("forecasts", "at(ForecastPanel(), epoch=300)", "epoch"),
    ("fading", "at(FadingPanel(), epoch=300)", "epoch"),
    ("clipping", "ClippingPanel()", "U times"),
    ("forward graph, T = 8", "at(GraphPanel('forward'), T=8)", "T"),
    ("backward graph, T = 8", "at(GraphPanel('backward'), T=8)", "T"),
    ("backward graph, T = 8, step by step", "at(GraphPanel('backward'), T=8, stage=4)", "stage"),
    ("one link, T = 8", "at(GraphPanel('link'), T=8)", "stage"),
    ("step back, T = 8", "at(StepBackPanel(), T=8)", "T"),
]


class Row(NamedTuple):
    """Milliseconds, one per press; frames, and those of them in which a picture was blank; how much the page moved;
    milliseconds until a burst of keys was caught up."""

    name: str
    panel: list
    usual: list
    frames: list
    shift: float
    burst: float


def measure(lab, name, label, presses=PRESSES) -> Row:
    panel, usual = both(lab)
    times = {panel: [], usual: []}
    for root in (panel, usual):  # to warm up
        press(root, label, 2)
    while len(times[usual]) < presses:
        for root in (panel, usual):
            times[root] += press(root, label, min(BLOCK, presses))
    row = Row(name, times[panel], times[usual], *watch(panel, label), burst(panel, label))
    errors = lab.errors()
    assert not errors, errors
    return row


def both(lab):
    """The panel and the usual way, with the clock started up in their page."""
    lab.page.add_script_tag(path=HERE / "bench.js")
    return [PanelOnPage(lab, lab.page.locator(root)) for root in (".bptt-panel", ".usual")]


def press(root, label, times) -> list:
    """One key at a time, forth and back: milliseconds until the picture has changed and is painted."""
    milliseconds = []
    slider = root.control(label).row.get_by_role("slider")
    slider.focus()
    for i in range(times):
        root.root.evaluate("bench.arm")
        root.lab.page.keyboard.press(("ArrowRight", "ArrowLeft")[i % 2])
        milliseconds.append(root.lab.page.evaluate("bench.result"))
        root.lab.settle()
        root.lab.page.wait_for_timeout(LOOK)  # with nothing on the wire: a key at once would wait for TCP's late ACK
    return milliseconds


def watch(panel, label):
    """Film a block of presses. Returns for each frame whether a picture was blank in it, and the layout shift."""
    panel.root.evaluate("root => root.scrollIntoView()")
    boxes, film = panel.boxes(), []
    places = [picture.bounding_box() for picture in panel.root.locator(".bptt-picture").all()]
    camera = panel.lab.context.new_cdp_session(panel.lab.page)

    def keep(frame):
        film.append(frame["data"])
        camera.send("Page.screencastFrameAck", {"sessionId": frame["sessionId"]})

    camera.on("Page.screencastFrame", keep)
    panel.lab.page.evaluate("bench.watchShifts()")
    camera.send("Page.startScreencast", {"format": "jpeg"})
    press(panel, label, BLOCK)
    camera.send("Page.stopScreencast")
    assert len(film) >= BLOCK, "the film has fewer frames than there were presses"
    assert panel.boxes() == boxes, "a part has moved"
    return [any(is_blank(data, place) for place in places) for data in film], panel.lab.page.evaluate("bench.shifts()")


def is_blank(jpeg, place):
    """Whether one colour fills the place."""
    frame = np.asarray(Image.open(BytesIO(b64decode(jpeg))).convert("L"), dtype=int)
    top, left = round(place["y"]), round(place["x"])
    picture = frame[top : top + round(place["height"]), left : left + round(place["width"])]
    return np.ptp(picture) < 50


def burst(panel, label) -> float:
    """Thirty keys within a second. Returns the milliseconds from the first until the page and the kernel agree."""
    control, page = panel.control(label), panel.lab.page
    control.row.get_by_role("slider").focus()
    start = page.evaluate("performance.now()")
    for key in ["ArrowRight", "ArrowRight", "ArrowLeft"] * 10:
        page.keyboard.press(key)
    pressed = page.evaluate("performance.now()") - start
    assert pressed < 1000, f"30 keys took {pressed:.0f} ms"
    panel.lab.settle()
    end = page.evaluate("performance.now()") - start
    shown = panel.pictures(), panel.words()
    value = page.evaluate("bench.kernel", f"[c.value for c in panel.inputs.values() if c.description == {label!r}][0]")
    on_page = control.value.replace("\N{MINUS SIGN}", "-")
    assert isclose(float(value), float(on_page), rel_tol=1e-9)  # 1.4000000000000001 is shown as 1.40
    # come to the same value slowly: nothing else may be shown
    control.turn("ArrowLeft")
    control.turn("ArrowRight")
    assert (panel.pictures(), panel.words()) == shown
    return end


def write_bench(folder, expression, label):
    """bench.ipynb, with the panel and the usual way below each other."""
    cells = [
        "%matplotlib inline\nfrom bptt_lab.pages import PANELS\nfrom usual_way import at, usual\n"
        "globals().update(PANELS)",
        f"panel = {expression}\npanel",
        f"usual({expression}, {label!r})",
    ]
    copy(HERE / "usual_way.py", folder)
    write_notebook(folder / "bench.ipynb", cells)


def p95(milliseconds):
    return quantiles(milliseconds, n=20)[-1] if len(milliseconds) > 1 else milliseconds[0]


def line(row) -> str:
    usual, panel = median(row.usual), median(row.panel)
    cells = [
        row.name,
        f"{usual:.0f} ({p95(row.usual):.0f})",
        f"{panel:.0f} ({p95(row.panel):.0f})",
        f"{usual / panel:.1f}",
        f"{sum(row.frames)} of {len(row.frames)}",
        f"{row.shift:.3f}",
        f"{row.burst:.0f}",
    ]
    return f"| {' | '.join(cells)} |"


HEAD = """\
# How long a reader waits

From the key press on a slider to the first frame that shows the new picture, in milliseconds: the median of {presses}
presses and, in brackets, their 95th percentile; before each press the page rests for {look} ms. *The usual way* draws
the same pictures in a new pyplot figure each time, with `interact`. Both stand in one notebook and take turns. *Blank
frames*: of a film of the page while keys are pressed. *Layout shift*: what the browser counts as moved meanwhile, 0 if
nothing. *30 keys*: pressed within a second; the milliseconds from the first of them until slider, picture, words and
kernel agree on the last one.

`make bench` measures anew.

| panel | usual way | panel | times faster | blank frames | layout shift | 30 keys, caught up |
|---|---|---|---|---|---|---|
"""


def run(names=(), presses=PRESSES):
    """Yields a row after the other, and last the versions."""
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        folder, home = Path(temporary, "pages"), Path(temporary, "jupyterlab")
        folder.mkdir()
        home.mkdir()
        browser = playwright.chromium.launch(**launch_options(find_chromium(playwright)))
        with jupyter(folder, home) as address:
            for name, expression, label in TABLE:
                if names and name not in names:
                    continue
                write_bench(folder, expression, label)
                lab = LabPage(browser, address)
                lab.open("bench.ipynb")
                lab.run_all()
                yield line(measure(lab, name, label, presses))
                lab.close()
        packages = ("jupyterlab", "ipywidgets", "anywidget", "matplotlib")
        versions = [f"Chromium {browser.version}", *(f"{package} {version(package)}" for package in packages)]
        yield f"\n{', '.join(versions)}; {os.cpu_count()} processors."


if __name__ == "__main__":
    lines = []
    for text in run(sys.argv[1:]):
        print(text, flush=True)
        lines.append(text + "\n")
    if not sys.argv[1:]:
        (HERE / "panels.md").write_text(HEAD.format(presses=PRESSES, look=LOOK) + "".join(lines), encoding="utf-8")
