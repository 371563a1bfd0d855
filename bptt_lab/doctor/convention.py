"""One factor for all gradients is a convention. Which one, in words."""

from functools import cache

import numpy as np

from bptt_lab.slips import CONVENTIONS


@cache
def table(sizes) -> tuple:
    """Every factor that has a name, as (value, name): the simplest first. sizes : T+1, N and n_y"""
    known = [each for each in CONVENTIONS.values() if each.steps]
    each = [(float(one.steps["factor"](*sizes)), _readable(one.key)) for one in known]
    return (1.0, "1"), *sorted(each, key=lambda pair: len(pair[1]))


def _readable(key):
    return key.removeprefix("times ").replace("T+1", "(T+1)")


def names_of(factor, sizes, within=1e-7) -> list:
    """Every way to name the factor, without its sign, the simplest first."""
    found = [name for value, name in table(sizes) if abs(abs(factor) - value) <= within * value]
    return found[:1] if "1" in found else found  # N = 1 divides by nothing


def snapped(factor, sizes, within) -> float:
    """The named factor next to it, if it is as near as rounding allows."""
    near = (value for value, _ in table(sizes) if abs(abs(factor) - value) <= within * value)
    return float(np.copysign(next(near, abs(factor)), factor))


@cache
def usual(sizes) -> tuple:
    """Every factor that has a name, with either sign, none twice."""
    values = []
    for value, _ in table(sizes):
        if not any(abs(value - other) < 1e-9 * other for other in values):
            values.append(value)
    return tuple(sign * value for value in values for sign in (1, -1))


def in_words(factor, sizes, within=1e-7) -> str:
    """minus 1 / N"""
    names = names_of(factor, sizes, within)
    size = " or ".join(names[:2]) if names else f"{abs(factor):.6g}"
    return ("minus " if factor < 0 else "") + size


def said(factor, loss, sizes, value_factor, within=1e-7) -> str:
    """The sentence of a report.

    factor       : of all gradients, times those of `loss`
    value_factor : of the loss that was handed over, times the value of `loss`; nan if there is none
    """
    if abs(factor - 1) <= within:
        text = f"the gradients are those of {loss}, added up over all sequences and answers."
    else:
        why = "your sums go down the slope already" if factor < 0 else "a learning rate means something else"
        text = (
            f"all gradients are {in_words(factor, sizes, within)} times those of {loss}. One factor for all is a "
            f"convention and no mistake: {why}."
        )
    if value_factor != value_factor:
        return text
    if abs(value_factor - factor) <= within * abs(factor):
        return text + " Your loss has the same factor."
    ours = f"{value_factor:.6g}" if not names_of(value_factor, sizes, within) else in_words(value_factor, sizes, within)
    return (
        f"{text} Your loss is {ours} times {loss}: a numerical check of it gives {value_factor / factor:.4g} times "
        "these gradients. Give both the same factor."
    )
