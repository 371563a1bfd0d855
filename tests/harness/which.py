"""Which browser the tests use."""

import os

import pytest

from tests.harness.lab import find_chromium

GET_ONE = (
    "no Chromium found: `apt install chromium`, `brew install --cask chromium` or `playwright install chromium` gets "
    "one, and BPTT_CHROMIUM may name it"
)


def chromium(playwright):
    """The browser's path. Without one the tests are skipped, but CI must have one."""
    path = find_chromium(playwright)
    if path is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(GET_ONE)
    return path
