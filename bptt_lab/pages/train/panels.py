"""Notebook 07: what a net has learnt by now, how far back its message reaches, and what clipping prevents."""

from functools import cache

import numpy as np

from bptt_core import backward, forward

from ...data import small_net, sunspot_split
from ...look import BACKWARD, BLACK, BLUE, GREY, VERMILLION
from ...numbers import number
from ...panel import Panel, menu, slider
from ...panel.axes import fit_log_height
from ...symbols import rich
from .forecast import free_run, net_forecast, rms_error
from .sunspots import EPOCHS, louder, plain_descent, sunspot_run

MUCH = 1e6  # where a loss that explodes leaves the picture


class RunPanel(Panel):
    """A panel with a slider over the epochs of a training run: sunspot_run, unless run and split are given."""

    shown = -1  # the index in run.epochs at which the slider begins

    def __init__(self, run=None, split=None):
        self.run = sunspot_run() if run is None else run
        self.split = sunspot_split() if split is None else split
        super().__init__()

    def controls(self):
        epochs = [int(epoch) for epoch in self.run.epochs]
        step = min(np.diff(epochs), default=1)
        return {"epoch": slider("epoch", epochs[self.shown % len(epochs)], 0, max(epochs[-1], 1), int(step))}

    def index(self, epoch):
        """The index in run.nets of the net after that many epochs."""
        return int(np.searchsorted(self.run.epochs, epoch, side="right")) - 1


class LearningPanel(RunPanel):
    """The loss of a window, in training and in the test, epoch by epoch."""

    def build(self, figure):
        ax = figure.add_axes((0.08, 0.15, 0.9, 0.8))
        ax.set_yscale("log")
        ax.set(xlabel="epoch", ylabel="loss of a window (mean)")
        self.losses = [
            [_loss(net, x, Y) for net in self.run.nets]
            for x, Y in ((self.split.x, self.split.Y), (self.split.x_test, self.split.Y_test))
        ]
        for losses, look in zip(self.losses, ((BLUE, "-", "training"), (VERMILLION, ":", "test")), strict=True):
            colour, dash, label = look
            ax.plot(self.run.epochs, np.minimum(losses, MUCH), color=colour, ls=dash, lw=1.8, label=label)
        (self.points,) = ax.plot([], [], color=BLACK, marker="o", ls="", animated=True)
        ax.legend(loc="upper right")

    def update(self, epoch):
        index = self.index(epoch)
        training, test = (losses[index] for losses in self.losses)
        epoch = self.run.epochs[index]
        self.points.set_data([epoch, epoch], np.minimum([training, test], MUCH))
        off_by = [number(self.split.unit * np.sqrt(2 * loss)) for loss in (training, test)]  # L = 1/2 (y - Y)^2
        return (
            f"After {epoch} epochs the loss of a window is {number(training)} in training and {number(test)} in the "
            f"test.<br>In units of the series the net is off by {off_by[0]} in training and {off_by[1]} in the test "
            "(root of the mean square)."
        )


class ForecastPanel(RunPanel):
    """The test years: the true values, the forecasts one step ahead, and those from the net's own answers."""

    height = 340

    def build(self, figure):
        ax = figure.add_axes((0.08, 0.13, 0.9, 0.76))
        ax.set(xlabel="year", ylabel="sunspot number")
        time, unit = self.split.time_test, self.split.unit
        ax.plot(time, unit * self.split.Y_test[0], color=BLACK, marker=".", lw=1, label="what came")
        moving = {"animated": True, "lw": 1.6}
        (self.ahead,) = ax.plot([], [], color=BLUE, ls="-", label="one step ahead", **moving)
        (self.alone,) = ax.plot([], [], color=VERMILLION, ls="--", label="free-running", **moving)
        ax.set_xlim(time[0] - 1, time[-1] + 1)
        highest = unit * self.split.Y_test.max()
        ax.set_ylim(-0.3 * highest, 1.2 * highest)
        figure.legend(loc="upper right", ncols=3)

    def update(self, epoch):
        index = self.index(epoch)
        net, unit = self.run.nets[index], self.split.unit
        x, Y, time = self.split.x_test, self.split.Y_test, self.split.time_test
        ahead, alone = net_forecast(net, x), free_run(net, x[..., :1], Y.shape[1])
        self.ahead.set_data(time, unit * ahead[0])
        self.alone.set_data(time, unit * alone[0])
        off_by = [number(rms_error(y, Y, unit)) for y in (ahead, alone)]
        return (
            f"After {self.run.epochs[index]} epochs: one step ahead the net is off by {off_by[0]}, free-running by "
            f"{off_by[1]}.<br>"
            f"One step ahead it reads the {len(x)} true values before each year. Free-running it has read those before "
            f"{time[0]}, and from then on only what it said itself."
        )


