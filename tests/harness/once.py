"""Things that take long to make, and that no test changes: one worker makes them for all."""

import time

PATIENCE = 1800  # seconds; only for a worker that was killed: one that fails says so


def made_once(place, make) -> str:
    """What make() returns, a text; it is called by the worker that asks first, and the others wait for it.

    place : a path that all workers name alike, in a folder that is empty when the tests begin
    """
    done, failed = place.with_suffix(".done"), place.with_suffix(".failed")
    try:
        place.mkdir()
    except FileExistsError:
        return _awaited(done, failed)
    try:
        text = make()
    except BaseException:
        failed.touch()
        raise
    written = place / "text"
    written.write_text(text, encoding="utf-8")
    written.rename(done)  # whole, or not there
    return text


def _awaited(done, failed):
    end = time.monotonic() + PATIENCE
    while not done.exists():
        assert not failed.exists(), "another worker could not make it, and says why"
        assert time.monotonic() < end, f"another worker has not made it in {PATIENCE} s"
        time.sleep(0.1)
    return done.read_text(encoding="utf-8")
