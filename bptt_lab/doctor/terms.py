"""What is wrong with a gradient that no slip gives: the claimed sum, written as a sum of its true terms.

A weight of 1 is a right term, 0 a missing one. What remains outside of the span of the terms says that the messages
themselves are wrong. Where the numbers allow it, they say from which step back.
"""

from typing import NamedTuple

import numpy as np

from bptt_core.inputs import quiet
from bptt_lab.slips import RIGHT
from bptt_lab.slips.passes import outer, shifted

from .claims import base
from .report import listed, series


class Found(NamedTuple):
    """What can be said of some gradients together."""

    gradients: tuple
    steps: tuple
    words: str


class Terms:
    """The true terms of one case, and what is claimed of their sums."""

    def __init__(self, trace, dy, delta, claims, factor, measure):
        self.trace, self.dy, self.delta = trace, dy, delta  # as they are with the factor
        self.claims, self.factor, self.measure = claims, factor, measure
        x, before = trace.x, shifted(trace.h, trace.h_init)
        self.into = {"dW": x, "dU": before, "db": np.ones_like(x[:, :1]), "dV": trace.h, "dc": np.ones_like(x[:, :1])}
        self.steps = len(x)

    def narrow(self, names):
        """One Found for all of them, of one step or one link; None if it is not that."""
        if not all(self.claims[name].array is not None and self._shape_fits(name) for name in names):
            return None
        with quiet():
            of_messages = all(base(name) in ("dW", "dU", "db") for name in names)
            return self._one_step(names) or (self._one_link(names) if of_messages else None)

    def explain(self, names) -> list:
        """Of each gradient named here, in as few findings as possible."""
        found, left = [], [name for name in names if self.claims[name].array is not None]
        left = [name for name in left if self._shape_fits(name)]
        with quiet():
            of_messages = [name for name in left if base(name) in ("dW", "dU", "db")]
            if len(of_messages) > 1:
                ways = self._one_step, self._one_link, self._weighted, self._links, self._one_message
                together = next((said for way in ways if (said := way(of_messages))), None)
                if together:
                    found.append(together)
                    left = [name for name in left if name not in of_messages]
            for name in list(left):
                ways = self._one_step, self._weighted, self._sequences, self._partner, self._entries, self._one_state
                alone = next((said for way in ways if (said := way([name]))), None)
                if alone:
                    found.append(alone)
                    left.remove(name)
            rest = [name for name in left if base(name) in ("dW", "dU", "db")]
            if rest and len(rest) == len([n for n in self.claims if base(n) in ("dW", "dU", "db")]):
                found.append(self._from_where(rest))
                left = [name for name in left if name not in rest]
        found += [Found((name,), (), self._unknown(name)) for name in left]
        return found

    def _shape_fits(self, name):
        return self.claims[name].array.shape == self._terms(name).shape[1:]

    def _terms(self, name):
        dy, delta, kind = self.dy, self.delta, base(name)
        return outer(dy if kind in ("dV", "dc") else delta, self.into[kind])

    def _limit(self, name):
        return self.measure.limit(name, self.factor, self.claims[name].array)

    def _solved(self, names, columns):
        """Weights of the columns, {name: (number, ...)}, that give all claims; None if there are none."""
        A = np.concatenate(
            [columns[name].reshape(len(columns[name]), -1) / self._limit(name) for name in names], axis=1
        )
        y = np.concatenate([self.claims[name].array.ravel() / self._limit(name) for name in names])
        used = np.abs(A).max(axis=1) > 1e3  # what is not there has no weight
        if used.sum() + 1 > len(y) or not used.any():
            return None
        B = A[used].T
        scale = np.linalg.norm(B, axis=0)
        solution, _, rank, _ = np.linalg.lstsq(B / scale, y, rcond=1e-11)
        if rank < used.sum() or np.abs(B @ (solution / scale) - y).max() > 3 * np.sqrt(len(y)):
            return None
        weights = np.ones(len(A))
        weights[used] = solution / scale
        return weights

    # one term, one link

    def _rest(self, name):
        return self.claims[name].array - self._terms(name).sum(axis=0)

    def _multiple(self, names, columns):
        """How many times these columns are too much in the claims; None if it is not that."""
        A = np.concatenate([columns[name].ravel() / self._limit(name) for name in names])
        y = np.concatenate([self._rest(name).ravel() / self._limit(name) for name in names])
        size = A @ A
        if np.abs(A).max() < 1e3 or np.sum(np.abs(A) > 1) < 2:
            return None
        times = float(A @ y / size)
        return times if np.abs(times * A - y).max() <= 3 * np.sqrt(len(y)) else None

    def _one_step(self, names):
        """One term counts otherwise than once."""
        for t in range(self.steps):
            times = self._multiple(names, {name: self._terms(name)[t] for name in names})
            if times is not None:
                weights = np.ones(self.steps)
                weights[t] += times
                words = f"In {listed(names)} {_weights((t,), weights)}. {_likely((t,), weights, self.steps - 1)}"
                return Found(tuple(names), (t,), words)
        return None

    def _one_link(self, names):
        """What goes back over one link is multiplied by something."""
        for t in range(1, self.steps):
            cut = np.array([0.0 if s == t else 1.0 for s in range(self.steps)])
            delta = self._cut(cut)
            crossing = {name: ((self.delta - delta) @ self.into[base(name)].mT).sum(axis=0) for name in names}
            times = self._multiple(names, crossing)
            if times is not None:
                weight = _number(1 + times)
                what = "is lost" if weight == "0" else f"counts {weight} times"
                words = (
                    f"In {listed(names)} what goes back from step {t} to step {t - 1} {what}, and all else is right: "
                    f"look at dh^({t - 1}) (eq. 7.6)."
                )
                return Found(tuple(names), tuple(range(t)), words)
        return None

    def _cut(self, kept):
        """delta, with what step t sends to step t - 1 multiplied by kept[t]."""
        made = RIGHT._replace(sent=lambda message, df, t: message * kept[t + 1])
        return made.delta(self.trace, self.dy)

    # each step with a weight

    def _weighted(self, names):
        weights = self._solved(names, {name: self._terms(name) for name in names})
        if weights is None:
            return None
        steps = tuple(int(t) for t in np.flatnonzero(np.abs(weights - 1) > 1e-5))
        if not steps:
            return None
        return Found(
            tuple(names),
            steps,
            f"In {listed(names)} {_weights(steps, weights)}. {_likely(steps, weights, self.steps - 1)}",
        )

    def _sequences(self, names):
        """Each sequence with a weight."""
        (name,) = names
        left = self.dy if base(name) in ("dV", "dc") else self.delta
        into = np.broadcast_to(self.into[base(name)], (len(left), self.into[base(name)].shape[1], left.shape[2]))
        weights = self._solved(names, {name: np.einsum("trn,tcn->nrc", left, into)})
        if weights is None or np.abs(weights - 1).max() < 1e-5:
            return None
        counted = [int(n) for n in np.flatnonzero(np.abs(weights) > 1e-5)]
        if np.allclose(weights[counted], 1, atol=1e-5):
            said = f"only n = {series(counted)} {'do' if len(counted) > 1 else 'does'}"
        else:
            said = "they have the weights " + ", ".join(_number(weight) for weight in weights)
        return Found((name,), (), f"In {name} the {len(weights)} sequences should count once each, and {said}.")

    def _partner(self, names):
        """Another state stands where the right one belongs."""
        (name,) = names
        trace, kind = self.trace, base(name)
        h, before = trace.h, shifted(trace.h, trace.h_init)
        partners = {
            "dU": {"ĥ^(t-1)": shifted(trace.h_hat, 0 * trace.h_init), "ĥ^(t)": trace.h_hat},
            "dV": {"h^(t-1)": before, "ĥ^(t)": trace.h_hat, "h^(T) at every step": np.broadcast_to(h[-1:], h.shape)},
        }
        wanted = {"dU": "h^(t-1)", "dV": "h^(t)"}
        for said, states in partners.get(kind, {}).items():
            made = outer(self.dy if kind == "dV" else self.delta, states)
            if np.abs(made.sum(axis=0) - self.claims[name].array).max() <= self._limit(name):
                steps = tuple(int(t) for t in np.flatnonzero(np.abs(made - self._terms(name)).max(axis=(1, 2)) > 0))
                words = f"{name} is made with {said}, where {wanted[kind]} belongs: that is what {name[1:]} multiplied."
                return Found((name,), steps, words)
        return None

    # each way from an answer to a step with a weight

    def _links(self, names):
        answered = np.flatnonzero(self.dy.any(axis=(1, 2)))
        if len(answered) < 2:
            return None
        ways, columns = [], {name: [] for name in names}
        for s in answered:
            one = np.zeros_like(self.dy)
            one[s] = self.dy[s]
            delta = RIGHT.delta(self.trace, one)
            for t in range(s + 1):
                ways.append((int(s), t))
                for name in names:
                    columns[name].append(delta[t] @ self.into[base(name)][t].T)
        weights = self._solved(names, {name: np.array(each) for name, each in columns.items()})
        if weights is None:
            return None
        wrong = [(s, t, w) for (s, t), w in zip(ways, weights, strict=True) if abs(w - 1) > 1e-5]
        if not wrong:
            return None
        steps = tuple(sorted({t for _, t, _ in wrong}))
        s, t, w = wrong[-1]
        words = (
            f"In {listed(names)} what the answer of step {s} sends to step {t} counts {_number(w)} times"
            + (f", and {len(wrong) - 1} more such messages have weights other than 1" if len(wrong) > 1 else "")
            + f". Look at the way back to {_steps(steps)} (eq. 7.6)."
        )
        return Found(tuple(names), steps, words)

    # one message or one state

    def _one_message(self, names):
        """Something is added to dh of one step, and goes on from there: whatever it is."""
        n_h, N = self.delta.shape[1:]
        if sum(self.claims[name].array.size for name in names) < 1.5 * n_h * N:
            return None
        U, df = self.trace.net.params.U, self.trace.net.activation.df(self.trace.h_hat)
        for t in reversed(range(self.steps)):
            rows, deltas = [], np.zeros((t + 1, n_h * N, n_h, N))
            now = np.eye(n_h * N).reshape(-1, n_h, N)
            for s in range(t, -1, -1):
                deltas[s] = now * df[s]
                now = U.T @ deltas[s]
            for name in names:
                into = self.into[base(name)][: t + 1]
                columns = (deltas @ into[:, None].mT).sum(axis=0).reshape(n_h * N, -1)
                rest = self.claims[name].array - self._terms(name).sum(axis=0)
                rows.append((columns / self._limit(name), rest.ravel() / self._limit(name)))
            A, y = np.concatenate([a for a, _ in rows], axis=1).T, np.concatenate([b for _, b in rows])
            if _spans(A, y):
                words = (
                    f"{listed(names)} fit a message that is wrong at t = {t} and travels back rightly from there: what "
                    f"dh^({t}) is made of is the line to look at (eq. 7.6). The messages of later steps are right."
                )
                return Found(tuple(names), tuple(range(t + 1)), words)
        return None

    def _one_state(self, names):
        """One of the terms has a wrong state, or a wrong message."""
        (name,) = names
        kind, rest = base(name), self.claims[name].array - self._terms(name).sum(axis=0)
        left = self.dy if kind in ("dV", "dc") else self.delta
        right = self.into[kind]
        for t in range(self.steps):
            for side, of in (("state", left[t]), ("message", right[t])):
                turned = rest if side == "state" else rest.T
                if min(turned.shape) > 1 and of.any() and np.linalg.matrix_rank(of) < len(turned):
                    A, y = of / self._limit(name), turned / self._limit(name)
                    if all(_spans(A, column) for column in y.T):
                        what = f"what {'dy' if kind in ('dV', 'dc') else 'delta'}^({t}) is multiplied by"
                        what = what if side == "state" else f"the message that is paired with the state of t = {t}"
                        return Found((name,), (t,), f"In {name} the term of t = {t} is wrong: look at {what} there.")
        return None

    def _entries(self, names):
        """A few entries, one row or one column."""
        (name,) = names
        claim = self.claims[name].array
        far = np.abs(claim - self._terms(name).sum(axis=0)) > self._limit(name)
        if claim.size < 4 or far.sum() > claim.size / 2:
            return None
        rows, columns = np.flatnonzero(far.any(axis=1)), np.flatnonzero(far.any(axis=0))
        if far.sum() > 1 and min(len(rows), len(columns)) > 1:
            return None
        turned = np.abs(claim + self._terms(name).sum(axis=0))[far].max() <= self._limit(name)
        what = "has the wrong sign" if turned else "is wrong"
        if far.sum() == 1:
            where = f"the entry of row {rows[0]} and column {columns[0]}"
        elif len(rows) == 1:
            where = f"row {rows[0]}"
        else:
            where = f"column {columns[0]}" if claim.shape[1] > 1 else f"rows {series(rows)}"
        if where.startswith("rows"):
            what = what.replace("has", "have").replace("is ", "are ")
        words = f"In {name} {where} {what}, and all the others are right: look for an index."
        return Found((name,), (), words)

    # the messages are wrong

    def _from_where(self, names):
        """The last step whose message is wrong, if the steps before it leave enough freedom to be told."""
        into = np.concatenate([self.into[base(name)] for name in names], axis=1)
        weight = np.concatenate([np.full(self.claims[name].array.shape[1], 1 / self._limit(name)) for name in names])
        claim = np.concatenate([self.claims[name].array for name in names], axis=1) * weight
        z = into * weight[:, None]
        for first in range(self.steps + 1):  # right from this step on
            free = z[:first].transpose(1, 0, 2).reshape(len(weight), -1)
            if first and np.linalg.matrix_rank(free) >= len(weight):
                break
            rest = claim - (self.delta[first:] @ z[first:].mT).sum(axis=0)
            if all(_spans(free, row) for row in rest):
                words = (
                    f"I do not know this mistake. {listed(names)} fit messages that are right from t = {first} on and "
                    f"wrong from t = {first - 1} backwards: look at the way from step {first} to step {first - 1} "
                    "(eq. 7.6)."
                )
                return Found(tuple(names), tuple(range(first)), words)
        least = max(first - 1, 0)
        where = f"at t = {least} or later" if least < self.steps - 1 else f"at t = {self.steps - 1} already"
        words = (
            f"I do not know this mistake. {listed(names)} are no sums of the true terms, with whatever weights: the "
            f"message itself is wrong, {where}, and backwards from there. Fewer sequences tell more: try it with N = 1."
        )
        return Found(tuple(names), tuple(range(self.steps)), words)

    def _unknown(self, name):
        claim, true = self.claims[name].array, self._terms(name).sum(axis=0)
        if claim.shape != true.shape:
            return f"I do not know this mistake: {name} has shape {claim.shape} where {true.shape} is wanted."
        far = np.abs(claim - true).max() / max(np.abs(true).max(), 1e-300)
        what = "its range" if base(name) == "dc" else "the states that it is paired with, and at its range"
        return f"I do not know this mistake. {name} is off by {far:.1g} of its largest number: look at {what}."


