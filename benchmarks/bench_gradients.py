"""How long the loss and all gradients take: bptt_core beside PyTorch, JAX and a plain loop.

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
from statistics import geometric_mean, median, quantiles
from typing import NamedTuple

import numpy as np

from benchmarks.contestants import CONTESTANTS, OURS, check_agree
from bptt_core import Net, Params, forward, init_params, loss_and_gradients
from bptt_lab.look import BLACK, BLUE, ORANGE, PALE, VERMILLION
from bptt_lab.panel.paper import new_figure, picture_of
from bptt_lab.train import Workspace

HERE = Path(__file__).resolve().parent
CASES = [(4, 1, 2, 1), (24, 1, 32, 1), (24, 1, 32, 75), (99, 8, 64, 64), (99, 32, 256, 128), (999, 4, 16, 1)]
TEXTBOOK = (24, 1, 32, 75)  # the windows of the noisy sine wave
GROWTH = {  # what grows: the cases, each twice the one before
    "T": [(T, 4, 32, 32) for T in (99, 199, 399, 799, 1599)],
    "n_h": [(49, 4, n_h, 32) for n_h in (64, 128, 256, 512)],
    "N": [(49, 4, 64, N) for N in (32, 64, 128, 256, 512)],
}
MEMORY = CASES[3:]
BLOCK = 0.05  # seconds of calls, of which the median counts
REST = 0.01  # seconds before a block: the threads of the one before may still be waiting for work
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
    """The median of as many calls as fit into a block, at least one; one more before them, unless it is long."""
    start = time.perf_counter()
    call()
    once = time.perf_counter() - start
    if once > 10 * block:
        return once
    times = []
    for _ in range(max(3, min(1000, int(block / once)))):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return median(times)


def race(calls, rounds) -> dict:
    """name -> seconds of each round. In a round each takes its turn, and each round begins with another."""
    times = {name: [] for name in calls}
    order = list(calls)
    for number in range(rounds):
        for name in order[number % len(order) :] + order[: number % len(order)]:
            time.sleep(REST)
            times[name].append(seconds(calls[name]))
    return times


def measure(case, dtype, contestants, rounds) -> Timing:
    given = make(case, dtype)
    calls = {name: contestant(*given) for name, contestant in contestants.items()}
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
    return {name: contestant for name, contestant in CONTESTANTS.items() if name not in missing}, missing


def _version(package):
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


# The page


def milliseconds(value) -> str:
    return f"{1e3 * value:.3g}" if value < 1 else f"{1e3 * value:.0f}"


def spread(values) -> str:
    """The median, and the quartiles in brackets."""
    if len(values) < 2:
        return f"{values[0]:.2f}"
    low, middle, high = quantiles(values, n=4)
    digits = 0 if middle >= 100 else 1 if middle >= 10 else 2
    return f"{middle:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def table(timings) -> str:
    """Times of ours in milliseconds, and of the others in units of it."""
    others = [name for name in CONTESTANTS if name != OURS]
    lines = [
        f"| T, n_x, n_h, N | {OURS}: ms | {' | '.join(others)} |",
        "|---" * (2 + len(others)) + "|",
    ]
    for timing in timings:
        cells = [spread(timing.ratios[name]) if name in timing.ratios else "–" for name in others]
        lines.append(f"| {timing.case} | {milliseconds(timing.seconds[OURS])} | {' | '.join(cells)} |")
    return "\n".join(lines)


def ratio(timing, name) -> float:
    return median(timing.ratios[name])


def goals(timings, slopes, memories, missing) -> list:
    """(what was to be reached, what was found, whether it was) for each goal that can be judged."""
    found = []
    for dtype in dict.fromkeys(timing.dtype for timing in timings):
        mine = [timing for timing in timings if timing.dtype == dtype]
        for name, least, mean in (("PyTorch", 1.0, 4.0), ("JAX", 0.6, 1.0)):
            if name not in missing:
                ratios = [ratio(timing, name) for timing in mine]
                worst, whole = min(ratios), geometric_mean(ratios)
                met = worst > least if name == "PyTorch" else worst >= least
                rule = "more than 1" if name == "PyTorch" else f"at least {least}"
                found.append((f"{dtype}: {name}'s time, at every size {rule} times ours", f"{worst:.2f}", met))
                found.append(
                    (f"{dtype}: {name}'s time, geometric mean at least {mean:.0f} times", f"{whole:.2f}", whole >= mean)
                )
        for timing in mine:
            if timing.case == TEXTBOOK:
                times = ratio(timing, "plain loop")
                found.append((f"{dtype}: the plain loop at {TEXTBOOK}, at least 30 times", f"{times:.0f}", times >= 30))
    slope = median(slopes["T"])
    found.append(("exponent in T, at most 1.05", f"{slope:.3f}", slope <= 1.05))
    most = max(kept for kept, _ in memories.values())
    found.append(("peak memory, at most 1.3 times the trace and gradients", f"{most:.2f}", most <= 1.3))
    return found


def page(timings, slopes, memories, missing, threads) -> str:
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
        for what, value, met in goals(timings, slopes, memories, missing)
    )
    left_out = f"\nNot installed, and so not measured: {', '.join(missing)}.\n" if missing else ""
    packages = [f"{name} {_version(name)}" for name in ("numpy", "torch", "jax") if _version(name)]
    return PAGE.format(
        tables="\n\n".join(tables),
        growth=growth,
        memory=held,
        goals=judged,
        missing=left_out,
        versions=", ".join([f"Python {platform.python_version()}", *packages, _blas()]),
        threads=threads,
        processor=_processor(),
    )


def _blas() -> str:
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return f"BLAS {blas['name']} {blas['version']}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.partition(": ")[2] for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


PAGE = """\
# How long the gradients take

