"""Gradient checks, good ones and lazy ones, and what each of them notices of a mistake."""

from functools import cache
from typing import NamedTuple

import numpy as np

from bptt_core import Gradients, Net, Params, forward, mse_loss, numerical_gradients

from ...compare import relative_difference, verdict
from ...data import TARGET_YEAR, small_net, sunspot_windows
from ...slips import RIGHT, SLIPS

NAMES = Gradients._fields
NO_MISTAKE = "no mistake"
SHOWN = ("transpose", "step", "slope", "state", "overwrite U", "wrap", "range", "loop N", "mean", "half", "in place")
MISTAKES = {key: SLIPS[key] for key in (*SHOWN, "float32")}


class Check(NamedTuple):
    """A net and windows of the sunspot series, on which a gradient is compared with central differences."""

    title: str
    steps: int  # T+1
    sequences: int = 1  # N; the last of them has the target 1957
    size: float = 1.0  # the inputs are multiplied by it
    symmetric: bool = False  # U is replaced by the mean of U and its transpose
    in_one: bool = False  # all gradients in one long vector, so that the large ones hide the small

    def case(self):
        """Returns net, x, Y."""
        params = small_net().params
        if self.symmetric:
            params = params._replace(U=(params.U + params.U.T) / 2)
        x, Y, years = sunspot_windows(self.steps - 1)
        chosen = (years > TARGET_YEAR - self.sequences) & (years <= TARGET_YEAR)
        return Net(params), self.size * x[:, :, chosen], Y[:, chosen]

    def errors(self, claim) -> dict:
        """The relative difference from central differences, for each gradient of `claim`, a Slip or a Pass."""
        ours = claim.gradients(*self.case())
        if self.in_one:
            both = (np.concatenate([grad.ravel() for grad in grads]) for grads in (ours, _central(self)))
            return dict.fromkeys(NAMES, relative_difference(*both))
        return {
            name: relative_difference(grad, other)
            for name, grad, other in zip(NAMES, ours, _central(self), strict=True)
        }

    def verdict(self, claim) -> str:
        """The verdict on the gradient that is furthest off."""
        return verdict(max(self.errors(claim).values()))


@cache
def _central(check):
    return numerical_gradients(*check.case())


CHECKS = {  # T+1, N and n_h = 3 differ: were two of them equal, a mistake that mixes them up would not show
    "1": Check("one input, T+1 = 1", 1),
    "2": Check("two inputs, T+1 = 2", 2),
    "4": Check("four inputs, T+1 = 4", 4),
    "5": Check("five inputs, T+1 = 5", 5),
    "N": Check("five inputs, N = 4 sequences", 5, sequences=4),
    "symmetric": Check("five inputs, a symmetric U", 5, symmetric=True),
    "saturated": Check("saturated inputs, all in one vector", 5, size=100, in_one=True),
}

EPOCHS = 200
RATE = 2e-4


@cache
def training(key) -> np.ndarray:
    """The mean loss of all five-year windows, before each of 200 steps of descent with that mistake and at the end."""
    claim = MISTAKES.get(key, RIGHT)
    x, Y, _ = sunspot_windows(4)
    net = small_net()
    losses = [mse_loss(forward(net, x).y, Y)]
    for _ in range(EPOCHS):
        grads = claim.gradients(net, x, Y)
        net = Net(Params(*(weight - RATE * grad for weight, grad in zip(net.params, grads, strict=True))))
        losses.append(mse_loss(forward(net, x).y, Y))
    return np.array(losses) / x.shape[2]
