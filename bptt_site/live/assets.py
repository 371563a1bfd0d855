"""What all live pages share: the JavaScript of the notebooks' widgets, this folder's own, and the style sheets."""

import json
import shutil
from pathlib import Path
from typing import NamedTuple

from bptt_lab.graph.live import LiveGraph
from bptt_lab.look import BACKWARD_TEXT, FORWARD_TEXT
from bptt_lab.panel.chart import LiveChart
from bptt_lab.panel.notice import Notice
from bptt_lab.predict.ask import Answer

from .map import pictures
from .store import put

HERE = Path(__file__).parent
WHOLE = "whole.js"
WIDGETS = (LiveChart, LiveGraph, Answer)
PARTS = (
    "model",
    "pieces",
    "controls",
    "questions",
    "panel",
    "address",
    "touch",
    "page",
)  # of one module, in this order


class Assets(NamedTuple):
    """Names of files."""

    script: str
    whole: str  # the script that sees to it that all of a page comes, or none of it
    style: str
    modules: dict  # {name of a widget's class: its JavaScript}


def write_assets(folder) -> Assets:
    modules = {kind.__name__: put(folder, str(kind._esm).encode(), "js") for kind in WIDGETS}
    parts = [f"const MODULES = {json.dumps({name: f'./{file}' for name, file in modules.items()})};"]
    parts.append(f"const LIGHTS = {json.dumps(f'./{_write_lights(folder)}')};")
    parts += [(HERE / f"{part}.js").read_text(encoding="utf-8") for part in PARTS]
    variables, *_ = str(Notice._css).split("\n", 1)  # every sheet begins with the same ones
    sheets = [variables, _symbol_colors(), *(str(kind._css).removeprefix(variables) for kind in (Notice, *WIDGETS))]
    sheets.append((HERE / "live.css").read_text(encoding="utf-8"))
    script, style = "\n".join(parts).encode(), "\n".join(sheets).encode()
    shutil.copy(HERE / WHOLE, folder)
    return Assets(put(folder, script, "js"), WHOLE, put(folder, style, "css"), modules)


def _write_lights(folder):
    """The script that comes when something is touched, and its pictures; returns its name."""
    maps = [f"./{put(folder, picture.encode(), 'svg')}" for picture in pictures()]
    script = f"const MAPS = {json.dumps(maps)};\n" + (HERE / "lights.js").read_text(encoding="utf-8")
    return put(folder, script.encode(), "js")


def _symbol_colors():
    """The colours of symbols in the text: those of the graph, in a dark theme too."""
    ways = {"forward": FORWARD_TEXT, "backward": BACKWARD_TEXT}
    light, dark = (
        "".join(f"--symbol-{way}: {shown(color)}; " for way, color in ways.items()) for shown in (str, turned)
    )
    return f":root {{ {light}}}\n@media screen and (prefers-color-scheme: dark) {{ :root {{ {dark}}} }}\n"


def turned(color) -> str:
    """What panel.css makes of a colour in a dark theme: invert(0.93) hue-rotate(180deg)."""
    inverted = [0.93 - 0.86 * int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    rows = ((-0.574, 1.430, 0.144), (0.426, 0.430, 0.144), (0.426, 1.430, -0.856))  # Filter Effects 1, 8.5
    channels = (sum(share * channel for share, channel in zip(row, inverted, strict=True)) for row in rows)
    return "#" + "".join(f"{round(255 * min(max(channel, 0), 1)):02x}" for channel in channels)
