"""Firefox, driven by its own protocol, WebDriver BiDi: playwright drives only a Firefox of its own making."""

import json
import re
import shutil
import subprocess
import time
from contextlib import contextmanager

import websocket

from tests.harness.driven import KEYS, PATIENCE, DrivenPage

NAMES = ("firefox-esr", "firefox")
SETTINGS = """user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("app.update.auto", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
"""


def find_firefox():
    return next(filter(None, map(shutil.which, NAMES)), None)


class FirefoxPage(DrivenPage):
    """One tab."""

    def __init__(self, socket):
        self._socket, self._number, self._faults = socket, 0, []
        self._ask("session.new", capabilities={})
        self._ask("session.subscribe", events=["log.entryAdded"])
        self._tab = self._ask("browsingContext.getTree")["contexts"][0]["context"]
        self._ask("browsingContext.setViewport", context=self._tab, viewport={"width": 1440, "height": 900})

    def _ask(self, method, **params):
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": params}))
        while (answer := json.loads(self._socket.recv())).get("id") != self._number:
            if answer["type"] == "event":
                self._hear(answer["params"])
        assert answer["type"] == "success", answer
        return answer["result"]

    def _hear(self, entry):
        if entry["level"] == "error":
            self._faults.append(entry["text"])

    def goto(self, address):
        self._ask("browsingContext.navigate", context=self._tab, url=address, wait="complete")

    def _run(self, code):
        target = {"context": self._tab}
        answer = self._ask("script.evaluate", expression=code, target=target, awaitPromise=True)
        assert answer["type"] == "success", answer
        return answer["result"]["value"]

    def press(self, key):
        strokes = [{"type": way, "value": KEYS[key]} for way in ("keyDown", "keyUp")]
        source = {"type": "key", "id": "keyboard", "actions": strokes}
        self._ask("input.performActions", context=self._tab, actions=[source])

    def errors(self):
        """What the page and its console have reported since the last call."""
        self.evaluate("async () => null")  # what was reported before comes before this answer
        faults, self._faults = self._faults, []
        return faults


def _listening(log, browser):
    """The address that it tells, once it listens."""
    end = time.monotonic() + PATIENCE
    while browser.poll() is None and time.monotonic() < end:
        said = log.read_text(encoding="utf-8", errors="replace")
        if listening := re.search(r"WebDriver BiDi listening on (\S+)\n", said):
            return listening[1]
        time.sleep(0.05)
    raise RuntimeError(f"Firefox did not start:\n{said}")


@contextmanager
def firefox(folder):
    """A FirefoxPage, with a profile of its own in that folder."""
    (folder / "user.js").write_text(SETTINGS, encoding="utf-8")
    command = [find_firefox(), "--headless", "--no-remote", "--remote-debugging-port=0", "--profile", str(folder)]
    log = folder / "stderr"
    with log.open("w") as stderr, subprocess.Popen(command, stderr=stderr) as browser:
        try:
            address = _listening(log, browser)
            socket = websocket.create_connection(f"{address}/session", timeout=PATIENCE, suppress_origin=True)
            yield FirefoxPage(socket)
            socket.close()
        finally:
            browser.terminate()