The loss and all five gradients of a many-to-one SimpleRNN with tanh, the same numbers for all, checked to agree before
the clock starts. T is the last index: T = 24 means 25 inputs. In each round all take turns; the time of a turn is the
median of its calls. A ratio is taken within a round: the time of the other in units of ours, so more than 1 means that
ours is faster. Given are the median of the rounds and, in brackets, the quartiles. *bptt_core* alone is `forward` and
`backward` as they are in the book's order; *workspace kept* is the same call of a `Workspace`. PyTorch is `nn.RNN` and
autograd, eager. JAX is compiled beforehand, with its arrays in place. The *plain loop* takes one sequence and one step
at a time. Absolute times depend on the machine and on the hour; the ratios less so.

`make bench` measures anew.

![The times of PyTorch, JAX and the plain loop in units of bptt_core with a kept workspace, in float64, for each of \
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

{versions}; {threads} threads each; {processor}.
"""


def plot(timings) -> bytes:
    """The ratios in float64, with their quartiles, as a PNG."""
    figure = new_figure(820, 380)
    ax = figure.add_axes((0.19, 0.14, 0.78, 0.74))
    looks = {"plain loop": (ORANGE, "s"), "PyTorch": (VERMILLION, "^"), "JAX": (BLUE, "o")}
    double = [timing for timing in timings if timing.dtype == "float64"]
    for offset, (name, (colour, marker)) in zip((0.2, 0, -0.2), looks.items(), strict=True):
        shown = [(i, timing.ratios[name]) for i, timing in enumerate(double) if name in timing.ratios]
        if shown:
            places = [i + offset for i, _ in shown]
            low, middle, high = np.transpose([np.quantile(found, (0.25, 0.5, 0.75)) for _, found in shown])
            errors = (middle - low, high - middle)
            ax.errorbar(middle, places, xerr=errors, color=colour, marker=marker, ls="", capsize=3, label=name)
            for place, value in zip(places, middle, strict=True):
                side, align = (-7, "right") if value < 1 else (7, "left")  # off the line at 1
                where = {"xytext": (side, 0), "textcoords": "offset points", "va": "center", "ha": align}
                ax.annotate(f"{value:.3g}", (value, place), fontsize=8, **where)
    ax.set_xscale("log")
    ax.set_xlim(0.3, 200)
    ax.set_xticks([0.5, 1, 2, 5, 10, 20, 50, 100], ["0.5", "1", "2", "5", "10", "20", "50", "100"])
    ax.axvline(1, color=BLACK, lw=1)
    ax.set_yticks(range(len(double)), [str(timing.case) for timing in double])
    ax.invert_yaxis()
    ax.set_ylabel("T, n_x, n_h, N")
    ax.set_xlabel("its time in units of bptt_core with a kept workspace; right of the line ours is faster")
    ax.tick_params(labelsize=9)
    ax.minorticks_off()
    ax.grid(visible=True, axis="x", color=PALE)
    ax.set_axisbelow(True)
    figure.legend(loc="upper right", ncols=3, frameon=False, fontsize=9)
    return picture_of(figure)


def run(rounds, threads, cases=CASES, dtypes=("float64", "float32"), growth=GROWTH):
    """Measure everything.  Returns the timings and the page."""
    contestants, missing = available()
    if "PyTorch" in contestants:
        import torch

        torch.set_num_threads(threads)
    timings = []
    for dtype in dtypes:
        for case in cases:
            timings.append(measure(case, dtype, contestants, rounds))
            print(dtype, table(timings[-1:]).splitlines()[-1], file=sys.stderr, flush=True)
    axes = {"T": 0, "n_h": 2, "N": 3}
    slopes = {name: exponents(sizes, axes[name], max(3, rounds // 2)) for name, sizes in growth.items()}
    memories = {case: (memory(case, keep=True), memory(case, keep=False)) for case in MEMORY if case in cases}
    return timings, page(timings, slopes, memories, missing, threads)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a short run, printed")
    parser.add_argument("--threads", type=int, default=2, help="of each contestant (2)")
    chosen = parser.parse_args()
    if os.environ.get("BPTT_BENCH") != "1":  # libraries count their threads when they are loaded
        environment = {**os.environ, "BPTT_BENCH": "1", **dict.fromkeys(THREADS, str(chosen.threads))}
        command = [sys.executable, "-m", "benchmarks.bench_gradients", *sys.argv[1:]]
        sys.exit(subprocess.run(command, env=environment, check=False).returncode)
    if hasattr(os, "sched_setaffinity"):  # JAX takes as many threads as it sees processors
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: chosen.threads])
    if chosen.quick:
        print(run(2, chosen.threads, CASES[:4], ("float64",), {"T": GROWTH["T"][:3]})[1])
        return
    timings, text = run(15, chosen.threads)
    (HERE / "gradients.md").write_text(text, encoding="utf-8")
    plot(timings).save(HERE / "gradients.png", optimize=True)
    print(text)


if __name__ == "__main__":
    main()
