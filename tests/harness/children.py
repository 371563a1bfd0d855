"""A Python process for a test, which never outlives the test."""

import signal
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest

PATIENCE = 60  # seconds
# A job in the background, or under nohup, starts with SIGINT ignored, and so does its child.
HEARS_SIGINT = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"

either_handler = pytest.mark.parametrize(
    "handler", [signal.default_int_handler, signal.SIG_IGN], ids=["foreground", "background"]
)


@contextmanager
def sigint_handled_by(handler):
    """`handler` is SIGINT's meanwhile, as under a shell: a child inherits SIG_IGN."""
    before = signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def child(code, *arguments):
    """A process that runs this code and hears a SIGINT. What it writes comes through pipes, as text.

    After PATIENCE it is killed, so that whoever reads its pipes or waits for it waits no longer than that.
    """
    command = [sys.executable, "-u", "-c", HEARS_SIGINT + code, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        end = threading.Timer(PATIENCE, process.kill)
        end.start()
        try:
            yield process
        finally:
            end.cancel()
            process.kill()
            process.wait()