class FadingPanel(RunPanel):
    """|dh^(t)| over t, before, during and after training: its mean over the test windows."""

    shown = 1

    def build(self, figure):
        ax = figure.add_axes((0.09, 0.15, 0.89, 0.8))
        self.sizes = [message_sizes(net, self.split) for net in self.run.nets]
        steps = np.arange(len(self.split.x))
        ax.set_yscale("log")
        ax.set(
            xlabel="step t (the last one is the year before the target)", ylabel="|dh| of step t, mean", xticks=steps
        )
        ax.plot(steps, self.sizes[0], color=GREY, ls=":", marker="s", label="before")
        ax.plot(steps, self.sizes[-1], **BACKWARD, marker="^", label="after")
        (self.curve,) = ax.plot([], [], color=BLUE, marker="o", label="at this epoch", animated=True)
        fit_log_height(ax, np.concatenate(self.sizes))
        ax.legend(loc="upper left")

    def update(self, epoch):
        index = self.index(epoch)
        sizes = self.sizes[index]
        self.curve.set_data(np.arange(len(sizes)), sizes)
        T = len(sizes) - 1
        return rich(
            f"After {self.run.epochs[index]} epochs: |dh^({T})| is {number(sizes[-1])}, |dh^(0)| {number(sizes[0])}, "
            f"which is {number(sizes[0] / sizes[-1])} of it.\n"
            f"Before training {number(self.sizes[0][0])}, a share of {number(self.sizes[0][0] / self.sizes[0][-1])}; "
            f"after it {number(self.sizes[-1][0])}, a share of {number(self.sizes[-1][0] / self.sizes[-1][-1])}."
        )


class ClippingPanel(Panel):
    """Plain descent from a U that was multiplied by a factor: with clipping, and without."""

    def controls(self):
        return {
            "scale": slider("U times", 2.0, 0.5, 5.0, 0.5),
            "clip_norm": menu("clip at |dw| =", [("0.1", 0.1), ("1", 1.0), ("10", 10.0)], 1.0),
        }

    def build(self, figure):
        ax = self.axes = figure.add_axes((0.09, 0.15, 0.89, 0.8))
        ax.set_yscale("log")
        ax.set(xlabel="epoch", ylabel="loss, summed over the windows")
        ax.set_xlim(0, EPOCHS)
        moving = {"animated": True, "lw": 1.8}
        (self.free,) = ax.plot([], [], color=VERMILLION, ls="--", label="not clipped", **moving)
        (self.clipped,) = ax.plot([], [], color=BLUE, ls="-", label="clipped", **moving)
        ax.legend(loc="upper left")

    def update(self, scale, clip_norm):
        free, clipped = _descent(scale, None), _descent(scale, clip_norm)
        for line, history in ((self.free, free), (self.clipped, clipped)):
            line.set_data(np.arange(len(history.loss)), history.loss)
        fit_log_height(self.axes, np.minimum(np.concatenate([free.loss, clipped.loss]), MUCH))
        grow, N = _grow(scale)
        radius = np.abs(np.linalg.eigvals(scale * small_net().params.U)).max()
        return (
            f"U times {number(scale)} has the spectral radius {number(radius)}. Before training the message is longer "
            f"at t = 0 than at T in {grow} of {N} windows.<br>The first gradient is "
            f"{number(free.grad_norm[0])} long, the longest {_at_most(free.grad_norm.max())}.<br>"
            f"Not clipped, the loss goes from {number(free.loss[0])} to {_at_most(free.loss[-1])}; its highest is "
            f"{_at_most(free.loss.max())}.<br>"
            f"Clipped at {number(clip_norm)} in {int(clipped.clipped.sum())} of {EPOCHS} updates, it goes to "
            f"{number(clipped.loss[-1])}."
        )


def _at_most(value) -> str:
    """The number, or "more than ..." where it is too large for its digits to mean anything."""
    return number(value) if value < MUCH else f"more than {MUCH:,.0f}"


def message_sizes(net, split):
    """|dh^(t)| for each step, as the mean over the test windows."""
    dh = backward(forward(net, split.x_test), split.Y_test).dh
    with np.errstate(over="ignore"):  # after a run that diverged
        return np.linalg.norm(dh, axis=1).mean(axis=1)


def _loss(net, x, Y):
    return float(np.mean((net_forecast(net, x) - Y) ** 2) / 2)


@cache
def _descent(scale, clip_norm):
    """The History of plain descent on the sunspots, from the small net with U times scale."""
    return plain_descent(louder(small_net(), scale), clip_norm=clip_norm)


@cache
def _grow(scale):
    """In how many training windows the first message is longer at t = 0 than at T, and of how many."""
    split = sunspot_split()
    sizes = np.linalg.norm(backward(forward(louder(small_net(), scale), split.x), split.Y).dh, axis=1)
    return int((sizes[0] > sizes[-1]).sum()), sizes.shape[1]
