"""`make bench` compares like with like: who is off is thrown out, who is missing leaves an empty column."""

import numpy as np
import pytest

from benchmarks import bench_gradients
from benchmarks.bench_gradients import (
    OTHERS,
    Timing,
    available,
    best,
    exponents,
    goals,
    in_words,
    make,
    measure,
    memory,
    page,
    plot,
    seconds,
    spread,
    table,
)
from benchmarks.contestants import COMPILED, CONTESTANTS, LIMIT, OURS, Disagreement, check_agree
from bptt_core import Gradients, numerical_gradients

SMALL = (3, 2, 3, 4)
HERE = {name: CONTESTANTS[name] for name in ("bptt_core", OURS, LIMIT, "plain loop")}
THERE, MISSING = available()


@pytest.mark.parametrize("case", [SMALL, (3, 2, 3, 1)])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_contestants_agree(dtype, case):
    check_agree({name: contestant(*make(case, dtype))() for name, contestant in HERE.items()})


@pytest.mark.filterwarnings("ignore")  # what PyTorch and JAX warn of is not about us
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", [name for name in CONTESTANTS if name not in HERE])
def test_a_rival_agrees(name, dtype):
    if name not in THERE:
        pytest.skip(f"{name.partition(', ')[0]} is not installed")
    # JAX: more steps than the longest turn of a scan, and no multiple of one; each that PyTorch compiles takes a second
    case = (21, 2, 3, 4) if name.startswith("JAX") else SMALL
    found = {which: CONTESTANTS[which](*make(case, dtype))() for which in (OURS, name)}
    check_agree({which: (loss, [np.asarray(grad) for grad in grads]) for which, (loss, grads) in found.items()})


def test_so_many_steps_are_not_compiled():
    if "PyTorch" in MISSING:
        pytest.skip("PyTorch is not installed")
    assert CONTESTANTS["PyTorch, compiled"](*make((COMPILED, 1, 2, 1))) is None


@pytest.mark.parametrize("N", [1, 4])
def test_the_limit_is_the_products_of_the_workspace(monkeypatch, N):
    """Each product of the one is made by the other, in their order."""
    given = make((70, 2, 3, N))  # more than one block of the workspace's steps
    made = {}
    for name in (OURS, LIMIT):
        shapes = made[name] = []

        def spy(product, shapes=shapes):
            def call(a, b, out=None):
                shapes.append((a.shape, b.shape))
                return product(a, b, out=out)

            return call

        with monkeypatch.context() as patch:
            for product in ("dot", "matmul"):
                patch.setattr(np, product, spy(getattr(np, product)))
            CONTESTANTS[name](*given)()
    assert made[LIMIT] == made[OURS]
    assert len(made[LIMIT]) == 71 + 70 + 5


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
    return Timing(bench_gradients.LARGEST, "float64", times, ratios)


ALL = {
    "bptt_core": 3e-3,
    OURS: 1e-3,
    LIMIT: 0.9e-3,
    "PyTorch, nn.RNN": 5e-3,
    "PyTorch, compiled": 4e-3,
    "JAX, unroll 1": 2e-3,
    "JAX, unroll 4": 0.5e-3,
    "JAX, unroll 16": 0.8e-3,
    "plain loop": 40e-3,
}


def test_the_best_way_counts():
    found = timing(**ALL)
    assert [best(found, column) for column in OTHERS] == [
        "bptt_core",
        LIMIT,
        "PyTorch, compiled",
        "JAX, unroll 4",
        "plain loop",
    ]
    row = table([found]).splitlines()[-1]
    assert "| 4.00 (4.00 to 4.00), compiled | 0.50 (0.50 to 0.50), unroll 4 |" in row


def test_where_ours_is_slower_is_said_first():
    long = (999, 4, 16, 1)
    times = [timing(**ALL), timing(**{**ALL, "JAX, unroll 4": 2e-3, "JAX, unroll 16": 1.5e-3})._replace(case=long)]
    assert in_words(times).splitlines() == [
        f"- JAX takes less time than ours at {bench_gradients.LARGEST}: 0.50.",
        f"- JAX takes more time than ours at {long}: 1.50.",
        f"- PyTorch takes more time than ours at {bench_gradients.LARGEST}: 4.00; {long}: 4.00.",
        f"- The matrix products alone take 0.90 of our time at {bench_gradients.LARGEST}.",
    ]


def test_what_the_rounds_do_not_settle_is_left_open():
    unsure = timing(**ALL)
    for unroll in (1, 4, 16):
        unsure.ratios[f"JAX, unroll {unroll}"] = [0.7, 0.9, 1.2]
    assert (
        in_words([unsure]).splitlines()[0]
        == f"- JAX is not clearly faster or slower than ours at {bench_gradients.LARGEST}: 0.90."
    )


def test_a_missing_library_leaves_its_column_empty():
    there = {name: time for name, time in ALL.items() if not name.startswith("JAX")}
    cells = ["3.00 (3.00 to 3.00)", "0.90 (0.90 to 0.90)", "4.00 (4.00 to 4.00), compiled", "–", "40.0 (40.0 to 40.0)"]
    row = table([timing(**there)]).splitlines()[-1]
    assert row == f"| {bench_gradients.LARGEST} | 1 | {' | '.join(cells)} |"
    text = page([timing(**there)], {"T": [1.0]}, {SMALL: (1.1, 3.0)}, ["JAX"])
    assert "Not measured: JAX." in text
    assert "JAX takes" not in text
    assert "PyTorch's time" in text
    plot([timing(**there)])


def verdicts(times, slope=1.0, kept=1.1):
    found = goals([timing(**times)], {"T": [slope]}, {SMALL: (kept, 3.0)})
    return {what: met for what, _, met in found}


def test_a_goal_that_is_missed_is_called_missed():
    assert all(verdicts(ALL).values())
    assert len(verdicts(ALL)) == 4
    for times, options, word in (
        ({"PyTorch, compiled": 1e-3}, {}, "PyTorch"),
        ({LIMIT: 0.79e-3}, {}, LIMIT),
        ({}, {"slope": 1.06}, "exponent"),
        ({}, {"kept": 1.31}, "peak memory"),
    ):
        (missed,) = [what for what, reached in verdicts(ALL | times, **options).items() if not reached]
        assert word in missed
    assert "**missed**" in page([timing(**ALL)], {"T": [1.06]}, {SMALL: (1.1, 3.0)}, [])


def test_who_has_no_way_for_a_size_is_left_out():
    found = measure(SMALL, "float64", {**HERE, "PyTorch, compiled": lambda net, x, Y: None}, 1)
    assert list(found.ratios) == list(HERE)


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
    assert seconds(lambda: calls.append(sum(range(1000))), block=1e-3) > 0
    assert len(calls) >= 6


def test_spread_shows_the_quartiles():
    assert spread([1.0, 2.0, 3.0]) == "2.00 (1.00 to 3.00)"
    assert spread([120.0, 150.0, 180.0]) == "150 (120 to 180)"
