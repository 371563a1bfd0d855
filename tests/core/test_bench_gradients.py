"""`make bench` compares like with like: who is off is thrown out, who is missing leaves an empty column."""

import numpy as np
import pytest

from benchmarks import bench_gradients
from benchmarks.bench_gradients import Timing, exponents, goals, make, memory, page, plot, seconds, spread, table
from benchmarks.contestants import CONTESTANTS, OURS, Disagreement, check_agree
from bptt_core import Gradients, numerical_gradients

SMALL = (3, 2, 3, 4)
HERE = {name: CONTESTANTS[name] for name in ("bptt_core", OURS, "plain loop")}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_contestants_agree(dtype):
    check_agree({name: contestant(*make(SMALL, dtype))() for name, contestant in HERE.items()})


def test_the_plain_loop_is_right():
    net, x, Y = make(SMALL)
    _, grads = CONTESTANTS["plain loop"](net, x, Y)()
    for got, want in zip(grads, numerical_gradients(net, x, Y, method="complex"), strict=True):
        assert np.allclose(got, want, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("what", ["loss", *Gradients._fields])
@pytest.mark.parametrize("wrong", [1.0001, np.nan])
def test_a_contestant_that_is_off_is_named(what, wrong):
    results = {name: contestant(*make(SMALL))() for name, contestant in HERE.items()}
    loss, grads = results["plain loop"]
    if what == "loss":
        loss *= wrong
    else:
        grads = Gradients(*grads)._replace(**{what: getattr(Gradients(*grads), what) * wrong})
    with pytest.raises(Disagreement, match=f"plain loop and bptt_core differ in {what}"):
        check_agree({**results, "plain loop": (loss, grads)})


def test_a_gradient_of_another_shape_does_not_agree():
    results = {name: contestant(*make(SMALL))() for name, contestant in HERE.items()}
    loss, grads = results["plain loop"]
    grads = Gradients(*grads)
    with pytest.raises(Disagreement, match="differ in dU"):
        check_agree({**results, "plain loop": (loss, grads._replace(dU=grads.dU[None]))})


def timing(**times):
    ratios = {name: [time / times[OURS]] * 3 for name, time in times.items()}
    return Timing(bench_gradients.TEXTBOOK, "float64", times, ratios)


ALL = dict(zip(CONTESTANTS, (3e-3, 1e-3, 5e-3, 2e-3, 40e-3), strict=True))


def test_a_missing_library_leaves_its_column_empty():
    there = {name: time for name, time in ALL.items() if name != "JAX"}
    row = table([timing(**there)]).splitlines()[-1]
    assert (
        row
        == f"| {bench_gradients.TEXTBOOK} | 1 | 3.00 (3.00 to 3.00) | 5.00 (5.00 to 5.00) | – | 40.0 (40.0 to 40.0) |"
    )
    text = page([timing(**there)], {"T": [1.0]}, {SMALL: (1.1, 3.0)}, ["JAX"], threads=2)
    assert "Not installed, and so not measured: JAX." in text
    assert "JAX's time" not in text
    assert "PyTorch's time" in text
    plot([timing(**there)])


def verdicts(times, slope=1.0, kept=1.1):
    found = goals([timing(**times)], {"T": [slope]}, {SMALL: (kept, 3.0)}, [])
    return {what: met for what, _, met in found}


def test_a_goal_that_is_missed_is_called_missed():
    assert all(verdicts(ALL).values())
    for name, time, missed in (("PyTorch", 1e-3, 2), ("PyTorch", 3e-3, 1), ("JAX", 0.5e-3, 2), ("JAX", 0.9e-3, 1)):
        met = verdicts({**ALL, name: time})
        assert [what for what, reached in met.items() if not reached] == [what for what in met if name in what][
            -missed:
        ]
    for options, word in (({"slope": 1.06}, "exponent"), ({"kept": 1.31}, "peak memory")):
        (missed,) = [what for what, reached in verdicts(ALL, **options).items() if not reached]
        assert word in missed
    assert "**missed**" in page([timing(**ALL)], {"T": [1.06]}, {SMALL: (1.1, 3.0)}, [], threads=2)


def test_exponents_of_what_is_known(monkeypatch):
    clock = {case: 3e-6 * (case[0] + 1) ** 1.25 for case in bench_gradients.GROWTH["T"]}
    monkeypatch.setattr(bench_gradients, "race", lambda calls, rounds: {case: [clock[case]] * rounds for case in calls})
    assert exponents(bench_gradients.GROWTH["T"], 0, 3) == pytest.approx([1.25] * 3)


def test_memory_counts_what_is_held():
    """About a trace, with a workspace. Without one there are several such arrays."""
    kept, fresh = (memory(bench_gradients.MEMORY[0], keep) for keep in (True, False))
    assert 0.9 < kept < 1.3
    assert fresh > 2


def test_the_clock_calls_often_enough():
    calls = []
    assert seconds(lambda: calls.append(1), block=1e-4) > 0
    assert len(calls) >= 4


def test_spread_shows_the_quartiles():
    assert spread([1.0, 2.0, 3.0]) == "2.00 (1.00 to 3.00)"
    assert spread([120.0, 150.0, 180.0]) == "150 (120 to 180)"
