"""Page 06: a central difference, a relative difference, and clipping by the norm of all gradients."""

import numpy as np

from ...practice.exercise import Exercise, Mistake, drawn
from .capstone import STAGES


def central(
    L, w, eps, *, own=lambda eps: eps, difference=lambda up, here, down: up - down, way=lambda eps: 2 * eps, sign=1
):
    """difference / way for each entry of w, moved alone. own(eps) : the disturbance that is used"""
    eps, grad = own(eps), np.empty_like(w)
    for i in np.ndindex(w.shape):
        move = np.zeros_like(w)
        move[i] = eps
        grad[i] = difference(L(w + move), L(w), L(w - move)) / way(eps)
    return sign * grad


def _never_moved_back(L, w, eps):
    """Each entry stays where it was moved last."""
    moved, grad = w.copy(), np.empty_like(w)
    for i in np.ndindex(w.shape):
        moved[i] += eps
        up = L(moved)
        moved[i] -= 2 * eps
        grad[i] = (up - L(moved)) / (2 * eps)
    return grad


def _row_by_row(L, w, eps):
    """What `range(len(w))` moves: an entry of a column, a row of a matrix."""
    grad = np.empty_like(w)
    for i in range(len(w)):
        up, down = w.copy(), w.copy()
        up[i] += eps
        down[i] -= eps
        grad[i] = (L(up) - L(down)) / (2 * eps)
    return grad


OWN = (1e-1, 1e-2, 1e-3, 1e-4, 1e-5)  # fixed disturbances; smaller ones give the same digits as the last


def _all_at_once(L, w, eps):
    return (L(w + eps) - L(w - eps)) / (2 * eps)


def wavy(w):
    """A function of an array whose slope is different in each entry, and which is curved in all of them."""
    if np.iscomplexobj(w):
        raise TypeError("L takes real numbers")
    place = np.arange(1, w.size + 1).reshape(w.shape)
    return float(np.sum(np.sin(place * w)) + np.sum(w) ** 3)


def _bend(shape, eps):
    return drawn(f"w of shape {shape}, eps = {eps}", lambda rng: (wavy, rng.normal(size=shape), eps), 6, *shape)


def relative(ours, theirs):
    size = max(np.abs(ours).max(), np.abs(theirs).max())
    return np.abs(ours - theirs).max() / size if size else 0.0


def _entry_by_entry(whole):
    """Mistaken differences: each entry by its own size, in both arrays or in one of them; 0/0 is nan or 0."""
    sizes = (lambda a, b: np.maximum(np.abs(a), np.abs(b)), lambda a, b: np.abs(a), lambda a, b: np.abs(b))
    return tuple(
        lambda a, b, size=size, fill=fill: whole(np.nan_to_num(np.abs(a - b) / size(a, b), nan=fill, posinf=np.inf))
        for size in sizes
        for fill in (np.nan, 0.0)
    )


PAIRS = {
    "two arrays that are close": lambda A: (A, A + 1e-3),
    "one entry off": lambda A: (A, A * [[1, 1], [1, -3]]),
    "`ours` too large": lambda A: (3 * A, A),
    "`ours` too small, and both of the size of 1e-20": lambda A: (1e-20 * A / 3, 1e-20 * A),
    "one array all zeros": lambda A: (0 * A, A),
    "a zero in each array": lambda A: (A * [[0, 1], [1, 1]], A * [[0, 1], [1, 2]]),
    "both arrays all zeros": lambda A: (0 * A, 0 * A),
}


def _pair(title, made):
    return drawn(title, lambda rng: made(rng.uniform(0.9, 1.1, (2, 2)) * [[0.5, -2.0], [1.0, 0.25]]), 6)


FLOORS = (1e-12, 1e-15, 1e-16, np.finfo(float).eps, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6)  # as they stand in code


def _sizes(of):
    """Ways to divide by max(of(a), of(b)), with 0 for two arrays of zeros or not."""

    def divided(a, b):
        return np.abs(a - b).max() / max(of(a), of(b))

    return (lambda a, b: divided(a, b) if a.any() or b.any() else 0.0), divided


def _of_norms(a, b):
    return np.linalg.norm(a - b) / max(np.linalg.norm(a), np.linalg.norm(b))


def _of_norms_by_theirs(a, b):
    return np.linalg.norm(a - b) / np.linalg.norm(b)


