"""What a reader has solved, in one small file beside the notebooks. It never stops a lesson."""

import json
import os
from pathlib import Path

FILE = "progress.json"
RIGHT, NOT_YET, NOT_ATTEMPTED = "right", "not yet", "not attempted"  # the last one is not written down


class Progress:
    """Which exercises are right, or not yet. `trouble` says in one sentence what is wrong with the file, or is ""."""

    def __init__(self, path=None):
        """path : of the file; unless given, the one that BPTT_PROGRESS names, else progress.json where Python runs"""
        self.path = Path(path or os.environ.get("BPTT_PROGRESS") or FILE)
        self.states, self.trouble = {}, ""
        try:
            self.states = _read(self.path)
        except FileNotFoundError:
            pass
        except (OSError, ValueError) as error:
            self.trouble = f"Your progress in {self.path.name} cannot be read, and is left as it is: {error}."

    def note(self, exercise_id, right):
        """Keep it, unless it was right before. What is not understood in the file is not overwritten."""
        before = self.states.get(exercise_id)
        after = RIGHT if right or before == RIGHT else NOT_YET
        if after == before or self.trouble:
            return
        self.states[exercise_id] = after
        try:
            _write(self.path, self.states)
        except OSError as error:
            self.trouble = f"Your progress cannot be kept in {self.path.name}: {error.strerror or error}."


def _read(path):
    try:
        states = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:  # also of bytes that are no text
        raise ValueError("it is damaged; delete it to begin anew") from error
    if not isinstance(states, dict) or any(state not in (RIGHT, NOT_YET) for state in states.values()):
        raise ValueError("it holds something else; delete it to begin anew")
    return states


def _write(path, states):
    """Whole or not at all."""
    new = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        new.write_text(json.dumps(states, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)
