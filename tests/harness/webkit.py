"""WebKit as Debian has it, WebKitGTK, by its own WebDriver: playwright drives only a WebKit of its own making.

It has no display of its own: Xvfb gives it one.
"""

import os
import shutil
import subprocess
import warnings
from contextlib import contextmanager
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

from tests.harness.driven import KEYS, PATIENCE, DrivenPage

# WebDriver tells nobody of the console: what comes into it is kept in the page, from when that is loaded.
LISTEN = """async () => {
    window.faults = [];
    addEventListener("error", ({ message }) => faults.push(message));
    addEventListener("unhandledrejection", ({ reason }) => faults.push(String(reason)));
    const { error } = console;
    console.error = (...said) => (faults.push(said.join(" ")), error(...said));
}"""


def find_webkit():
    """The driver's path and the browser's, or None."""
    driver = shutil.which("WebKitWebDriver")
    browsers = sorted(Path("/usr").glob("lib*/**/webkit2gtk-4.*/MiniBrowser"))
    return (driver, str(browsers[-1])) if driver and browsers and shutil.which("Xvfb") else None


class WebKitPage(DrivenPage):
    """One window."""

    def __init__(self, driver):
        self._driver = driver
        driver.set_script_timeout(PATIENCE)
        driver.set_window_size(1440, 900)

    def goto(self, address):
        self._driver.get(address)
        self.evaluate(LISTEN)

    def _run(self, code):
        told = "(answer) => arguments[0]([answer]), (error) => arguments[0]([null, String(error)])"
        answer, *fault = self._driver.execute_async_script(f"{code}.then({told})")
        assert not fault, fault
        return answer

    def press(self, key):
        ActionChains(self._driver, duration=0).send_keys(KEYS[key]).perform()

    def errors(self):
        """What the page and its console have reported since the page was loaded, or since the last call."""
        return self.evaluate("async () => window.faults.splice(0)")


@contextmanager
def display():
    """The name of a display that nobody sees."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1440x1000x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL) as server, open(read) as told:
        try:
            os.close(write)
            yield f":{told.readline().strip()}"
        finally:
            server.terminate()


@contextmanager
def webkit():
    """A WebKitPage, of a browser that keeps nothing."""
    driver, browser = find_webkit()
    options = Options()
    options.binary_location = browser
    options.add_argument("--automation")
    with display() as name:
        with warnings.catch_warnings():  # selenium warns of a call of its own
            warnings.simplefilter("ignore", DeprecationWarning)
            page = webdriver.WebKitGTK(options, Service(driver, env=os.environ | {"DISPLAY": name}))
        try:
            yield WebKitPage(page)
        finally:
            page.quit()
