"""The code of the pages has the project's style. ruff passes over notebooks by itself: a reader's own lie there too."""

import subprocess
import sys

import pytest

from bptt_lab.published import EVERY
from tools.published import ROOT


@pytest.mark.parametrize("look", [["check"], ["format", "--check"]], ids=["rules", "layout"])
def test_the_pages_have_the_style(look):
    command = [sys.executable, "-m", "ruff", *look, "--no-cache", *EVERY]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
