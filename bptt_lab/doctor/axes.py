"""Which axis of an array is which: the steps, the rows, the sequences, in any order, and those of size 1 left out."""

from itertools import permutations, product

import numpy as np

STEPS, N = "T+1", "N"


def placements(array, sizes):
    """Every way to read `array` with the axes of `sizes`, as (array in their order, its axes in the order it came).

    sizes : {name of an axis: its size}, in the order wanted. An axis of size 1 may be missing in the array.
    """
    names = list(sizes)
    wide = [name for name in names if sizes[name] != 1]
    narrow = np.squeeze(array)
    if sorted(narrow.shape) != sorted(sizes[name] for name in wide):
        return []
    found = []
    for order in permutations(wide):  # the names of the narrow array's axes
        if narrow.shape == tuple(sizes[name] for name in order):
            turned = narrow.transpose([order.index(name) for name in wide])
            found.append((turned.reshape(tuple(sizes.values())), _named(np.shape(array), order, names)))
    return found


def _named(shape, order, names):
    """The axes as they came, e.g. ("N", "T+1", "n_x"); those of size 1 are the ones that are left, in order."""
    wide = iter(order)
    left = iter(name for name in names if name not in order)
    return tuple(next(wide) if size != 1 else next(left, "1") for size in shape)


def extents(x, n_x) -> list:
    """Every (T+1, N) that the shape of x allows: first those of more than one step."""
    shape = np.squeeze(x).shape
    found = []
    for roles in product((STEPS, "n_x", N), repeat=len(shape)):
        if len(set(roles)) < len(roles):
            continue
        sizes = {STEPS: 1, "n_x": 1, N: 1} | dict(zip(roles, shape, strict=True))
        pair = (sizes[STEPS], sizes[N])
        if sizes["n_x"] == n_x and pair not in found:
            found.append(pair)
    return sorted(found, key=lambda pair: (pair[0] == 1, -pair[0]))