def _spans(A, y):
    """Is y a combination of the columns of A, to within 1 in each entry? Only if A leaves room for a no."""
    if not A.size:
        return np.abs(y).max() <= 1
    scale = np.maximum(np.linalg.norm(A, axis=0), 1e-300)
    solution = np.linalg.lstsq(A / scale, y, rcond=1e-11)[0]
    return bool(np.abs(A / scale @ solution - y).max() <= 3 * np.sqrt(len(y)))


def _likely(steps, weights, last):
    """What such weights come from."""
    w = [weights[t] for t in steps]
    if np.allclose(w, 0, atol=1e-6):
        if steps == tuple(range(len(steps))):
            return "The loop ends too early, or a message is dropped on its way back."
        return "The range of the loop leaves them out." if len(steps) < last else "They are never added."
    if np.allclose(w, -1, atol=1e-6):
        return "A minus sign stands there that belongs nowhere."
    if len(steps) > 1:
        links = np.array([last - t for t in steps])
        base_of = np.abs(w[0]) ** (1 / max(links[0], 1))
        if links.all() and np.allclose(w, base_of**links, rtol=1e-5):
            return f"Each link of the recursion multiplies by {_number(base_of)} too much (eq. 7.6)."
    return "Something multiplies the message there that does not belong."


def _weights(steps, weights):
    said, one = [_number(weights[t]) for t in steps], len(steps) == 1
    if len(set(said)) == 1:
        times = f"counts {said[0]} times" if one else f"count {said[0]} times each"
        missing = "is missing" if one else "are missing"
        return f"the term{'' if one else 's'} of {_steps(steps)} {missing if said[0] == '0' else times}"
    pairs = ", ".join(f"{value} (t = {t})" for t, value in zip(steps, said, strict=True))
    return f"the terms count otherwise than once: {pairs}"


def _number(value):
    return "0" if abs(value) < 1e-6 else f"{value:.6g}".replace("-", "\N{MINUS SIGN}")


def _steps(steps):
    return f"t = {series(steps)}"
