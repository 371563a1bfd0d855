"""Which slips give the numbers that somebody claims: whole passes first, then gradient by gradient.

A slip changes the messages (then it is in dW, dU and db), or one of the sums. So the messages are computed once for
each choice of slips, side by side, and each gradient is looked for in all sums over all of them.
"""

from itertools import combinations
from typing import NamedTuple

import numpy as np

from bptt_core.inputs import quiet
from bptt_lab.slips import RIGHT, SLIPS, USUAL, composed
from bptt_lab.slips.slip import Slip

from .claims import base
from .many import START, WAY, Sent, send, start, with_slips

NOT_HERE = ("sign", "half", "mean", "entries", "float32")  # one factor for all, or no formula
ONE_ARRAY = {  # the steps of one sum
    "dW": {"states_of_W", "result_of_W"},
    "dU": {"states_of_U", "terms_of_U", "result_of_U"},
    "db": {"uses_of_b", "terms_of_b"},
    "dV": {"result_of_V"},
    "dc": {"terms_of_c"},
}
OF_ALL = {"rounds", "total", "result"}
AT_ONCE = 4_000_000  # numbers in memory
FEW_LINKS = 4  # tried together with another slip


class Cure(NamedTuple):
    """Slips that give the claimed gradients."""

    slips: tuple  # of Slip, at their values
    by: dict  # name of a gradient -> the slips that are in it
    whole: bool  # one pass with all of them gives everything

    @property
    def cost(self):
        partly = 0 if self.whole else 0.5
        return _price(self.slips) + partly


LATE = SLIPS.keys() - USUAL.keys()  # of two that fit, the usual one


