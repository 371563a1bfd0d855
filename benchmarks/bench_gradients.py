"""How long the loss and all gradients take: bptt_core beside PyTorch and JAX at their best, the matrix products alone
and a plain loop. One thread each.

    python -m benchmarks.bench_gradients              writes benchmarks/gradients.md and gradients.png
    python -m benchmarks.bench_gradients --quick      prints a short run

PyTorch and JAX are an extra: pip install -e ".[bench]". Without them their columns stay empty.
"""

import argparse
import os
import platform
import subprocess
import sys
import time
import tracemalloc
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

import numpy as np
from PIL import Image

from benchmarks.contestants import COMPILED, CONTESTANTS, LIMIT, OURS, check_agree
from bptt_core import Net, Params, forward, init_params, loss_and_gradients
from bptt_lab.look import BLACK, BLUE, GREEN, ORANGE, PALE, VERMILLION
from bptt_lab.panel.paper import new_figure, picture_of
from bptt_lab.train import Workspace

HERE = Path(__file__).resolve().parent
CASES = [(4, 1, 2, 1), (24, 1, 32, 1), (24, 1, 32, 75), (99, 8, 64, 64), (99, 32, 256, 128), (999, 4, 16, 1)]
LARGEST = CASES[4]
OTHERS = ("bptt_core", LIMIT, "PyTorch", "JAX", "plain loop")  # the columns beside ours
GROWTH = {  # what grows: the cases, each twice the one before
    "T": [(T, 4, 32, 32) for T in (99, 199, 399, 799, 1599)],
    "n_h": [(49, 4, n_h, 32) for n_h in (64, 128, 256, 512)],
    "N": [(49, 4, 64, N) for N in (32, 64, 128, 256, 512)],
}
MEMORY = CASES[3:]
BLOCK = 0.05  # seconds of a turn
PARTS = 5  # of a turn: the clock is read between them, for to read it takes as long as a small product
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


class Timing(NamedTuple):
    """One case in one dtype."""

    case: tuple
    dtype: str
    seconds: dict  # name -> the median over the rounds
    ratios: dict  # name -> its time in units of ours, round by round


def make(case, dtype="float64"):
    """A seeded net, x and Y for (T, n_x, n_h, N)."""
    T, n_x, n_h, N = case
    rng = np.random.default_rng(0)
    params = Params(*(weight.astype(dtype) for weight in init_params(n_x, n_h, seed=0)))
    return Net(params), rng.normal(size=(T + 1, n_x, N)).astype(dtype), rng.normal(size=(1, N)).astype(dtype)


def seconds(call, block=BLOCK) -> float:
    """The processor time of a call: the median over the parts of a block, or one call if that is longer than all.

    It is the process's own time, in all its threads: what others do on the machine is not counted.
    """
    once = _clocked(call, 1)
    if once > 10 * block:
        return once
    calls = max(1, min(1000, int(block / PARTS / max(once, 1e-9))))
    return median(_clocked(call, calls) for _ in range(PARTS))


def _clocked(call, calls):
    start = time.process_time()
    for _ in range(calls):
        call()
    return (time.process_time() - start) / calls


def race(calls, rounds) -> dict:
    """name -> seconds of each round. In a round each takes its turn, and each round begins with another."""
    times = {name: [] for name in calls}
    order = list(calls)
    for number in range(rounds):
        for name in order[number % len(order) :] + order[: number % len(order)]:
            times[name].append(seconds(calls[name]))
    return times


def measure(case, dtype, contestants, rounds) -> Timing:
    given = make(case, dtype)
    made = {name: contestant(*given) for name, contestant in contestants.items()}
    calls = {name: call for name, call in made.items() if call}
    check_agree({name: call() for name, call in calls.items()})
    times = race(calls, rounds)
    ratios = {name: [a / b for a, b in zip(times[name], times[OURS], strict=True)] for name in calls}
    return Timing(case, dtype, {name: median(times[name]) for name in calls}, ratios)


def exponents(cases, axis, rounds) -> list:
    """The slope of log time over log size, round by round. axis : which number of a case grows; T counts as T+1."""
    calls = {case: CONTESTANTS[OURS](*make(case)) for case in cases}
    times = race(calls, rounds)
    sizes = np.log([case[axis] + (axis == 0) for case in cases])
    return [float(np.polyfit(sizes, np.log(found), 1)[0]) for found in zip(*times.values(), strict=True)]