def _of_norms_added(a, b):
    return np.linalg.norm(a - b) / (np.linalg.norm(a) + np.linalg.norm(b))


NORMS = (_of_norms, _of_norms_by_theirs, _of_norms_added)


def _or_zero(of):
    return lambda a, b: of(a, b) if a.any() or b.any() else 0.0


def _with_floors():
    for floor in FLOORS:
        yield lambda a, b, floor=floor: np.abs(a - b).max() / (max(np.abs(a).max(), np.abs(b).max()) + floor)
        yield lambda a, b, floor=floor: np.abs(a - b).max() / max(np.abs(a).max(), np.abs(b).max(), floor)


def _factor(norm, limit):
    return limit / norm if norm > limit else 1.0


def clip(grads, limit, *, norms=lambda grads: [np.sqrt(_squares(grads))] * len(grads), factor=_factor):
    """norms : for each gradient, the norm that its factor depends on"""
    return tuple(grad * factor(norm, limit) for grad, norm in zip(grads, norms(grads), strict=True))


def _squares(grads):
    return sum((grad**2).sum() for grad in grads)


def _clipped(title, scale, share):
    """share : the limit, as a share of the norm; of gradients of zero it is 1"""

    def made(rng):
        grads = [scale * rng.normal(size=shape) for shape in ((3, 2), (3, 3), (3, 1))]
        return grads, share * float(np.sqrt(_squares(grads))) or 1.0

    return drawn(title, made, 6)


NUMERICAL = "page 06, “How small should ε be?”"
SHARE = "page 06, One scale for all errors"
HAS_ITS_SHAPE = "A gradient has the shape of what it belongs to."
DIRECTION = "page 06, Clip a right gradient that is too long"