class Search:
    """For one case, one factor of all messages, and the claims."""

    def __init__(self, trace, Y, claims, wrong, factor, measure, *, times=None, limits=(), only=()):
        """times : {name: how many times the true gradient the claimed one is}, of those that are some"""
        self.trace, self.Y, self.factor, self.measure = trace, Y, factor, measure
        self.claims, self.wrong, self.times = claims, wrong, times or {}
        self.start = RIGHT._replace(factor=lambda steps, N, n_y: factor)
        self.at_start, self.on_the_way, self.sums = _all_slips(limits, only)

    def shallow(self) -> list:
        """The cheapest cures with one slip in the messages and one in each sum."""
        with quiet():
            self.singles = self._possible(self._singles())
            self.sums = [slip for slip in self.sums if self._shared_range(slip)]
            self.fits = {name: self._fits(name, self.singles, 1) for name in self.wrong}
            for name, times in self.times.items():
                self.fits[name].append((_times(times),))
            return self._assembled()

    def deep(self) -> list:
        """With two slips in a sum, or two in the messages, or both."""
        with quiet():
            for messages, least, cost in ((self.singles[:1], 2, 2.2), (None, 0, 3), (self.singles[1:], 2, 4)):
                for name in self.wrong:
                    messages = self._possible(self._pairs()) if messages is None else messages
                    self.fits[name] += self._fits(name, messages, least, least=least)
                found = self._assembled()
                if found and found[0].by.keys() == set(self.wrong) and found[0].cost <= cost:
                    break
            return found

    def multiples(self, pairs=False):
        """Each gradient that one slip gives but for a factor, with that factor; or two slips in the messages."""
        with quiet():
            messages = self.singles = self._singles()
            if pairs:
                messages = self._pairs()
            for name in self.wrong if messages else ():
                yield from self._multiples(name, messages, 0 if pairs else 1)

    def _multiples(self, name, messages, most):
        claim, kind = self.claims[name].array, base(name)
        if claim is None or claim.size < 3:
            return
        many = np.stack([each[1] if kind in ("dV", "dc") else each[2] for each in messages], axis=1)
        for chosen in self._sums(name, most):
            grad = composed(*chosen).sum(kind, self.trace, many, many)
            if grad.shape[-2:] != claim.shape:
                continue
            size = (grad * grad).sum(axis=(-2, -1))
            times = (grad * claim).sum(axis=(-2, -1)) / np.maximum(size, 1e-300)
            far = np.abs(times[..., None, None] * grad - claim).max(axis=(-2, -1))
            close = far <= self.measure.noise * 10 * np.abs(claim).max()
            yield from ((name, float(value)) for value in np.atleast_1d(times)[np.atleast_1d(close)])

    # the messages

    def sent(self, slips) -> Sent:
        """The messages with these slips."""
        at_start = tuple(slip for slip in slips if set(slip.steps) <= START)
        way = tuple(slip for slip in slips if slip not in at_start)
        return send(self.trace, self.start, way, [start(self.trace, self.Y, self.start, at_start)])[0]

    def _singles(self):
        """The right messages, then those with one slip, that differ from all before."""
        self.aliases = {}  # key -> the names of others that give the same messages here
        starts = [start(self.trace, self.Y, self.start, slips) for slips in [(), *((each,) for each in self.at_start)]]
        starts = [each for each in starts if np.isfinite(each.df).all() and np.isfinite(each.dy).all()]
        right = send(self.trace, self.start, (), starts)
        every = [*right, *(send(self.trace, self.start, (slip,), starts[:1])[0] for slip in self.on_the_way)]
        kept = self._distinct(every)
        own = {id(each.slips) for each in kept}
        self.starts = [each for each, sent in zip(starts, right, strict=True) if id(sent.slips) in own]
        self.ways = [each.slips[0] for each in kept[len(self.starts) :]]
        return kept

    def _distinct(self, every):
        rng = np.random.default_rng(0)
        probes = [rng.normal(size=array.shape) for array in every[0][1:]]
        kept, marks = [], []
        for each in every:
            mark = [float((array * probe).sum()) for array, probe in zip(each[1:], probes, strict=True)]
            size = 1e-12 * (np.abs(each.dy).sum() + np.abs(each.delta).sum())
            if not np.isfinite(mark).all():
                continue
            like = (other for other, old in marks if abs(mark[0] - old[0]) + abs(mark[1] - old[1]) < size)
            first = next(like, None)
            if first is None:
                kept.append(each)
                marks.append((each.slips, mark))
            elif first and first[0].key != each.slips[0].key:
                self.aliases.setdefault(first[0].key, []).append(each.slips[0].name)
        return kept

    def _right(self):
        return [name for name in self.claims if name not in self.wrong and self.claims[name].array is not None]

    def _shared_range(self, slip):
        """One loop has one range for all its sums: does it leave the right ones right?"""
        made, (_, dy, delta) = composed(slip), self.singles[0]
        return "rounds" not in slip.steps or all(
            np.abs(made.sum(base(name), self.trace, dy, delta) - self.claims[name].array).max()
            <= self.measure.limit(name, self.factor, self.claims[name].array)
            for name in self._right()
        )

    def _possible(self, messages):
        """Those that leave the right gradients right. A slip of the sums' own factor may be in one sum alone."""
        if not messages:
            return messages
        right = self._right()
        kept = np.array([all(set(slip.steps) == {"shared"} for slip in each.slips) for each in messages])
        fine = np.ones(len(messages), bool)
        for name in right:
            claim, kind = self.claims[name].array, base(name)
            for i, each in enumerate(messages):
                if fine[i] and not kept[i]:
                    grad = self.start.sum(kind, self.trace, each.dy, each.delta)
                    far = np.abs(grad - claim).max() if grad.shape == claim.shape else np.inf
                    fine[i] = far <= self.measure.limit(name, self.factor, claim)
        return [each for each, one, other in zip(messages, kept, fine, strict=True) if one or other]

    def _pairs(self):
        """Two slips in the messages."""
        ones = [each.slips[0] for each in self.starts if each.slips]
        twice = [start(self.trace, self.Y, self.start, pair) for pair in combinations(ones, 2) if _apart(pair)]
        made = send(self.trace, self.start, (), twice) if twice else []
        few = [slip for slip in self.ways if slip.parameter != "links" or slip.values[0] <= FEW_LINKS]
        for way in few:
            starts = [each for each in self.starts if each.slips]
            made += send(self.trace, self.start, (way,), starts) if starts else []
        for pair in combinations(few, 2):
            if _apart(pair):
                made += send(self.trace, self.start, pair, self.starts[:1])
        return made

    # the sums

    def _sums(self, name, most, least=0):
        touching = ONE_ARRAY[base(name)] | OF_ALL
        slips = [slip for slip in self.sums if set(slip.steps) & touching]
        for count in range(least, most + 1):
            for chosen in combinations(slips, count):
                if _apart(chosen):
                    yield chosen

    def _fits(self, name, messages, most, least=0):
        """Every choice of message and sum that gives this gradient, as tuples of slips."""
        claim, kind = self.claims[name].array, base(name)
        if claim is None or not messages:
            return []
        limit = self.measure.limit(name, self.factor, claim)
        of_dense = kind in ("dV", "dc")
        stack = messages
        if of_dense:  # they see the first message alone
            stack = list({each[1].tobytes(): each for each in reversed(messages)}.values())[::-1]
        at_once = max(1, AT_ONCE // (self.trace.h.size + len(self.trace.x) * claim.size))
        found = []
        for begin in range(0, len(stack), at_once):
            part = stack[begin : begin + at_once]
            many = np.stack([each[1] if of_dense else each[2] for each in part], axis=1)
            for chosen in self._sums(name, most, least):
                made = composed(*chosen)
                grad = made.sum(kind, self.trace, many, many)
                if grad.shape[-2:] != claim.shape:
                    continue
                far = np.abs(grad - claim).max(axis=(-2, -1))
                close = np.broadcast_to(far <= limit, (len(part),))
                found += [(*part[i][0], *chosen) for i in np.flatnonzero(close)]
        return found

    # together

    def _assembled(self):
        known = {name: _least(found) for name, found in self.fits.items() if found}
        unions = [((), {})]
        for name in sorted(known, key=lambda name: len(known[name])):
            grown = {}
            for union, by in unions:
                for slips in known[name]:
                    added = tuple(slip for slip in slips if not _in(slip, union))
                    together = (*union, *added)
                    mark = frozenset(_mark(slip) for slip in together)
                    grown.setdefault(mark, (together, {**by, name: slips}))
            unions = sorted(grown.values(), key=lambda each: _price(each[0]))[:40]
        unions = [(union, by) for union, by in unions if union and not self._convention(by)]
        cures = [Cure(union, by, self.whole(union)) for union, by in unions]
        return sorted(cures, key=lambda cure: cure.cost)

    def _convention(self, by):
        """The mean over the steps, in all gradients, is one factor for all."""
        return all(any(slip.key == "steps" for slip in by.get(name, ())) for name in self.claims)

    def whole(self, slips):
        """Does one pass with all of them give every gradient?"""
        if not _apart(slips):
            return False
        made = with_slips(self.start, slips)
        grads = made.backward(self.trace, self.Y)._asdict()
        for name, claim in self.claims.items():
            grad = grads[base(name)]
            if claim.array is None or grad.shape != claim.array.shape:
                return False
            if not np.abs(grad - claim.array).max() <= self.measure.limit(name, self.factor, claim.array):
                return False
        return True


def concerns(slip, name) -> bool:
    """Can the slip be in this gradient?"""
    steps, kind = set(slip.steps), base(name)
    if steps <= START | WAY:
        return kind in ("dW", "dU", "db") or bool(steps & {"error", "dense"})
    return bool(steps & (ONE_ARRAY[kind] | OF_ALL))


def _price(slips):
    return sum(1 + 0.05 * (slip.key in LATE) + 0.1 * (slip.key == "") for slip in slips)


def _times(times):
    """A factor of its own is no slip of the catalogue."""
    return Slip("", "the factor is another than that of the other gradients", "", "", "", {}, "times", (times,))


def _mark(slip):
    value = slip.values[:1] if slip.parameter else ()
    return slip.key, *(round(v, 9) if isinstance(v, float) else v for v in value)


def _in(slip, slips):
    return any(_mark(slip) == _mark(other) for other in slips)


def _least(found):
    """Those with the fewest slips first, none twice, and none that only adds to another."""
    kept = []
    for slips in sorted(found, key=_price):
        mark = {_mark(slip) for slip in slips}
        if not any({_mark(slip) for slip in other} <= mark for other in kept):
            kept.append(slips)
    return kept[:60]


def _apart(slips):
    """Do they replace different steps?"""
    steps = [step for slip in slips for step in slip.steps]
    return len(set(steps)) == len(steps)


def _all_slips(limits, only):
    """Each slip at each of its values: those at the start, on the way, and of the sums."""
    at_start, on_the_way, sums = [], [], []
    for key, slip in SLIPS.items():
        if key not in NOT_HERE and (not only or key in only):
            steps = set(slip.steps)
            values = slip.values if slip.parameter != "limit" else (*slip.values, *limits)
            into = at_start if steps <= START else on_the_way if steps <= WAY else sums
            into += [slip.at(value) for value in values] if slip.make else [slip]
    return at_start, on_the_way, sums
