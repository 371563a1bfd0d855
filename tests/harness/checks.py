"""What holds for every panel on a page. Each check is seen to fail in test_checks.py."""

import re
import time

import nbformat
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import TimeoutError as Late

from bptt_lab.symbols import plain
from tests.harness.lab import PATIENCE

STATE, VIEW = (f"application/vnd.jupyter.widget-{what}+json" for what in ("state", "view"))
PARTS = ("values", "pictures", "words")


def check_no_errors(lab):
    errors = lab.errors()
    assert not errors, "\n".join(errors)


def check_painted(panel):
    pictures = panel.pictures()
    assert pictures, "the panel has no picture"
    assert all(pictures), "a picture is not painted"


def check_controls(panel):
    """Every control changes what a picture shows."""
    for control in panel.controls:
        before = panel.pictures()
        for way in control.ways:
            control.turn(way)
            if panel.pictures() != before:
                break
        else:
            raise AssertionError(f"{control.label} changes nothing in the picture")
        check_painted(panel)


def check_reset(panel):
    """Reset brings back the values, the pictures and the words of the beginning."""
    panel.reset()
    first = panel.values(), panel.pictures(), panel.words()
    for control in panel.controls:
        control.turn(control.ways[0])
    panel.reset()
    for before, now, what in zip(first, (panel.values(), panel.pictures(), panel.words()), PARTS, strict=True):
        assert now == before, f"Reset does not bring back the {what}"


def check_still(panel):
    """Whatever a control shows, the pictures and the words stay where they are."""
    first = panel.boxes()
    for control in panel.controls:
        for way in control.ways[:4]:  # a slider's ends among them
            control.turn(way)
            assert (now := panel.boxes()) == first, f"{control.label}, {way}: from {first} to {now}"


def check_words(panel, twin):
    """The words are those of the same panel in this process, set to the same values.

    twin : a bptt_lab Panel
    """
    controls = {control.description: control for control in twin.inputs.values()}
    for _ in range(2):  # a slider's end may move with another slider
        for label, value in panel.values().items():
            control = controls[label]
            if hasattr(control, "options"):
                control.label = value
            else:
                control.value = type(control.value)(value.replace("−", "-"))
    said, expected = plain(panel.words()), plain(twin.said)
    assert said == expected, f"the words are {said!r}, and not {expected!r}"


def check_readable(lab, context, least):
    """As `readable`, in JupyterLab."""
    # Its body has no height: axe-core would take all in it for hidden, and find no contrast too low
    lab.page.add_style_tag(content="body { height: 100vh }")
    size = lab.page.viewport_size
    lab.page.set_viewport_size(size | {"height": 3 * size["height"]})  # what is scrolled out of view is not judged
    try:
        readable(lab.page, context, least)
    finally:
        lab.page.set_viewport_size(size)


def readable(page, context, least):
    """The rules of axe-core: names, roles, and the contrast of at least so many texts."""
    found = Axe().run(page, context=context, options={}).response
    assert not [(rule["id"], [node["html"][:90] for node in rule["nodes"]][:3]) for rule in found["violations"]]
    judged = [len(rule["nodes"]) for rule in found["passes"] if rule["id"] == "color-contrast"]
    assert sum(judged) >= least, "not every contrast was looked at"


def check_saved(path, panels):
    """The file has the state of so many panels and of all their parts: with less, a site may refuse to show it."""
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    state = notebook.metadata.widgets[STATE].state
    shown = [
        output.data for cell in notebook.cells for output in cell.get("outputs", []) if VIEW in output.get("data", {})
    ]
    assert sum("image/png" in data for data in shown) == panels  # the others are progress bars
    parts, waiting = set(), {data[VIEW].model_id for data in shown}
    while waiting:
        parts |= waiting
        waiting = {one for name in waiting for one in re.findall(r"IPY_MODEL_(\w+)", repr(state[name]))} - parts
    assert parts == set(state), "what no output shows is saved too"
    assert path.stat().st_size < 1_500_000


def _first_difference(seen, expected):
    """The text around it: two whole pictures tell nobody anything."""
    same = next((i for i, (one, other) in enumerate(zip(seen, expected, strict=False)) if one != other), len(seen))
    at = max(0, same - 80)
    return f"...{seen[at : at + 160]}... is not ...{expected[at : at + 160]}..."


AROUND = """element => {
  const around = [];
  for (let e = element; e; e = e.parentElement) around.push([e.className, getComputedStyle(e).display, e.clientHeight]);
  return JSON.stringify(around);
}"""


def check_asleep(lab, expected):
    """Every panel shows its picture and its words as before, and says that it is asleep; nothing can be moved.

    expected : pictures and words of each panel
    """
    lab.ask("shown")
    end = time.monotonic() + PATIENCE
    while (seen := [(panel.pictures(), panel.words()) for panel in lab.panels]) != expected:
        assert time.monotonic() < end, _first_difference(repr(seen), repr(expected))
        lab.page.wait_for_timeout(50)  # a panel that was opened from a file may still take on what was saved of it
    for panel in lab.panels:
        panel.root.locator(".bptt-controls").wait_for(state="hidden")  # the style comes a moment after the picture
        asleep = panel.root.locator(".bptt-asleep", has_text="run this page to move it")
        try:
            asleep.wait_for(state="visible")
        except Late as error:  # which of the elements around it hides it, no call log tells
            raise AssertionError(f"not seen to be asleep, in {lab.page.url}: {asleep.evaluate(AROUND)}") from error
