"""What all live pages share: the JavaScript of the notebooks' widgets, this folder's own, and the style sheets."""

import json
import shutil
from pathlib import Path
from typing import NamedTuple

from bptt_lab.graph.live import LiveGraph
from bptt_lab.panel.chart import LiveChart
from bptt_lab.panel.notice import Notice
from bptt_lab.predict.ask import Answer

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
    "lights",
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
    parts += [(HERE / f"{part}.js").read_text(encoding="utf-8") for part in PARTS]
    variables, *_ = str(Notice._css).split("\n", 1)  # every sheet begins with the same ones
    sheets = [variables, *(str(kind._css).removeprefix(variables) for kind in (Notice, *WIDGETS))]
    sheets.append((HERE / "live.css").read_text(encoding="utf-8"))
    script, style = "\n".join(parts).encode(), "\n".join(sheets).encode()
    shutil.copy(HERE / WHOLE, folder)
    return Assets(put(folder, script, "js"), WHOLE, put(folder, style, "css"), modules)
