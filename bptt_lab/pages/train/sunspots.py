"""The net of all pages, trained on sunspot numbers up to 1920: what page 07 shows."""

import warnings
from functools import cache

from bptt_core import Net

from ...data import small_net, sunspot_split
from ...train import fit
from ...train.learning import Learnt, learn

EPOCHS, RATE = 100, 0.003  # of plain descent


@cache
def sunspot_run() -> Learnt:
    """The run of page 07, trained as the page itself trains it."""
    split = sunspot_split()
    return learn(small_net(), split.x, split.Y, bar=False)


def louder(net, scale) -> Net:
    """The net with U times scale."""
    return Net(net.params._replace(U=scale * net.params.U))


def plain_descent(net, learning_rate=RATE, **options):
    """The History of plain descent on the sunspots. A run that ends early is part of what is shown."""
    split = sunspot_split()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return fit(
            net, split.x, split.Y, epochs=EPOCHS, learning_rate=learning_rate, optimizer="sgd", **options
        ).history