def memory(case, keep) -> float:
    """The most that is held during a call, in units of the trace and the gradients themselves.

    x counts on both sides; so does what a kept workspace holds, on the upper one.
    """
    net, x, Y = make(case)
    loss_and_gradients(net, x[:2], Y)  # what is loaded at a first call belongs to no call
    trace = forward(net, x)
    held = sum(array.nbytes for array in (trace.x, trace.h_init, trace.h_hat, trace.h, trace.y_hat, trace.y))
    held += sum(weight.nbytes for weight in net.params)  # the gradients, each of the size of its parameter
    del trace
    tracemalloc.start()
    try:
        (Workspace(net, x).loss_and_gradients if keep else loss_and_gradients)(net, x, Y)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    return (peak + x.nbytes) / held


def available() -> tuple[dict, list]:
    """The contestants that can be had here, and the names of those that cannot."""
    missing = [name for name, package in (("PyTorch", "torch"), ("JAX", "jax")) if not _version(package)]
    return {name: made for name, made in CONTESTANTS.items() if _column(name) not in missing}, missing


def _column(name):
    """Where its time stands: the ways of one rival have one column."""
    return name.partition(", ")[0]


def _version(package):
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


# The page


def milliseconds(value) -> str:
    return f"{1e3 * value:.3g}" if value < 1 else f"{1e3 * value:.0f}"


def quartiles(values) -> list:
    return quantiles(values, n=4) if len(values) > 1 else 3 * list(values)


def spread(values) -> str:
    """The median, and the quartiles in brackets."""
    low, middle, high = quartiles(values)
    digits = 0 if middle >= 100 else 1 if middle >= 10 else 2
    return f"{middle:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def ratio(timing, name) -> float:
    return median(timing.ratios[name])


def best(timing, column) -> str:
    """The way of a rival that took the least time at this size; empty if none was measured."""
    ways = [name for name in timing.ratios if _column(name) == column]
    return min(ways, key=lambda name: ratio(timing, name), default="")


