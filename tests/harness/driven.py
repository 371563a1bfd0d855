"""Pages in a browser that WebDriver drives, and the panels on them, for the checks that Chromium's pages have too."""

import json
import time
from pathlib import Path

from tests.harness.checks import check_painted, check_words

PATIENCE = 240  # seconds; nothing here takes a tenth of it on an idle computer
PAGE = Path(__file__).with_name("page.js")
PARTS = Path(__file__).with_name("driven.js")
KEYS = {  # WebDriver's names
    "Enter": "\ue007",
    "Escape": "\ue00c",
    "ArrowLeft": "\ue012",
    "ArrowUp": "\ue013",
    "ArrowRight": "\ue014",
    "ArrowDown": "\ue015",
}


class DrivenPage:
    """A browser's page: goto(address), press(key), errors(), and _run(code), which is the browser's own."""

    def evaluate(self, function, *arguments):
        """What an async function returns there, by way of JSON."""
        code = f"({function})(...{json.dumps(arguments)}).then((answer) => JSON.stringify(answer ?? null))"
        return json.loads(self._run(code))

    def wait_for(self, function, *arguments):
        """Until the async function returns something that is true there."""
        eventually(lambda: self.evaluate(function, *arguments), f"{function}{arguments}")

    def bring(self, file):
        """Run a file of ours in the page."""
        self.evaluate(f"async () => {{ {file.read_text(encoding='utf-8')} }}")


def eventually(holds, what):
    """Wait until holds() is true, or no longer raises AssertionError."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            assert holds(), what
        except AssertionError:
            if time.monotonic() > end:
                raise
        else:
            return
        time.sleep(0.02)


class DrivenPanel:
    """The n-th panel of a page, as PanelOnPage is."""

    def __init__(self, page, number):
        self.page, self.number = page, number

    def ask(self, name, *arguments):
        return self.page.evaluate(f"async (...all) => parts.{name}(...all)", self.number, *arguments)

    def pictures(self):
        return self.ask("pictures")

    def words(self):
        return self.ask("words")

    def values(self):
        return dict(self.ask("values"))


def panels_of(page, kind):
    """The panels of a page of the site, or in the lab: they name their parts otherwise. Those that ask are opened."""
    page.bring(PARTS)
    count = page.evaluate("async (kind) => parts.are(kind)", kind)
    page.wait_for("async () => parts.allOpen()")
    return [DrivenPanel(page, number) for number in range(count)]


def check_answers(panel, twin):
    """It shows what Python says, and does so after one step of each control.

    twin : the same panel in this process
    """

    def as_in_python():
        check_painted(panel)
        check_words(panel, twin)
        return True

    eventually(as_in_python, "never")
    for number, label in enumerate(panel.values()):
        before = panel.pictures(), panel.words()
        panel.page.press(panel.ask("focus", number))
        eventually(lambda before=before: (panel.pictures(), panel.words()) != before, f"{label} changes nothing")
        eventually(as_in_python, "never")


def check_walk(panel):
    """The keys of a graph: a card opens, the pass is walked back and on, and all is as before."""

    def after(key, holds):
        """The stage, as the parts that are fresh or wait, once `holds` is true of the card and the stage."""
        panel.page.press(key)
        eventually(lambda: holds(*panel.ask("walk")), f"{key}: {panel.ask('walk')}")
        return panel.ask("walk")[1]

    panel.ask("focusGraph")
    nothing, rest = panel.ask("walk")
    after("Enter", lambda card, stage: card not in ("", nothing) and stage == rest)
    first = after("ArrowLeft", lambda card, stage: stage != rest)
    after("ArrowLeft", lambda card, stage: stage not in (rest, first))
    after("ArrowRight", lambda card, stage: stage == first)
    after("ArrowDown", lambda card, stage: panel.ask("hasFocus"))
    after("Escape", lambda card, stage: (card, stage) == (nothing, rest))
