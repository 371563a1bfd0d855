"""A net that spells a word: after each letter it says which comes next. Softmax at each step, one-hot letters."""

from itertools import pairwise

import numpy as np

from bptt_core import Activation, Net, init_params

from ...doctor.answers import softmax
from ...example import Example

WORD = "banana"


def spelling(word=WORD) -> Example:
    """x and Y are (T+1, letters, 1): one-hot, Y one letter later.

    g' is written as 1: what goes back is y - Y, as softmax and cross entropy send it.
    """
    letters = sorted(set(word))
    hot = np.eye(len(letters))[[letters.index(letter) for letter in word]][:, :, None]
    params = init_params(n_x=len(letters), n_h=4, n_y=len(letters), seed=8)
    rng = np.random.default_rng(8)
    params = params._replace(
        b=rng.normal(size=params.b.shape) / 4,
        c=rng.normal(size=params.c.shape) / 4,
    )
    net = Net(params, dense_activation=Activation("softmax", softmax, np.ones_like), outputs="all")
    labels = [f"{one} to {after}" for one, after in pairwise(word)]
    return Example(net, hot[:-1], hot[1:], labels, "1 if it is this letter", "1 if it comes next", "the next letter is")
