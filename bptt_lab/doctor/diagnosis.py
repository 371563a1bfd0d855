"""Numbers in, a report out: which way to read them, right or wrong, and which slips."""

import numpy as np

from bptt_core.inputs import quiet

from .attempt import NOT_LINEAR, TRIED, Attempt, voted
from .claims import SMALL, Measure, base, claimed, ratio, truth
from .convention import said, snapped, usual
from .given import SAFE, Unreadable, other_readings, read
from .hides import hides
from .layout import NEAR, nearest_states, readings
from .report import Finding, Report, listed
from .terms import Terms
from .words import layout_words, nearly_words, odd_words, slip_words, zeros_words

SINGLE = 3e-5  # what float32 does to a sum of some hundred terms
EXACTLY = 1e-8  # what float64 does
READINGS = 3000
CLOSELY = 3
FINE = ("right", "suspicious")


def diagnose(
    *,
    W=None,
    U=None,
    b=None,
    V=None,
    c=None,
    x=None,
    Y=None,
    y=None,
    dW=None,
    dU=None,
    db=None,
    dV=None,
    dc=None,
    h=None,
    loss=None,
    h_init=None,
    dy=None,
    dh=None,
    b2=None,
    db2=None,
) -> Report:
    """What is wrong with somebody's gradients, from their numbers alone.

    W, U, b, V, c       : the weights, in columns or rows. Two biases for one sum: b=[b1, b2], or b2=. No V and c: dh=
    x                   : the inputs: steps, n_x and sequences in any order, or two axes for one sequence
    Y                   : the targets, one or one at each step, laid out in any order; numbers of classes too
    dy                  : in place of Y, for any other loss: its derivative with respect to y, or to y_hat
    dh                  : in place of V, c and Y: the messages that arrive from above, at the last state or at each
    y, h, loss          : what their forward pass gave: one of them settles the layout and the activations
    h_init              : h^(-1); zeros unless given
    dW, dU, db, dV, dc  : their gradients, all or some; db2 that of a second bias
    Returns a Report. What cannot be read is not raised but said, with the verdict "cannot tell".
    Source: section 7.2, eqs. 7.3 to 7.9.
    """
    return consult({name: value for name, value in locals().items() if value is not None})[0]


def consult(arrays) -> tuple:
    """The Report of `diagnose`, and the Attempt that it speaks of; None if nothing could be read."""
    found = [_consult(arrays)]
    for other in other_readings(arrays) if found[0][0].verdict not in FINE else ():
        found.append(_consult(other))
    return min(found, key=lambda one: (one[0].verdict not in FINE, one[1].score if one[1] else np.inf))


def _consult(arrays):
    try:
        given = read(**arrays)
        with quiet():
            attempt = _diagnosed(given)
            return attempt.look.report(attempt), attempt
    except Unreadable as why:
        return Report("cannot tell", "", (), "", f"{why}.", (f"{SAFE}.",)), None


def _diagnosed(given) -> Attempt:
    ways = readings(given)
    if not ways:
        raise Unreadable(nearly_words(given, nearest_states(given)))
    looks, right = [], []
    for way in _by_loss(given, ways)[:READINGS]:
        looks.append(Look(given, way))
        right += looks[-1:] if looks[-1].right is not None else []
        if right and right[-1].off <= EXACTLY:
            break
    if right:
        best = min(right, key=lambda look: look.off)
        return Attempt(best, best.right)
    settled = any(look.reading.off == look.reading.off for look in looks)
    tried = _tried(looks)
    best = tried[0]
    if not settled and not _loss_fits(given, best.look) and not (best.cure and best.cure.whole and best.explained):
        raise Unreadable(
            "the gradients are not right in any layout that the shapes allow, and nothing says which layout it is: "
            "hand over y, h or loss from your forward pass too"
        )
    for other in tried:
        if not best.explained and not other.look.same_layout(best.look) and other.score <= best.score + 0.3:
            raise Unreadable(
                f"several layouts fit the forward pass and say different things: {best.look.layout()} and "
                f"{other.look.layout()} Sizes that all differ, and y beside h, tell them apart"
            )
    return best


