"""What the tests share does what it promises."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.harness.children import child, either_handler, sigint_handled_by
from tests.harness.once import made_once


def test_of_several_workers_one_makes_it_and_all_have_it(tmp_path):
    made = []

    def make():
        made.append(1)
        return "it"

    with ThreadPoolExecutor(4) as workers:
        found = list(workers.map(lambda _: made_once(tmp_path / "it", make), range(4)))
    assert (found, made) == (["it"] * 4, [1])


def test_a_worker_that_could_not_make_it_is_not_waited_for(tmp_path):
    with pytest.raises(ZeroDivisionError):
        made_once(tmp_path / "it", lambda: 1 / 0)
    with pytest.raises(AssertionError, match="could not make it"):
        made_once(tmp_path / "it", lambda: "it")


@either_handler
def test_a_child_hears_and_does_not_outlive_a_test_that_fails(handler):
    code = "import time\nprint(signal.getsignal(signal.SIGINT) is signal.default_int_handler)\ntime.sleep(600)"
    process = None

    def failing():
        nonlocal process
        with child(code) as process:
            assert process.stdout.readline() == "True\n"
            raise ZeroDivisionError

    with sigint_handled_by(handler), pytest.raises(ZeroDivisionError):
        failing()
    assert process.returncode is not None
