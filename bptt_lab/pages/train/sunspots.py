"""The net of all pages, trained on sunspot numbers up to 1920: what page 07 shows."""

from functools import cache

from ...data import small_net, sunspot_split
from ...train.learning import Learnt, learn


@cache
def sunspot_run() -> Learnt:
    """The run of page 07, trained as the page itself trains it."""
    split = sunspot_split()
    return learn(small_net(), split.x, split.Y, bar=False)