def _tried(looks) -> list:
    """Attempts at the likeliest readings, the best first."""
    looks = sorted(looks, key=lambda look: (look.count, look.reading.odd))
    likely = [look for look in looks if look.count <= looks[0].count + 1][:CLOSELY]
    tried = []
    for look in likely:
        for factor in look.factors[:TRIED]:
            tried.append(Attempt(look, factor))
            if tried[-1].plain and tried[-1].score == min(each.score for each in tried):
                return tried[-1:]
        tried.sort(key=lambda each: each.score)
        if tried[0].settled and tried[0].score < 2.6:
            return tried
    unknown = all(
        times != times for times in tried[0].look.ratios.values()
    )  # no gradient is right, whatever the factor
    if not tried[0].settled or (unknown and not tried[0].plain):
        tried += [Attempt(look, factor) for look in likely for factor in voted(look)]
        tried.sort(key=lambda each: each.score)
    if unknown and not tried[0].settled:
        for factor in usual(likely[0].sizes):
            clipped = Attempt(likely[0], factor, only=NOT_LINEAR)
            if clipped.plain:
                return [clipped]
    if not tried[0].settled:
        least = min(tried, key=lambda each: each.strangeness)
        for each in {id(each): each for each in (tried[0], least)}.values():
            each.deepen()
        if unknown and not min(tried, key=lambda each: each.score).settled:
            more = [Attempt(likely[0], factor) for factor in voted(likely[0], pairs=True)[:1]]
            for each in more:
                each.deepen()
            tried += more
    return sorted(tried, key=lambda each: each.score)


def _by_loss(given, ways):
    """Those whose loss is the one that was handed over, if there are any."""
    if given.loss is None:
        return ways
    fits = [way for way in ways if _value_factor(given, way) in _Named(way, given)]
    return fits or ways


def _value_factor(given, way):
    value = way.answer.value
    return float(given.loss.reshape(())) / value if given.loss is not None and value == value and value else np.nan


class _Named:
    """The factors that have a name, to within the digits of the loss."""

    def __init__(self, way, given):
        self.sizes = _sizes(way)
        self.within = SINGLE if given.single else 1e-7

    def __contains__(self, factor):
        return any(abs(factor - value) <= self.within * abs(value) for value in usual(self.sizes))


def _loss_fits(given, look):
    return _value_factor(given, look.reading) in _Named(look.reading, given)


def _sizes(way):
    steps, _, count = way.states.x.shape
    return steps, count, len(way.V)