def table(timings) -> str:
    """Times of ours in milliseconds, and of the others in units of it."""
    lines = [f"| T, n_x, n_h, N | {OURS}: ms | {' | '.join(OTHERS)} |", "|---" * (2 + len(OTHERS)) + "|"]
    for timing in timings:
        cells = [_cell(timing, best(timing, column)) for column in OTHERS]
        lines.append(f"| {timing.case} | {milliseconds(timing.seconds[OURS])} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(timing, name):
    way = name.partition(", ")[2]
    return spread(timing.ratios[name]) + (f", {way}" if way else "") if name else "–"


LESS, MORE, OPEN = "takes less time than ours", "takes more time than ours", "is not clearly faster or slower than ours"


def in_words(timings) -> str:
    """What the tables say, the sizes at which ours is slower first. More or less is said where the quartiles say it."""
    lines = []
    for column in ("JAX", "PyTorch"):
        sizes = {LESS: [], MORE: [], OPEN: []}
        for case in dict.fromkeys(timing.case for timing in timings):
            found = [
                timing.ratios[name] for timing in timings if timing.case == case and (name := best(timing, column))
            ]
            if found:
                less, more = all(quartiles(r)[2] < 1 for r in found), all(quartiles(r)[0] > 1 for r in found)
                word = LESS if less else MORE if more else OPEN
                sizes[word].append(f"{case}: {_from_to([median(r) for r in found])}")
        lines += [f"- {column} {word} at {'; '.join(cases)}." for word, cases in sizes.items() if cases]
    for case in (CASES[0], LARGEST):
        if shares := [ratio(timing, LIMIT) for timing in timings if timing.case == case]:
            lines.append(f"- The matrix products alone take {_from_to(shares)} of our time at {case}.")
    return "\n".join(lines)


def _from_to(ratios):
    low, high = f"{min(ratios):.2f}", f"{max(ratios):.2f}"
    return low if low == high else f"{low} to {high}"


def goals(timings, slopes, memories) -> list:
    """(what was to be reached, what was found, whether it was) for each goal that can be judged."""
    found = []
    for dtype in dict.fromkeys(timing.dtype for timing in timings):
        mine = [timing for timing in timings if timing.dtype == dtype]
        if ratios := [ratio(timing, name) for timing in mine if (name := best(timing, "PyTorch"))]:
            what = f"{dtype}: PyTorch's time, at every size more than 1 times ours"
            found.append((what, f"{min(ratios):.2f}", min(ratios) > 1))
        for timing in mine:
            if timing.case == LARGEST:
                share = ratio(timing, LIMIT)
                found.append((f"{dtype}: {LIMIT} at {LARGEST}, at least 0.8 of ours", f"{share:.2f}", share >= 0.8))
    slope = median(slopes["T"])
    found.append(("exponent in T, at most 1.05", f"{slope:.3f}", slope <= 1.05))
    most = max(kept for kept, _ in memories.values())
    found.append(("peak memory, at most 1.3 times the trace and gradients", f"{most:.2f}", most <= 1.3))
    return found


def page(timings, slopes, memories, missing) -> str:
    """The whole page, in Markdown."""
    tables = [
        f"### {dtype}\n\n{table([timing for timing in timings if timing.dtype == dtype])}"
        for dtype in dict.fromkeys(timing.dtype for timing in timings)
    ]
    growth = "\n".join(
        f"| {name} | {cases[0]} to {cases[-1]} | {spread(slopes[name])} |"
        for name, cases in GROWTH.items()
        if name in slopes
    )
    held = "\n".join(f"| {case} | {kept:.2f} | {fresh:.2f} |" for case, (kept, fresh) in memories.items())
    judged = "\n".join(
        f"| {what} | {value} | {'reached' if met else '**missed**'} |"
        for what, value, met in goals(timings, slopes, memories)
    )
    left_out = f"\nNot measured: {'; '.join(missing)}.\n" if missing else ""
    packages = [f"{name} {_version(name)}" for name in ("numpy", "torch", "jax") if _version(name)]
    return PAGE.format(
        words=in_words(timings),
        compiled=COMPILED,
        rounds=len(timings[0].ratios[OURS]),
        tables="\n\n".join(tables),
        growth=growth,
        memory=held,
        goals=judged,
        missing=left_out,
        versions=", ".join([f"Python {platform.python_version()}", *packages, _blas(), _vectors()]),
        processor=f"{_processor()}, {_load()}",
    )


def _blas() -> str:
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return f"BLAS {blas['name']} {blas['version']}"


def _vectors() -> str:
    """What numpy uses of the processor: its tanh depends on it."""
    return f"vectors of {', '.join(np.show_config(mode='dicts')['SIMD Extensions']['found'])}"


def _load() -> str:
    """How busy the machine was; ours is 1 of it."""
    load = f"{os.getloadavg()[0]:.0f}" if hasattr(os, "getloadavg") else "unknown"
    return f"load {load} on {os.cpu_count()} processors"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.partition(": ")[2] for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


PAGE = """\
# How long the gradients take

{words}

The loss and all five gradients of a many-to-one SimpleRNN with tanh, the same numbers for all, checked to agree before
the clock starts. T is the last index: T = 24 means 25 inputs. Each has one thread. In each of {rounds} rounds all take
turns; a turn is the median of five parts of its calls. The clock is processor time: to wait for a busy processor is not
counted. A ratio is taken within a round: the time of the other in units of ours, so more than 1 means that ours is
faster. Given are the median of the rounds and, in brackets, the quartiles; above, the medians in float64 and float32.
This is one run, on the machine that the last line names: another processor has other ratios.

- *workspace kept* is ours: `loss_and_gradients` of a `Workspace`. *bptt_core* is `forward` and `backward` as they are,
  in the book's order.
- *products alone* is the limit: the matrix products of the workspace, with all that lies between them given beforehand.
  At small sizes they are calls of numpy more than arithmetic, and a compiler can do without those.
- PyTorch is autograd, with `nn.RNN` or, up to {compiled} steps, a loop that `torch.compile` has compiled. JAX is
  `value_and_grad` of a `scan`, with the product of W and x before it and 1, 4 or 16 steps in a turn (`unroll`). At each
  size the best way counts, and is named. Both are compiled beforehand, with their arrays in place.
- The *plain loop* takes one sequence and one step at a time.

`make bench` measures anew.

![The times of PyTorch, JAX, the matrix products alone and the plain loop in units of ours, in float64, for each of \
the sizes in the table below.](gradients.png)

{tables}
{missing}
## Growth

The exponent p in *time ~ size^p*, with a kept workspace, fitted over the sizes from the first to the last, each twice
the one before.

| what grows | T, n_x, n_h, N | exponent |
|---|---|---|
{growth}

## Memory

The most that is held during a call, x and a kept workspace included, in units of the trace of a forward pass (x,
h_init, h_hat, h, y_hat, y) and the gradients.

| T, n_x, n_h, N | workspace kept | without |
|---|---|---|
{memory}

## Goals

| what was to be reached | found | |
|---|---|---|
{goals}

{versions}; {processor}.
"""


def plot(timings) -> Image.Image:
    """The ratios in float64, with their quartiles."""
    figure = new_figure(820, 500)
    ax = figure.add_axes((0.19, 0.11, 0.78, 0.81))
    looks = {LIMIT: (GREEN, "|"), "JAX": (BLUE, "o"), "PyTorch": (VERMILLION, "^"), "plain loop": (ORANGE, "s")}
    double = [timing for timing in timings if timing.dtype == "float64"]
    for offset, (column, (colour, marker)) in zip((-0.27, -0.09, 0.09, 0.27), looks.items(), strict=True):
        shown = [(i, timing.ratios[name]) for i, timing in enumerate(double) if (name := best(timing, column))]
        if shown:
            places = [i + offset for i, _ in shown]
            low, middle, high = np.transpose([quartiles(found) for _, found in shown])
            errors = (middle - low, high - middle)
            look = {"color": colour, "marker": marker, "ls": "", "elinewidth": 1.2, "capsize": 3, "label": column}
            sizes = {"ms": 12, "mew": 2.5} if marker == "|" else {"ms": 6}
            ax.errorbar(middle, places, xerr=errors, **look, **sizes)
            for place, value, left, right in zip(places, middle, low, high, strict=True):
                side, end, align = (-8, left, "right") if value < 1 else (8, right, "left")  # off the line at 1
                where = {"xytext": (side, 0), "textcoords": "offset points", "va": "center", "ha": align}
                ax.annotate(f"{value:.2f}" if value < 10 else f"{value:.0f}", (end, place), fontsize=8, **where)
    ax.set_xscale("log")
    ax.set_xlim(0.08, 200)
    ticks = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100]
    ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.axvline(1, color=BLACK, lw=1)
    ax.set_yticks(range(len(double)), [str(timing.case) for timing in double])
    ax.invert_yaxis()
    ax.set_ylabel("T, n_x, n_h, N")
    ax.set_xlabel("its time in units of ours, one thread each; right of the line ours is faster")
    ax.tick_params(labelsize=9)
    ax.minorticks_off()
    ax.grid(visible=True, axis="x", color=PALE)
    ax.set_axisbelow(True)
    figure.legend(loc="upper right", ncols=4, frameon=False, fontsize=9)
    return picture_of(figure)


