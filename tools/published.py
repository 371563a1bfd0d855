"""The checkout, and which of its notebooks a reader has changed."""

import subprocess
from pathlib import Path

from bptt_lab.published import EVERY

ROOT = Path(__file__).resolve().parent.parent


def changed():
    """The names of the notebooks that are no longer as git has them, or None where git cannot tell."""
    command = ["git", "diff", "--name-only", "--relative", "HEAD", "--", *EVERY]
    try:
        answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return answer.stdout.splitlines()
