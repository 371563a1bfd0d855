"""What a case cannot show: sizes and numbers with which wrong code looks right."""

import numpy as np

from .given import GRADIENTS, SAFE

SMOOTH = ("tanh", "sigmoid", "softplus")


def hides(given, reading, trace, true) -> tuple:
    """A sentence for each, and how to get a case without them."""
    steps, _, count = trace.x.shape
    U, df = trace.net.params.U, trace.net.activation.df(trace.h_hat)
    found = []
    if steps == 1:
        found.append("with T+1 = 1 step there is no way back in time: dU is 0 whatever is written, and U is not tried")
    elif steps == 2 and not trace.h_init.any():
        found.append("with T+1 = 2 steps dU has one term, so = for += passes")
    if count == 1:
        found.append("with N = 1 sequence nobody sees whether sequences are added up, averaged or mixed")
    elif count == steps:
        found.append(f"N = T+1 = {count} hides a loop that runs over the wrong one")
    if len(U) == 1 and steps > 1:
        found.append("with one unit U is its own transpose, so a forgotten one does not show")
    elif steps > 1 and np.abs(U - U.T).max() <= 1e-6 * max(np.abs(U).max(), 1e-300):
        found.append("U is symmetric, so a forgotten transpose does not show")
    if reading.states.f in ("tanh", "sigmoid") and df.max() < 1e-3:
        found.append("every state is saturated, so nearly nothing goes back: take smaller weights or inputs")
    if reading.states.f in SMOOTH and np.abs(trace.h_hat).max() < 0.03:
        found.append("the numbers are so small that f is a straight line, and f′ of anything passes: take larger ones")
    if not true.dy.any():
        found.append("every message is 0, since y is Y or dy is 0: then any gradient of zeros looks right")
    missing = [name for name in GRADIENTS if name not in given.arrays and (given.n_y or name not in ("dV", "dc"))]
    if given.b is None:
        missing = [name for name in missing if name != "db"]
    notes = [f"{each}. {SAFE}." for each in found]
    if missing:
        notes.append(f"{', '.join(missing)} {'was' if len(missing) == 1 else 'were'} not handed over, and not judged.")
    return tuple(
        note[0].upper() + note[1:] if note[:2] not in ("dW", "dU", "db", "dV", "dc") else note for note in notes
    )
