"""`fit` with a progress bar, and with the nets of some epochs kept to look at."""

import os
import warnings
from typing import NamedTuple

import numpy as np
from tqdm.auto import tqdm

from bptt_core import Net

from ..numbers import number
from .fitting import History, fit

KEPT = 40  # epochs whose nets are kept, besides the start and the end


class Bar(tqdm):
    """A progress bar without the thread that watches for slow epochs: Python in a browser has no threads."""

    monitor_interval = 0


class Learnt(NamedTuple):
    """A net that has learnt, and how."""

    epochs: np.ndarray  # how many epochs each of `nets` has learnt: 0 first; the last may be cut short
    nets: list  # one Net for each of `epochs`
    history: History
    stopped: str  # why it ended early, if it did

    @property
    def net(self) -> Net:
        return self.nets[-1]


def learn(net, x, Y, *, epochs=600, learning_rate=0.02, bar=True, **options) -> Learnt:
    """`fit` on x and Y, with a bar that shows the loss and the time left; the nets of some epochs are kept.

    net, x, Y, options : as for fit
    Stop it with the kernel's stop button (Ctrl-C in a terminal). It then says so and keeps what it has learnt; so it
    does if a number grows too large.
    """
    every = max(1, epochs // KEPT)
    kept = {0: net}
    # tqdm's own variable, which its bar for notebooks does not ask for: no bar in a stored page
    disable = not bar or bool(os.environ.get("TQDM_DISABLE"))
    with Bar(total=epochs, desc="learning", unit=" epochs", disable=disable) as progress:

        def told(epoch):
            done = epoch.epoch + 1
            if done % every == 0:
                kept[done] = epoch.net
            progress.set_postfix_str(f"loss of a window {_for_the_bar(epoch.loss / np.shape(x)[-1])}", refresh=False)
            progress.update()

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # what it says is printed below
            found = fit(net, x, Y, epochs=epochs, learning_rate=learning_rate, callback=told, **options)
    if found.stopped:
        print(found.stopped)
    learnt = _epochs_learnt(found)
    kept = {done: net for done, net in kept.items() if done < learnt} | {learnt: found.net}
    return Learnt(np.array(list(kept)), list(kept.values()), found.history, found.stopped)


def _epochs_learnt(found) -> int:
    """How many epochs the net of a Fit has learnt, by its history: an interrupt may come before a callback."""
    epochs = found.history.epoch
    if found.stopped and not found.stopped.startswith("stopped by hand"):
        epochs = epochs[:-1]  # what the last update led to was not finite, and was not kept
    return int(epochs[-1]) + 1 if len(epochs) else 0


def _for_the_bar(loss) -> str:
    """So many digits that a learning net is seen to learn, and no more than a bar has room for."""
    return f"{loss:.5f}" if loss < 1000 else number(loss)
