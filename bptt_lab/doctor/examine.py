"""Somebody's own function on several cases, and what only several cases show."""

import inspect
from collections.abc import Callable, Mapping

import numpy as np

from bptt_core import ACTIVATIONS

from .answers import G
from .cases import LAYOUTS, N_Y, PARAMETERS, case
from .convention import table
from .diagnosis import consult
from .given import GRADIENTS
from .layout import off
from .report import Finding, Report, listed
from .search import concerns

STEPS, SEQUENCES = (5, 3, 2, 1), (3, 1)
ARGUMENTS = (*PARAMETERS, "x", "Y")
SAME = 1e-12


def examine(
    function, layout="columns", *, outputs="last", activation="tanh", dense_activation="identity", seed=0, classes=False
) -> Report:
    """Call somebody's backward pass on several cases of `case`, and say what is wrong with it.

    function         : takes W, U, b, V, c, x, Y, by these names if it has them, else in this order; returns dW, dU, db,
                       dV, dc in this order, or with y or the loss before them, or a dict with any names of `diagnose`
    layout, outputs, seed, classes : as for `case`
    activation, dense_activation   : f and g; not asked for if the function also returns y
    Returns a Report, as `diagnose` does.
    Raises TypeError if function is no function, ValueError if it returns something else.
    """
    if not callable(function):
        raise TypeError(f"function must be a function of {', '.join(ARGUMENTS)}; got {type(function).__name__}")
    sequences = SEQUENCES if layout != "one sequence" else (1,)
    cases = {
        (steps, N): case(layout, seed, outputs=outputs, steps=steps, N=N, classes=classes)
        for steps in STEPS
        for N in sequences
    }
    first = next(iter(cases.values()))
    found, failed, told = _habits(function, first), [], {}
    for size, each in cases.items():
        try:
            brought = _called(function, each)[0]
        except ReturnedOther:
            raise
        except Exception as error:
            failed.append((size, error))
            continue
        if not {"y", "h", "loss"} & set(brought):
            brought["y"] = _answers(each, layout, outputs, activation, dense_activation)
        told[size] = consult(each | brought)
    _agree([attempt for _, attempt in told.values() if attempt])
    reports = {size: attempt.look.report(attempt) if attempt else report for size, (report, attempt) in told.items()}
    return _together(found, failed, reports)


def _agree(attempts):
    """Put first, in every case, the cure that holds in most of them."""
    cures = [cure for attempt in attempts for cure in attempt.cures[:8] if cure.whole]
    held = [
        (sum(attempt.engine.whole(cure.slips) for attempt in attempts), -cure.cost, i) for i, cure in enumerate(cures)
    ]
    if not held:
        return
    best = cures[max(held)[-1]]
    for attempt in attempts:
        if attempt.wrong and attempt.engine.whole(best.slips):
            by = {name: tuple(slip for slip in best.slips if concerns(slip, name)) for name in attempt.wrong}
            attempt.cures = [best._replace(by=by)]


class ReturnedOther(ValueError):
    """The function returned no gradients."""


def _called(function: Callable, given):
    """What it returns, by names, and the arguments as they are then."""
    copies = {name: array.copy() for name, array in given.items()}
    try:
        parameters = inspect.signature(function).parameters
        any_name = any(each.kind is each.VAR_KEYWORD for each in parameters.values())
        named = set(ARGUMENTS if any_name else parameters)
    except (TypeError, ValueError):
        named = set()
    made = function(**copies) if set(ARGUMENTS) <= named else function(*(copies[name] for name in ARGUMENTS))
    return _named(made), copies


def _named(made) -> dict:
    if hasattr(made, "_asdict"):
        made = made._asdict()
    if isinstance(made, Mapping):
        names = {*GRADIENTS, "y", "h", "loss", "dy", "dh"}
        return {name: np.array(value) for name, value in made.items() if name in names}
    if isinstance(made, tuple | list) and len(made) in (5, 6):
        before = {}
        if len(made) == 6:
            before = {"loss" if np.size(made[0]) == 1 else "y": np.array(made[0])}
        return before | {name: np.array(each) for name, each in zip(GRADIENTS, made[-5:], strict=True)}
    got = f"{len(made)} things" if isinstance(made, tuple | list) else type(made).__name__
    raise ReturnedOther(
        f"function must return {', '.join(GRADIENTS)} in this order, or a dict with these names; got {got}"
    )