def run(rounds, cases=CASES, dtypes=("float64", "float32"), growth=GROWTH, without=()):
    """Measure everything.  Returns the timings and the page."""
    contestants, missing = available()
    contestants = {name: made for name, made in contestants.items() if name not in without}
    if "PyTorch" not in missing:
        import torch

        torch.set_num_threads(1)
    timings = []
    for dtype in dtypes:
        for case in cases:
            timings.append(measure(case, dtype, contestants, rounds))
            print(dtype, table(timings[-1:]).splitlines()[-1], file=sys.stderr, flush=True)
    axes = {"T": 0, "n_h": 2, "N": 3}
    slopes = {name: exponents(sizes, axes[name], max(3, rounds // 2)) for name, sizes in growth.items()}
    memories = {case: (memory(case, keep=True), memory(case, keep=False)) for case in MEMORY if case in cases}
    return timings, page(timings, slopes, memories, [*missing, *without])


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a short run, printed")
    parser.add_argument("--rounds", type=int, default=15, help="in which all take turns (15)")
    rivals = [name for name in CONTESTANTS if name != OURS]
    parser.add_argument("--without", nargs="*", default=[], choices=rivals, help="who is left out")
    chosen = parser.parse_args()
    if os.environ.get("BPTT_BENCH") != "1":  # libraries count their threads when they are loaded
        environment = {**os.environ, "BPTT_BENCH": "1", **dict.fromkeys(THREADS, "1")}
        command = [sys.executable, "-m", "benchmarks.bench_gradients", *sys.argv[1:]]
        sys.exit(subprocess.run(command, env=environment, check=False).returncode)
    if hasattr(os, "sched_setaffinity"):  # JAX takes as many threads as it sees processors
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:1])
    if chosen.quick:
        print(run(2, CASES[:4], ("float64",), {"T": GROWTH["T"][:3]})[1])
        return
    timings, text = run(chosen.rounds, without=chosen.without)
    (HERE / "gradients.md").write_text(text, encoding="utf-8")
    plot(timings).save(HERE / "gradients.png", optimize=True)
    print(text)


if __name__ == "__main__":
    main()
