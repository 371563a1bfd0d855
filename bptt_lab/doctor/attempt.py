"""One way to read the numbers, with one factor for all gradients: what is wrong then, and what would explain it."""

import numpy as np

from bptt_lab.slips import SLIPS

from .claims import base
from .convention import usual
from .limits import fitted
from .search import Search

COARSE = 1e-4  # a deviation that a coarse eps can make
TRIED = 3  # factors at once
NOT_LINEAR = ("clip", "moved", "clip sums", "clip entries")  # of what it is multiplied by, all depends here


class Attempt:
    """look : the Look. factor : of all gradients. only : the keys of the slips that are tried, of all if it is empty"""

    def __init__(self, look, factor, only=()):
        self.look, self.factor = look, factor
        self.accused = look.wrong(factor)
        self.wrong = [
            name for name in self.accused if look.claims[name].array is not None and not look.fits(name, factor)
        ]
        self.coarse = bool(self.accused) and all(look.relative(name, factor) <= COARSE for name in look.claims)
        times = {name: look.ratios[name] / factor for name in self.wrong if look.ratios[name] == look.ratios[name]}
        self.engine = Search(
            look.trace,
            look.Y,
            look.claims,
            self.wrong,
            factor,
            look.measure,
            times=times,
            limits=_limits(look),
            only=only,
        )
        self.cures = []
        self.improve(self.engine.shallow)

    def improve(self, search):
        """Try harder."""
        if self.wrong:
            self.cures = search() or self.cures

    def deepen(self):
        """Pairs, and values of a parameter that are not the usual ones."""
        self.improve(self.engine.deep)
        if self.wrong and self.left:
            extra = fitted(self.engine)
            self.cures = [extra, *self.cures] if extra else self.cures

    @property
    def cure(self):
        return self.cures[0] if self.cures and not self.rounded else None

    @property
    def left(self):
        """The gradients that nothing explains."""
        by = self.cures[0].by if self.cures else ()
        return [name for name in self.wrong if name not in by]

    @property
    def rounded(self):
        """Nothing is wrong but digits."""
        by = self.cures[0].by if self.cures else ()
        return self.coarse and any(name not in by for name in self.wrong)

    @property
    def explained(self):
        return not self.left or self.rounded

    @property
    def settled(self):
        """One slip explains it, or one pass does: no need to look for more."""
        first = self.cures[0] if self.cures else None
        return self.explained and (self.rounded or not first or first.whole or len(first.slips) == 1)

    @property
    def plain(self):
        """One slip of the catalogue gives everything."""
        return bool(self.cures) and not self.rounded and self.cures[0].whole and len(self.cures[0].slips) == 1

    @property
    def score(self):
        """The price of believing it."""
        if self.rounded:
            return 1.5
        cost = self.cures[0].cost if self.cures else 0
        odd = sum(self.look.strange(name) for name in self.accused)
        odd += 0.4 * self.look.reading.odd
        return cost + 2 * len(self.left) + 0.3 * len(self.accused) + odd + self.strangeness

    @property
    def near(self):
        """Other cures at the same price."""
        first = self.cures[0]
        return [each for each in self.cures[1:] if each.cost < first.cost + 0.2 and set(each.by) == set(first.by)]

    @property
    def strangeness(self):
        """How much a factor must explain to be believed."""
        value, factor = self.look.value_factor, self.factor
        odd = 1.0
        if factor == 1 or _same(factor, value):
            odd = 0.0
        elif any(_same(factor, each) for each in usual(self.look.sizes)):
            odd = 0.2
        return odd - 0.2 * all(_same(factor, self.look.ratios.get(name, np.nan)) for name in ("dV", "dc"))


def _same(one, other):
    return abs(one - other) <= 1e-6 * abs(one)


def _limits(look):
    """A limit of clipping shows: it is the largest number there is, more than once."""
    sizes = np.concatenate([np.abs(each.array).ravel() for each in look.claims.values() if each.array is not None])
    largest = float(sizes.max())
    repeated = (sizes > largest * (1 - 1e-9)).sum() > 1
    known = any(_same(largest, value) for value in SLIPS["clip"].values)
    return (largest,) if repeated and not known else ()


def voted(look, pairs=False) -> list:
    """If no gradient is right: the factors with which one slip would explain something, the likeliest first."""
    engine = Search(look.trace, look.Y, look.claims, list(look.claims), 1.0, look.measure)
    votes = {}
    for name, times in [*engine.multiples(pairs), *_of_entries(look)]:
        value = next((each for each in usual(look.sizes) if _same(each, times)), None)
        if value is not None:
            votes.setdefault(value, set()).add(base(name))
    likely = sorted(votes, key=lambda value: (-len(votes[value]), abs(value - 1)))
    return [value for value in likely if value not in look.factors[:TRIED]][:2]


def _of_entries(look):
    """A factor that many entries share: the others may be clipped."""
    for name, claim in look.claims.items():
        true = look.true.grads[base(name)]
        if claim.array is None or claim.array.shape != true.shape or true.size < 4:
            continue
        used = np.abs(true) > 1e-6 * np.abs(true).max()
        times = claim.array[used] / true[used]
        for value in usual(look.sizes):
            if np.sum(np.abs(times - value) <= 1e-6 * abs(value)) > max(2, 0.25 * len(times)):
                yield name, value
