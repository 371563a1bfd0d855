"""Which browser the tests use."""

import os
from contextlib import contextmanager

import pytest

from tests.harness.firefox import find_firefox, firefox
from tests.harness.lab import find_chromium
from tests.harness.webkit import find_webkit, webkit

GET_ONE = (
    "no Chromium found: `apt install chromium`, `brew install --cask chromium` or `playwright install chromium` gets "
    "one, and BPTT_CHROMIUM may name it"
)

OTHERS = ("firefox", "webkit")


def chromium(playwright):
    """The browser's path. Without one the tests are skipped, but CI must have one."""
    return _there(find_chromium(playwright), GET_ONE)


def _there(found, advice):
    if found is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(advice)
    return found


@contextmanager
def driven(name, folder):
    """A DrivenPage in that browser, OTHERS' name for it. Without it the tests are skipped, but CI must have it.

    folder : an empty one, for what the browser keeps
    """
    if name == "firefox":
        _there(find_firefox(), "no Firefox found: `apt install firefox-esr` gets one")
        with firefox(folder) as page:
            yield page
    else:
        _there(find_webkit(), "no WebKit found: `apt install webkit2gtk-driver xvfb` gets one")
        with webkit() as page:
            yield page