def _habits(function, given) -> list:
    """What it does to its arguments, and whether it answers the same again."""
    found = []
    try:
        once, after = _called(function, given)
        changed = [name for name in given if not np.array_equal(after[name], given[name])]
        again = _called(function, given)[0]
        other = _called(function, given | {"Y": given["Y"][..., ::-1] * 0.5 + 0.1})[0]
    except ReturnedOther:
        raise
    except Exception:
        return []  # said of the case in which it fails
    if changed:
        words = (
            f"The function changes {listed(changed)} in place: whoever calls it with the same arrays again, as a "
            "numerical check does, has other numbers by then. Copy first, and write a = a + b where a is an "
            "argument: a += b writes into it."
        )
        found.append(Finding((), (), "", words))
    grads = [name for name in once if name in GRADIENTS]
    moved = [name for name in grads if not _same(once[name], again[name])]
    if moved:
        words = (
            f"A second call with the same arguments gives another {listed(moved)}: something is kept between calls. "
            "Begin every sum and the state at zero inside the function."
        )
        found.append(Finding(tuple(moved), (), "", words))
    elif all(_same(once[name], other[name]) for name in grads):
        found.append(Finding(tuple(grads), (), "", "The gradients do not depend on Y: the loss is not in them."))
    return found


def _same(one, other):
    return one.shape == other.shape and bool(off(one, other) <= SAME)


def _answers(given, layout, outputs, activation, dense_activation):
    """y in the layout of the case, from its arrays in columns."""
    chosen = LAYOUTS[layout]
    W, U, V = (given[name].T if chosen.rows else given[name] for name in ("W", "U", "V"))
    b, c = (given[name].reshape(-1, 1) for name in ("b", "c"))
    x = given["x"][..., None] if layout == "one sequence" else given["x"].transpose(np.argsort(chosen.axes))
    f, h, states = ACTIVATIONS[activation].f, np.zeros((len(U), x.shape[2])), []
    for step in x:
        h = f(W @ step + U @ h + b)
        states.append(V @ h + c)
    y = G[dense_activation].f(np.array(states) if outputs == "all" else states[-1])
    if layout == "one sequence":
        return y[..., 0]
    if y.ndim == 3:
        return y.transpose(chosen.axes)
    return y if chosen.axes.index(1) < chosen.axes.index(2) else y.T


def _together(found, failed, reports) -> Report:
    """One report of all cases."""
    for (steps, N), error in failed[:1]:
        words = f"With T+1 = {steps} and N = {N} it stops: {type(error).__name__}: {error}."
        found.append(Finding((), (), "", words))
    wrong = {size: report for size, report in reports.items() if report.verdict == "wrong"}
    main = _telling(wrong) if wrong else next(iter(reports.values()), None)
    if wrong:
        found += main.findings
    factors = {size: report.factor for size, report in reports.items() if report.factor == report.factor}
    convention, odd = _convention(factors, main)
    found += odd
    if main is None:
        return Report("wrong", "", tuple(found), "", "the function works in no case.")
    where = listed(f"({steps}, {N})" for steps, N in wrong)
    if wrong:
        summary = (
            f"of {len(reports)} cases it is wrong for (T+1, N) = {where}."
            if len(wrong) < len(reports)
            else (f"it is wrong in all {len(reports)} cases.")
        )
    else:
        summary = f"the gradients are right in {len(reports)} cases" + (", but:" if found else ".")
    verdict = "wrong" if found else _worst(reports)
    notes = tuple(note for note in main.notes if "handed over" in note) if not wrong else ()
    return Report(verdict, convention, tuple(found), main.layout, summary, notes, main.factor)


def _worst(reports):
    verdicts = {report.verdict for report in reports.values()}
    return next(each for each in ("wrong", "cannot tell", "suspicious", "right") if each in verdicts)


def _telling(wrong):
    """The report of the largest case, of those that say what most of them say."""
    keys = {size: tuple(sorted(finding.slip for finding in report.findings)) for size, report in wrong.items()}
    large = [size for size in wrong if size[0] > 1 and any(keys[size])] or list(wrong)
    often = max(large, key=lambda size: (sum(keys[size] == keys[other] for other in large), size))
    return wrong[next(size for size in wrong if keys[size] == keys[often])]


def _convention(factors, main):
    """The name that the factor has in all cases; a finding if it has none."""
    if not factors:
        return (main.convention if main else ""), []
    names = set.intersection(*(_names(factor, size) for size, factor in factors.items()))
    if names or len({round(factor, 12) for factor in factors.values()}) == 1:
        name = min(names, key=len) if names else ""
        return (
            f"all gradients are {name} times those of the loss: a convention."
            if name not in ("", "1")
            else main.convention
        ), []
    said = ", ".join(f"{factor:.4g} for (T+1, N) = {size}" for size, factor in list(factors.items())[:3])
    words = f"The one factor of all gradients changes from case to case, and not with N, T+1 or n_y: {said}."
    return main.convention, [Finding((), (), "", words)]


def _names(factor, size):
    sign = "minus " if factor < 0 else ""
    return {sign + name for value, name in table((*size, N_Y)) if abs(abs(factor) - value) <= 1e-7 * value}