class Look:
    """One way to read the numbers, and what follows from it."""

    def __init__(self, given, reading):
        self.given, self.reading = given, reading
        self.trace, self.Y = reading.trace(given), reading.answer.Y
        self.true = truth(self.trace, self.Y)
        self.claims = claimed(given, reading)
        forward = reading.off if reading.off == reading.off else 0
        self.measure = Measure.of(self.true, max(1e-9, min(20 * forward, NEAR), SINGLE * given.single))
        self.sizes, self.value_factor = _sizes(reading), _value_factor(given, reading)
        self.ratios = {name: self._ratio(name) for name in self.claims}
        self.factors = self._factors()
        self.right = next((factor for factor in self.factors if not self.wrong(factor)), None)
        self.count = min(len(self.wrong(factor)) for factor in self.factors)
        if self.right is not None:
            self.off = max(self.relative(name, self.right) for name in self.claims)

    # one factor for all

    def _ratio(self, name):
        """How many times the true gradient it is; nan if it is no multiple of it."""
        claim, true = self.claims[name], self.true.grads[base(name)]
        if claim.array is None or claim.array.shape != true.shape:
            return np.nan
        times = ratio(claim.array, true)
        if times != times or np.abs(true).max() <= self.measure.limits[base(name)]:
            return np.nan
        times = snapped(times, self.sizes, max(10 * self.measure.noise, 1e-8))
        far = np.abs(claim.array - times * true).max()
        return times if times and far <= self.measure.limit(name, times, claim.array) else np.nan

    def _factors(self):
        """What all gradients may be multiplied by: 1, the loss's own, and what some of them are multiplied by."""
        known = [times for times in self.ratios.values() if times == times]
        shared = {times: sum(abs(times - other) <= 1e-6 * abs(times) for other in known) for times in known}
        likely = [times for times in known if shared[times] > 1 or len(self.claims) == 1 or times in usual(self.sizes)]
        likely.sort(key=lambda times: -shared[times])
        found = []
        for times in (*likely, 1.0, self.value_factor):
            if times == times and not any(abs(times - other) <= 1e-6 * abs(times) for other in found):
                found.append(times)
        return found[:5]

    def far(self, name, factor):
        claim, true = self.claims[name].array, factor * self.true.grads[base(name)]
        return np.inf if claim is None or claim.shape != true.shape else float(np.abs(claim - true).max())

    def wrong(self, factor) -> list:
        """The gradients that are not those of the loss times that factor."""
        return [name for name in self.claims if self.strange(name) or not self.fits(name, factor)]

    def strange(self, name):
        """Wrong for other reasons than its numbers."""
        claim = self.claims[name]
        return bool(claim.broken or claim.turned or claim.unsummed)

    def fits(self, name, factor):
        return self.far(name, factor) <= self.measure.limit(name, factor, self.claims[name].array)

    def relative(self, name, factor):
        """How far it is off, in units of the largest sum of its terms."""
        far = self.far(name, factor) - abs(factor) * 1e-13 * self.true.floors[base(name)]
        return max(far, 0) / max(abs(factor) * self.true.scales[base(name)], SMALL)

    # what is said

    def same_layout(self, other):
        return self.reading.states is other.reading.states and self.reading.axes == other.reading.axes

    def layout(self):
        return layout_words(self.given, self.reading)

    def report(self, attempt) -> Report:
        """What an Attempt found."""
        names = listed(self.claims)
        if attempt.rounded or not attempt.accused:
            off = {name: self.relative(name, attempt.factor) for name in self.claims}
            rounded = [name for name in off if off[name] > EXACTLY]
            if not rounded:
                return self._report("right", attempt.factor, f"{names} {_is(self.claims)} the gradient of your loss.")
            digits = _digits(max(off.values()))
            summary = f"{listed(rounded)} {_agrees(rounded)} with the right ones to {digits} digits and no further. "
            if len(rounded) == len(off):
                summary += "The formulas are right, the numbers rounded: float32, few digits, or a coarse eps."
            else:
                exact = [name for name in off if name not in rounded]
                summary += (
                    f"But {listed(exact)} {_agrees(exact)} exactly, so it is no rounding of all numbers: look for an "
                    "entry that is a little off, or for one array that was stored otherwise."
                )
            return self._report("suspicious", attempt.factor, summary)
        fine = [name for name in self.claims if name not in attempt.accused]
        summary = f"{listed(attempt.accused)} {_is(attempt.accused)} not the gradient of your loss"
        summary += f"; {listed(fine)} {_is(fine)} right." if fine else "."
        findings, factor = self._findings(attempt)
        return self._report("wrong", factor, summary, findings)

    def _report(self, verdict, factor, summary, findings=()):
        within = max(1e-7, 10 * self.measure.noise)
        convention = said(factor, self.reading.answer.loss, self.sizes, self.value_factor, within)
        notes = hides(self.given, self.reading, self.trace, self.true)
        return Report(verdict, convention, tuple(findings), self.layout(), summary, notes, factor)

    def _findings(self, attempt):
        found = [odd_words(name, self.claims[name], self.sizes) for name in attempt.accused if self.strange(name)]
        empty = [name for name in attempt.wrong if not self.claims[name].array.any()]
        if empty and empty != ["dc"] and set(empty) == set(attempt.wrong):
            return [*found, zeros_words(empty, self.sizes)], attempt.factor
        if attempt.cure:
            for slip in attempt.cure.slips:
                spoiled = tuple(name for name in attempt.accused if slip in attempt.cure.by.get(name, ()))
                found.append(slip_words(attempt, slip, spoiled))
        if attempt.left and set(attempt.left) == set(self.claims):  # any factor may be theirs
            for factor in (attempt.factor, *usual(self.sizes)):
                each = self._terms(factor).narrow(attempt.left)
                if each:
                    return [Finding(each.gradients, each.steps, "", each.words)], factor
        if attempt.left:
            more = self._terms(attempt.factor).explain(attempt.left)
            found += [Finding(each.gradients, each.steps, "", each.words) for each in more]
        return found, attempt.factor

    def _terms(self, factor):
        dy, delta = factor * self.true.dy, factor * self.true.delta
        return Terms(self.trace, dy, delta, self.claims, factor, self.measure)


def _is(names):
    return "is" if len(names) == 1 else "are"


def _agrees(names):
    return "agrees" if len(names) == 1 else "agree"


def _digits(off):
    return max(int(-np.log10(max(off, 1e-16))), 0)
