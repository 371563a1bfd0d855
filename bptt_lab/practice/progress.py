"""What a reader has solved, in one small file beside the notebooks. No fault of the file stops a lesson."""

import json
import os
import shutil
import stat
import time
from contextlib import contextmanager
from pathlib import Path

FILE = "progress.json"
RIGHT, NOT_YET, NOT_ATTEMPTED = "right", "not yet", "not attempted"  # the last one is not written down
LARGEST = 1_000_000  # bytes; ours has about 500
PATIENCE = 2.0  # seconds; another notebook holds the file for a few thousandths of one
DENIED = (PermissionError,) if os.name == "nt" else ()  # what Windows says of a lock that is just being removed


class Progress:
    """Which exercises are right, or not yet. `trouble` says in one sentence what is wrong with the file, or is ""."""

    def __init__(self, path=None):
        """path : of the file; unless given, the one that BPTT_PROGRESS names, else progress.json where Python runs"""
        self.path = Path(path or os.environ.get("BPTT_PROGRESS") or FILE)
        self.states, self.trouble = {}, ""
        self._read()

    def note(self, exercise_id, right):
        """Keep the result, unless the exercise was right before. A file that cannot be read is not overwritten."""
        if self._is_kept(exercise_id, right):
            return
        try:
            path = self.path.resolve()  # where a link leads, so that the link stays a link
            with _alone(path):
                self._read()  # another notebook may have written since
                if not self._is_kept(exercise_id, right):
                    self.states[exercise_id] = RIGHT if right else NOT_YET
                    _write(path, self.states)
        except OSError as error:
            self.trouble = f"Your progress cannot be kept in {self.path.name}: {error.strerror or error}."

    def _is_kept(self, exercise_id, right):
        """Whether there is nothing to write, or trouble with the file."""
        return bool(self.trouble) or self.states.get(exercise_id) in ((RIGHT,) if right else (RIGHT, NOT_YET))

    def _read(self):
        try:
            self.states = _states(self.path)
        except FileNotFoundError:
            self.states = {}
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or error
            self.trouble = f"Your progress in {self.path.name} cannot be read, and is left as it is: {why}."


def _states(path):
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):  # to read a pipe is to wait for ever
        raise ValueError("it is no file")
    if found.st_size > LARGEST:
        raise ValueError("it holds something else; delete it to begin anew")
    try:
        states = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:  # also for bytes that are no text, and for deep nesting
        raise ValueError("it is damaged; delete it to begin anew") from error
    if not isinstance(states, dict) or any(state not in (RIGHT, NOT_YET) for state in states.values()):
        raise ValueError("it holds something else; delete it to begin anew")
    return states


@contextmanager
def _alone(path):
    """Only one notebook writes at a time. One that was killed leaves its lock behind, so the wait ends after PATIENCE.

    The lock is a file, which every system can make at most once. The locks of fcntl and msvcrt are missing in
    WebAssembly, and differ.
    """
    lock = path.with_name(f"{path.name}.lock")
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL))
            break
        except (FileExistsError, *DENIED):
            time.sleep(0.005)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


def _write(path, states):
    """Write the file whole or not at all, and keep its permissions."""
    new = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        new.touch()
        if path.exists():
            shutil.copymode(path, new)
        new.write_text(json.dumps(states, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)
