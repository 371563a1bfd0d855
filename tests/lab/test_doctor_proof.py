"""The doctor on thousands of generated passes: no right one is called wrong, every wrong one is seen and named.

Each test prints its rates: run it with -s to see them.
"""

from collections import Counter

import numpy as np
import pytest

from bptt_lab.doctor import diagnose
from bptt_lab.slips import RIGHT as PASS
from bptt_lab.slips import SLIPS, composed
from tests.harness.patients import NAMES, handed_over, patient, right_gradients

RIGHT, SINGLE, PAIRS, NAMELESS = 2000, 700, 200, 150  # how many
CHUNKS = 10
FACTORS = ("sign", "half", "mean", "entries", "steps", "float32")  # one factor for all, in some nets; or no formula
KEYS = [key for key in SLIPS if key not in FACTORS]
chunks = pytest.mark.parametrize("chunk", range(CHUNKS))


def different(ours, theirs, of):
    """The names of those that differ by more than rounding."""
    return [
        name
        for name, one, other in zip(NAMES, ours, theirs, strict=True)
        if name in of and (one.shape != other.shape or not np.abs(one - other).max() <= 1e-7 * np.abs(one).max())
    ]


def one_factor(ours, theirs, of):
    """Is it a convention?"""
    chosen = [i for i, name in enumerate(NAMES) if name in of]
    if any(ours[i].shape != theirs[i].shape for i in chosen):
        return False
    one, other = (np.concatenate([grads[i].ravel() for i in chosen]) for grads in (ours, theirs))
    times = one @ other / (one @ one)
    return bool(np.abs(other - times * one).max() < 1e-7 * np.abs(other).max())


def broken(rng, count):
    """A patient with so many slips, each of which shows: (patient, keys, wrong gradients, what they spoil)."""
    while True:
        steps, n_x, n_h, n_y, N = (int(n) for n in rng.integers((3, 2, 3, 2, 2), (6, 5, 6, 5, 6)))
        p = patient(rng, sizes=(steps, n_x, n_h, n_y, N + (steps == N)))
        slips = [SLIPS[KEYS[i]] for i in rng.choice(len(KEYS), count, replace=False)]
        slips = [slip.at(slip.values[rng.integers(len(slip.values))]) if slip.make else slip for slip in slips]
        keys = [slip.key for slip in slips]
        if (p.loss == "own" and "dense slope" in keys) or not p.apart(slips):
            continue
        of = NAMES[:3] if p.loss == "above" else NAMES
        with np.errstate(all="ignore"):
            right, wrong = right_gradients(p), p.wrong(composed(*slips))
            less = [p.wrong(composed(*slips[:i], *slips[i + 1 :])) for i in range(count)]
        if not all(np.isfinite(grad).all() for grad in wrong) or one_factor(right, wrong, of):
            continue
        if all(different(each, wrong, of) for each in less):
            return p, keys, wrong, different(right, wrong, of)


def accused(report):
    return sorted({name[:2] for finding in report.findings for name in finding.gradients})


@chunks
def test_a_right_pass_is_never_called_wrong(chunk):
    """Over layouts, losses, activations, sizes from 1 on, conventions, float32."""
    said = Counter()
    for i in range(RIGHT // CHUNKS):
        rng = np.random.default_rng([1, chunk, i])
        p, dtype = patient(rng), (float, float, float, np.float32)[i % 4]
        report = diagnose(**handed_over(p, right_gradients(p), rng, dtype=dtype))
        said[dtype.__name__, report.verdict] += 1
        assert report.verdict == "right" or (dtype is np.float32 and report.verdict == "suspicious"), (i, str(report))
        report.check()
    print(dict(said))


@pytest.mark.parametrize("half", [0, 1])
def test_a_single_slip_is_seen_and_named(half):
    named, many = Counter(), SINGLE // 2
    for i in range(many):
        rng = np.random.default_rng([2, half, i])
        p, keys, wrong, spoiled = broken(rng, 1)
        report = diagnose(**handed_over(p, wrong, rng))
        assert report.verdict == "wrong", (i, keys, str(report))
        assert accused(report) == sorted(spoiled), (i, keys, str(report))
        found = [finding.slip for finding in report.findings]
        named[found == keys] += 1
        if found != keys:
            print(keys, "taken for", found)
    print(dict(named))
    assert named[True] >= 0.97 * many


def test_a_pair_of_slips_is_seen_and_mostly_named():
    named = 0
    for i in range(PAIRS):
        rng = np.random.default_rng([3, i])
        p, keys, wrong, spoiled = broken(rng, 2)
        report = diagnose(**handed_over(p, wrong, rng))
        assert report.verdict == "wrong", (i, keys, str(report))
        assert accused(report) == sorted(spoiled), (i, keys, str(report))
        found = sorted(finding.slip for finding in report.findings)
        named += found == sorted(keys)
        if found != sorted(keys):
            print(keys, "taken for", found)
    print(named)
    assert named >= 0.85 * PAIRS


def nameless(rng):
    """A mistake that has no name: (patient, kind, wrong gradients, the step, is it in the message, what is spoilt)."""
    while True:
        steps, n_x, n_h, n_y, N = (int(n) for n in rng.integers((4, 3, 4, 2, 2), (7, 6, 7, 5, 4)))
        p = patient(rng, sizes=(steps, n_x, n_h, n_y, N))
        t = int(rng.integers(1, steps - 1))
        kind = ("sign", "missing", "twice", "scaled")[rng.integers(4)]
        times = {"sign": -1, "missing": 0, "twice": 2, "scaled": 0.7}[kind]
        in_message = bool(rng.integers(2))
        if in_message:  # what step t sends back to step t - 1
            made = PASS._replace(sent=lambda message, df, at, t=t, times=times: message * (times if at == t - 1 else 1))
        else:
            made = PASS._replace(**{("terms_of_U", "uses_of_b")[rng.integers(2)]: only(t, times)})
        right, wrong = right_gradients(p), p.wrong(made)
        spoiled = different(right, wrong, NAMES[:3])
        if len(spoiled) == (3 if in_message else 1):
            return p, kind, wrong, t, in_message, spoiled


def only(t, times):
    def does(terms):
        terms = terms.copy()
        terms[t] *= times
        return terms

    return does


@chunks
def test_what_has_no_name_is_given_its_step(chunk):
    told, many = 0, NAMELESS // CHUNKS
    for i in range(many):
        rng = np.random.default_rng([4, chunk, i])
        p, kind, wrong, t, in_message, spoiled = nameless(rng)
        report = diagnose(**handed_over(p, wrong, rng))
        assert report.verdict == "wrong", (i, kind, str(report))
        assert accused(report) == sorted(spoiled), (i, kind, str(report))
        steps = {step for finding in report.findings for step in finding.steps}
        right = steps == (set(range(t)) if in_message else {t})
        told += right or any(finding.slip for finding in report.findings)  # by chance the catalogue has it
        if not right:
            print(kind, t, in_message, "steps", steps, [finding.slip for finding in report.findings])
    assert told >= 0.9 * many
