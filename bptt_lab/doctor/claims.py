"""The gradients that somebody claims, in the layout of bptt_core, beside the true ones and what rounding may do."""

from typing import NamedTuple

import numpy as np

from bptt_core import Gradients
from bptt_core.inputs import quiet
from bptt_lab.slips import RIGHT
from bptt_lab.slips.passes import shifted

from .axes import STEPS, N, placements
from .given import GRADIENTS

SMALL = 1e-300


class Claim(NamedTuple):
    """One gradient as it was handed over."""

    array: np.ndarray  # as bptt_core has it; db and dc may have N columns; None where no shape fits
    turned: bool = False  # it came transposed relative to its parameter
    unsummed: tuple = ()  # the axes that it still had
    broken: str = ""  # what is wrong with it, whatever the layout


class Truth(NamedTuple):
    """One backward pass without a slip, and what its numbers are measured by."""

    grads: dict  # name -> array
    scales: dict  # name -> the largest sum of the absolute values of the terms
    floors: dict  # name -> the same without f': what 1 - h^2 loses
    dy: np.ndarray
    dh: np.ndarray
    delta: np.ndarray


def base(name):
    """db2 is the gradient of a second bias: the same numbers as db."""
    return name[:2]


def claimed(given, reading) -> dict:
    """Each gradient that is there, as a Claim."""
    s, n_h, (steps, _, count) = reading.states, given.n_h, reading.states.x.shape
    turned = {"W": s.turned[0], "U": s.turned[1], "V": reading.V_turned}
    shapes = {"W": (n_h, given.n_x), "U": (n_h, n_h), "V": (given.n_y, n_h)}
    found = {}
    for name in (*GRADIENTS, "db2"):
        array, weight = given.arrays.get(name), base(name)[1:]
        if array is None:
            continue
        if not np.isfinite(array).all():
            number = int((~np.isfinite(array)).sum())
            found[name] = Claim(None, broken=f"{number} of its {array.size} numbers are nan or inf")
        elif weight in shapes:
            theirs = given.arrays[weight].shape
            found[name] = _matrix(array, theirs, shapes[weight], turned[weight], steps, count)
        else:
            found[name] = _vector(
                array, given.arrays[name[1:]].shape, given.n_y if weight == "c" else n_h, steps, count
            )
    return found


def _matrix(array, theirs, shape, turned, steps, count):
    if array.shape == theirs:
        return Claim(array.T if turned else array.reshape(shape))
    if array.size == shape[0] * shape[1]:
        if array.ndim == 2 and array.shape == theirs[::-1]:
            return Claim(array if turned else array.T, turned=True)
        narrow = np.squeeze(array)
        return Claim(narrow.T if turned and narrow.ndim == 2 else narrow.reshape(shape))
    return _too_large(array, theirs, shape, turned, steps, count)


def _too_large(array, theirs, shape, turned, steps, count):
    own = shape[::-1] if turned else shape
    extent = {STEPS: steps, N: count}
    for axes in ((STEPS,), (N,), (STEPS, N), (N, STEPS)):
        sizes = [extent[axis] for axis in axes]
        if array.shape == (*sizes, *own):
            summed = array.sum(axis=tuple(range(len(sizes))))
            return Claim(summed.T if turned else summed, unsummed=axes)
    return Claim(None, broken=f"its shape is {array.shape}, and that of its parameter {theirs}")


def _vector(array, theirs, size, steps, count):
    if array.size == size:
        return Claim(array.reshape(size, 1))
    ways = placements(array, {"rows": size, N: count})
    if ways:
        return Claim(ways[0][0])
    for axes in ((STEPS,), (STEPS, N)):
        sizes = {STEPS: steps, "rows": size, N: count if N in axes else 1}
        ways = placements(array, sizes)
        if ways:
            return Claim(ways[0][0].sum(axis=(0, 2))[:, None], unsummed=axes)
    return Claim(None, broken=f"its shape is {array.shape}, and that of its parameter {theirs}")


def truth(trace, Y) -> Truth:
    """The right pass, by RIGHT of bptt_lab.slips."""
    with quiet():
        dy = RIGHT.first(trace, Y)
        _, dh, delta, _ = RIGHT.back(trace, dy)
        grads = {name: RIGHT.sum(name, trace, dy, delta) for name in Gradients._fields}
        size = np.abs(trace.x), np.abs(shifted(trace.h, trace.h_init)), np.abs(trace.h)
        scales, floors = {}, {}
        for into, factor in ((scales, np.abs(delta)), (floors, np.abs(dh))):
            into["dW"] = (factor @ size[0].mT).sum(axis=0).max()
            into["dU"] = (factor @ size[1].mT).sum(axis=0).max()
            into["db"] = factor.sum(axis=(0, 2)).max()
            into["dV"] = (np.abs(dy) @ size[2].mT).sum(axis=0).max()
            into["dc"] = np.abs(dy).sum(axis=(0, 2)).max()
    return Truth(grads, scales, floors, dy, dh, delta)


class Measure(NamedTuple):
    """What counts as the same number: rounding, in units of each gradient's terms."""

    noise: float
    limits: dict  # name -> absolute, for messages times 1

    @classmethod
    def of(cls, true, noise):
        eps = noise * 1e-4  # 1 - h^2 is known to so much of 1, not of itself
        largest = max(true.scales.values())
        return cls(
            noise,
            {
                name: noise * max(scale, 1e-12 * largest) + eps * true.floors[name] + SMALL
                for name, scale in true.scales.items()
            },
        )

    def limit(self, name, factor, claim):
        return self.limits[base(name)] * abs(factor) + self.noise * 1e-3 * np.abs(claim).max()


def ratio(claim, true):
    """The one factor that takes true nearest to claim, nan if there is nothing to scale."""
    size = float((true * true).sum())
    return float((claim * true).sum()) / size if size > SMALL and claim.shape == true.shape else np.nan