EXERCISES = (
    Exercise(
        "06-central",
        "Write the central difference of a function L at an array w: an array of the shape of w. Move one entry at a "
        "time, by eps.",
        "central(L, w, eps)",
        central,
        (_bend((1,), 1e-3), _bend((4,), 1e-3), _bend((2, 3), 1e-3), _bend((3, 2), 5e-2)),
        (
            Mistake(
                "the difference is taken to one side only",
                {"difference": lambda up, here, down: up - here, "way": lambda eps: eps},
                "Its error shrinks with ε. Taken to both sides it shrinks with ε².",
                NUMERICAL,
            ),
            Mistake(
                "the difference is taken downwards only",
                {"difference": lambda up, here, down: here - down, "way": lambda eps: eps},
                "Its error shrinks with ε. Taken to both sides it shrinks with ε².",
                NUMERICAL,
            ),
            Mistake(
                "it is divided by ε, not by 2ε",
                {"way": lambda eps: eps},
                "From w − ε to w + ε the way is 2ε long.",
                NUMERICAL,
            ),
            Mistake(
                "the sign is turned round",
                {"sign": -1},
                "Up minus down: L(w + ε) comes first.",
                NUMERICAL,
            ),
            Mistake(
                "it is not divided",
                {"way": lambda eps: 1},
                "A slope is a difference divided by the way: 2ε.",
                NUMERICAL,
            ),
            Mistake(
                "it is divided by 2, and not by ε",
                {"way": lambda eps: 2},
                "The way from w − ε to w + ε is 2ε long.",
                NUMERICAL,
            ),
            Mistake(
                "an entry is not put back before the next one is moved",
                _never_moved_back,
                "Each slope must be taken at w itself: put the old number back.",
                NUMERICAL,
            ),
            Mistake(
                "the array is moved up and down without a copy",
                lambda L, w, eps: np.zeros_like(w),
                "`up = w` gives w a second name and no second array: what goes up comes down again. Take `w.copy()`.",
                NUMERICAL,
            ),
            Mistake(
                "whole rows are moved",
                _row_by_row,
                "`range(len(w))` counts the rows of a matrix. `np.ndindex(w.shape)` gives every entry.",
                NUMERICAL,
            ),
            Mistake(
                "each side is moved by half of ε",
                {"own": lambda eps: eps / 2},
                "That is a good difference too. Here it is eps to each side, and 2 eps between them.",
                NUMERICAL,
            ),
            Mistake(
                "all entries are moved at once",
                _all_at_once,
                "That is one number, the sum of all slopes. Move one entry at a time.",
                NUMERICAL,
            ),
            Mistake(
                "all entries are moved at once, for each entry",
                lambda L, w, eps: np.full_like(w, _all_at_once(L, w, eps)),
                "That gives every entry the sum of all slopes. Move one entry at a time.",
                NUMERICAL,
            ),
            Mistake(
                "the gradient is transposed",
                lambda L, w, eps: central(L, w, eps).T,
                HAS_ITS_SHAPE,
                "the notation on page 00",
            ),
            Mistake(
                "ε is a number of its own, and not eps",
                tuple({"own": lambda eps, own=own: own} for own in OWN),
                "Take the eps that is handed in, so that whoever calls the function can choose it.",
                NUMERICAL,
            ),
        ),
        (
            "For each entry: L with it a little higher, minus L with it a little lower. How far apart are the two?",
            "`for i in np.ndindex(w.shape):`, a copy of w in which entry i is moved, and `/ (2 * eps)`",
        ),
        rows=False,
    ),
    Exercise(
        "06-relative",
        "Write the relative difference of two arrays, as one number: the largest difference, divided by the largest "
        "entry of both, in size; and 0 if all entries are 0.",
        "relative(ours, theirs)",
        relative,
        tuple(map(_pair, PAIRS, PAIRS.values())),
        (
            Mistake(
                "zero is divided by zero",
                lambda a, b: np.abs(a - b).max() / max(np.abs(a).max(), np.abs(b).max()),
                "That is nan. And `nan > tolerance` is False, so a check may pass because of it.",
                SHARE,
            ),
            Mistake(
                "the difference is not divided",
                lambda a, b: np.abs(a - b).max(),
                "0.001 is much beside a gradient of 0.001, and little beside one of 1000.",
                SHARE,
            ),
            Mistake(
                "the sign of the difference is kept",
                lambda a, b: relative(a, b) and (a - b).max() / max(np.abs(a).max(), np.abs(b).max()),
                "A difference far below zero is as bad as one far above. Take its size.",
                SHARE,
            ),
            Mistake(
                "the sign of the entries is kept in the size",
                _sizes(np.max),
                "The largest entry in size may be negative: take `np.abs` before `.max()`.",
                SHARE,
            ),
            Mistake(
                "norms are taken, not the largest entries",
                (*NORMS, *map(_or_zero, NORMS)),
                "That is a share too, and others take it. Here it is the largest difference by the largest entry.",
                SHARE,
            ),
            Mistake(
                "the size has a floor",
                tuple(_with_floors()),
                "A small number, added or as the least size, hides all that is smaller, and gradients may be. Only two "
                "arrays of zeros need a case of their own.",
                SHARE,
            ),
            Mistake(
                "the mean difference is taken",
                lambda a, b: relative(a, b) and np.abs(a - b).mean() / max(np.abs(a).max(), np.abs(b).max()),
                "One wrong entry among many right ones would be hidden. Take the largest.",
                SHARE,
            ),
            Mistake(
                "it is divided by the sizes of both together",
                lambda a, b: relative(a, b) and np.abs(a - b).max() / (np.abs(a).max() + np.abs(b).max()),
                "Others do so. Here it is the larger of the two.",
                SHARE,
            ),
            Mistake(
                "it is divided by the first array's size",
                (
                    lambda a, b: relative(a, b) and np.abs(a - b).max() / np.abs(a).max(),
                    lambda a, b: np.abs(a - b).max() / np.abs(a).max(),
                    lambda a, b: np.abs(a - b).max() / np.abs(a).max() if a.any() else 0.0,
                ),
                "If that array is all zeros the result is infinite, and the two arrays should count alike.",
                SHARE,
            ),
            Mistake(
                "it is divided by the second array's size",
                (
                    lambda a, b: relative(a, b) and np.abs(a - b).max() / np.abs(b).max(),
                    lambda a, b: np.abs(a - b).max() / np.abs(b).max(),
                    lambda a, b: np.abs(a - b).max() / np.abs(b).max() if b.any() else 0.0,
                ),
                "The two arrays should count alike: divide by the larger size.",
                SHARE,
            ),
            Mistake(
                "the differences are not brought down to one",
                (
                    lambda a, b: np.abs(a - b) / max(np.abs(a).max(), np.abs(b).max(), 1e-300),
                    lambda a, b: np.abs(a - b) / max(np.abs(a).max(), np.abs(b).max()),
                    lambda a, b: np.abs(a - b) / np.abs(a).max(),
                    lambda a, b: np.abs(a - b) / np.abs(b).max(),
                ),
                "Of all entries the largest difference counts: take its `.max()`.",
                SHARE,
            ),
            Mistake(
                "each entry is divided by its own size",
                _entry_by_entry(np.asarray),
                "An entry that should be 0 and is 1e-20 would be wrong by 100 %. Take two maxima first, then divide.",
                SHARE,
            ),
            Mistake(
                "each entry is divided by its own size, and the largest is taken",
                _entry_by_entry(np.max),
                "An entry that should be 0 and is 1e-20 would be wrong by 100 %. Take two maxima first, then divide.",
                SHARE,
            ),
        ),
        (
            "Two maxima: that of the difference, and that of the sizes. What if the second is 0?",
            "`np.abs(ours - theirs).max()` over `max(np.abs(ours).max(), np.abs(theirs).max())`",
        ),
    ),
    Exercise(
        "06-clip",
        "Clip a list of gradients by the norm of all their entries together: a longer one is shortened to limit, a "
        "shorter one stays as it is. Return the list.",
        "clip(grads, limit)",
        clip,
        (
            _clipped("a norm of twice the limit", 1.0, 1 / 2),
            _clipped("a norm of ten times the limit", 10.0, 1 / 10),
            _clipped("a norm below the limit", 1.0, 2),
            _clipped("a small limit and a norm of twice that", 1e-3, 1 / 2),
            _clipped("gradients of zero", 0.0, 1),
        ),
        (
            Mistake(
                "each gradient is clipped by its own norm",
                {"norms": lambda grads: [np.linalg.norm(grad) for grad in grads]},
                "Then they shrink by different factors, and the step points elsewhere. Take one factor for all.",
                DIRECTION,
            ),
            Mistake(
                "each entry is clipped",
                lambda grads, limit: tuple(np.clip(grad, -limit, limit) for grad in grads),
                "Then the step points elsewhere. Take one factor for all entries.",
                DIRECTION,
            ),
            Mistake(
                "short gradients are stretched to the limit",
                (
                    {"factor": lambda norm, limit: limit / norm if norm else 1.0},
                    {"factor": lambda norm, limit: limit / norm},
                ),
                "A gradient within the limit stays as it is.",
                DIRECTION,
            ),
            Mistake(
                "the gradients are shortened to 1",
                {"factor": lambda norm, limit: 1 / norm if norm > limit else 1.0},
                "The length after clipping is limit: multiply by limit / norm.",
                DIRECTION,
            ),
            Mistake(
                "a small number is added to the norm",
                {"factor": lambda norm, limit: limit / (norm + 1e-6) if norm > limit else 1.0},
                "So PyTorch does, lest it divide by zero. Here you divide by a norm above limit alone: add nothing.",
                DIRECTION,
            ),
            Mistake(
                "the square root is missing",
                {"norms": lambda grads: [_squares(grads)] * len(grads)},
                "The norm is the square root of the sum of squares.",
                DIRECTION,
            ),
            Mistake(
                "the norms are added",
                {"norms": lambda grads: [sum(map(np.linalg.norm, grads))] * len(grads)},
                "The norm of all entries is the root of the sum of all squares. Norms do not add.",
                DIRECTION,
            ),
            Mistake(
                "nothing is shortened",
                lambda grads, limit: tuple(grads),
                "The list comes back as it was. In a loop, `grad = grad * factor` makes a new array that the list does "
                "not hold.",
                DIRECTION,
            ),
            Mistake(
                "the gradients are transposed",
                lambda grads, limit: tuple(grad.T for grad in clip(grads, limit)),
                HAS_ITS_SHAPE,
                "the notation on page 00",
            ),
            Mistake(
                "a long gradient is set to zero",
                {"factor": lambda norm, limit: float(norm <= limit)},
                "It keeps its direction, and the length limit.",
                DIRECTION,
            ),
        ),
        (
            "One number first: the root of the sum of all squares, over all arrays. Is it above limit?",
            "`norm = np.sqrt(sum((grad ** 2).sum() for grad in grads))`, then a factor for all",
        ),
        parts=("the first array", "the second array", "the third array"),
        rows=False,
    ),
    *STAGES,
)
