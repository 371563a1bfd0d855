"""All panels and questions of all pages, recorded in two processes."""

import json
import multiprocessing
import re
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from hashlib import sha256
from itertools import repeat
from pathlib import Path
from typing import NamedTuple

import nbformat
from tqdm import tqdm

from bptt_lab.panel import Panel
from bptt_lab.panel.base import WAITING, shown_as

from .asked import recorded_question, recorded_questions
from .cells import live_results, may_be_live
from .record import at, make_ready
from .states import controls_of, in_order, states
from .store import Piece, Store, fragments, packed, put, texts_in

PROCESSES = 2
FEW = 100  # states, which take no longer than to run a page
SAMPLES = 5  # states that are compared, to find panels that show the same


class Live(NamedTuple):
    """A panel or a question of a page."""

    page: Path
    cell: int
    name: str  # of a panel, in addresses; "" for a question
    file: str  # what a page asks for first
    title: str  # of the panel's class
    states: int
    controls: tuple  # (label, positions, of how many)


def record_all(pages, folder) -> list:
    """Record every panel and question of the pages into `folder`; returns a Live for each."""
    folder.mkdir(parents=True, exist_ok=True)
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=spawn) as workers:
        found = tqdm(workers.map(look, pages, repeat(folder)), "running the pages", len(pages), unit=" pages")
        looks = [here for on_page in found for here in on_page]
        # what shows the same is recorded once; the longest first, so that both processes end together
        large = {here["sample"]: here for here in looks if here["sample"]}
        longest = sorted(large.values(), key=lambda here: -here["states"])
        waiting = {workers.submit(record_states, here, folder): here for here in longest}
        total, pieces = sum(here["states"] for here in longest), {}
        with tqdm(desc="drawing what they can show", total=total, unit=" states") as bar:
            for done in as_completed(waiting):
                here = waiting[done]
                pieces[here["sample"]] = done.result()
                bar.update(here["states"])
    return [
        finish(here, name, folder, pieces.get(here["sample"]))
        for here, name in zip(looks, names_of(looks), strict=True)
    ]


def look(page, folder) -> list:
    """What is live on that page. Panels with few states are recorded at once: then one process alone runs the page."""
    numbers = may_be_live(nbformat.read(page, as_version=4))
    results = live_results(page) if numbers else {}
    return [_look(page, number, results[number], folder) for number in numbers if number in results]


def _look(page, number, result, folder):
    here = {"page": page, "cell": number, "title": type(result).__name__, "states": 1, "first": "", "sample": ""}
    if not isinstance(result, Panel):
        return here | {"spec": {"question": recorded_question(result.question)}}
    asks = recorded_questions(result)
    make_ready(result)
    controls = _weighted(result, controls_of(result))
    menu = next((control for control in controls if control.kind == "menu"), None)
    here |= {
        "controls": controls,
        "first": str(menu.values[menu.start]) if menu else "",
        "states": sum(1 for _ in states(controls)),
        "spec": _spec(result, controls) | {"asks": asks},
    }
    if here["states"] > FEW:
        return here | {"sample": _sample(result, controls)}
    return here | {"pieces": record_states(here, folder)}


def _spec(panel, controls):
    """What a page needs of the panel to begin with."""
    start, title = Piece(), type(panel).__name__
    first, _ = at(panel, {control.name: control.values[control.start] for control in in_order(controls)}, title)
    start.add(0, first)
    panel.reset()
    return {
        "title": title,
        "controls": [control._asdict() for control in controls],
        "order": [control.name for control in in_order(controls)],
        "pictures": [_picture(picture.widget) for picture in panel.pictures],
        "words height": panel.words_height,
        "waiting": shown_as(WAITING),
        "first": start.written(),
    }


def _sample(panel, controls):
    """A hash of what the panel offers and shows in some states: two panels that agree in it agree in all."""
    numbers = list(states(controls))
    some = [numbers[n * (len(numbers) - 1) // (SAMPLES - 1)] for n in range(SAMPLES)]
    offers = [control._replace(start=0)._asdict() for control in controls if not control.walks]
    told = json.dumps([type(panel).__name__, offers, [at(panel, values, "")[0] for _, values in some]])
    panel.reset()
    return sha256(told.encode()).hexdigest()


def names_of(looks) -> list:
    """A name for each panel, after its class; those of one class are told apart by where their first menu stands."""
    plain = [re.sub(r"(?<!^)(?=[A-Z])", "-", here["title"].removesuffix("Panel")).lower() for here in looks]
    panel = [here["title"] != "Ask" for here in looks]
    often = Counter(name for name, is_panel in zip(plain, panel, strict=True) if is_panel)
    named = [
        f"{here['first']}-{name}".lstrip("-") if often[name] > 1 else name
        for here, name in zip(looks, plain, strict=True)
    ]
    again = Counter(name for name, is_panel in zip(named, panel, strict=True) if is_panel)
    named = [
        f"{here['page'].stem[:2]}-{name}" if again[name] > 1 else name for here, name in zip(looks, named, strict=True)
    ]
    return [name if is_panel else "" for name, is_panel in zip(named, panel, strict=True)]


def record_states(here, folder) -> tuple:
    """Write the pieces with all states of that panel, and with their cards; returns the lists of both."""
    panel = live_results(here["page"])[here["cell"]]
    make_ready(panel)
    shown, cards = Store(folder), Store(folder)
    for number, values in states(here["controls"]):
        whole, told = at(panel, values, here["title"])
        shown.add(number, whole)
        if told:
            cards.add(number, told)
    panel.reset()
    return shown.close(), cards.close()


def finish(here, name, folder, pieces) -> Live:
    """Write the file that a page asks for first."""
    spec = here["spec"] | {"name": name}
    if name:
        spec["pieces"], spec["cards"] = pieces or here["pieces"]
    controls = [control for control in here.get("controls", ()) if not control.walks]
    said = tuple((control.label, len(control.values), control.of) for control in controls)
    file = put(folder, packed(spec))
    return Live(here["page"], here["cell"], name, file, here["title"], here["states"], said)


def _weighted(panel, controls) -> list:
    """The controls, each with how many characters of what the panel shows are new when it leaves its first position."""
    first = {control.name: control.values[0] for control in controls if not control.walks}

    def told(values):
        return {piece for text in texts_in(list(at(panel, first | values, ""))) for piece in fragments(text)}

    here = told({})
    found = [
        control
        if control.walks or len(control.values) < 2
        else control._replace(weight=sum(map(len, told({control.name: control.values[1]}) - here)))
        for control in controls
    ]
    panel.reset()
    return found


def _picture(widget):
    """Which JavaScript shows it, and the classes that its place has."""
    return {"module": type(widget).__name__, "classes": list(widget._dom_classes)}
