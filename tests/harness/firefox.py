"""Firefox, driven by its own protocol, WebDriver BiDi: playwright drives only a Firefox of its own making."""

import json
import re
import shutil
import subprocess
from contextlib import contextmanager

import websocket

PATIENCE = 120  # seconds
NAMES = ("firefox-esr", "firefox")
SETTINGS = """user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("app.update.auto", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
"""


def find_firefox():
    return next(filter(None, map(shutil.which, NAMES)), None)


class FirefoxPage:
    """One tab."""

    def __init__(self, socket):
        self._socket, self._number = socket, 0
        self._ask("session.new", capabilities={})
        self._tab = self._ask("browsingContext.getTree")["contexts"][0]["context"]

    def _ask(self, method, **params):
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": params}))
        while (answer := json.loads(self._socket.recv())).get("id") != self._number:
            pass  # an event
        assert answer["type"] == "success", answer
        return answer["result"]

    def goto(self, address):
        self._ask("browsingContext.navigate", context=self._tab, url=address, wait="complete")

    def evaluate(self, function):
        """What an async function without arguments returns there, by way of JSON."""
        code = f"({function})().then((answer) => JSON.stringify(answer ?? null))"
        target = {"context": self._tab}
        answer = self._ask("script.evaluate", expression=code, target=target, awaitPromise=True)
        assert answer["type"] == "success", answer
        return json.loads(answer["result"]["value"])


@contextmanager
def firefox(folder):
    """A FirefoxPage, with a profile of its own in that folder."""
    (folder / "user.js").write_text(SETTINGS, encoding="utf-8")
    command = [find_firefox(), "--headless", "--no-remote", "--remote-debugging-port=0", "--profile", str(folder)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as browser:
        try:
            said = re.search(
                r"WebDriver BiDi listening on (\S+)", next(line for line in browser.stderr if "BiDi" in line)
            )
            socket = websocket.create_connection(f"{said[1]}/session", timeout=PATIENCE, suppress_origin=True)
            yield FirefoxPage(socket)
            socket.close()
        finally:
            browser.terminate()
