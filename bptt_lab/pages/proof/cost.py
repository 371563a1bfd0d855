"""What all gradients cost: by central differences, by complex step, by BPTT. Counted in products of two numbers."""

import numpy as np

from ...look import BLACK, BLUE, GREEN, VERMILLION
from ...numbers import number
from ...panel import Panel, slider

T, N_X, N_Y = 4, 1, 1  # as in the running example
UNITS = np.arange(2, 65)  # n_h
TICKS = (2, 4, 8, 16, 32, 64)


def weights(n_h):
    """How many numbers W, U, b, V and c hold."""
    return n_h * (N_X + n_h + 1) + N_Y * (n_h + 1)


def forward_products(n_h):
    """Of a forward pass: W x and U h at each step, V h once."""
    return (T + 1) * n_h * (N_X + n_h) + N_Y * n_h


def backward_products(n_h):
    """Of the backward pass: the dense layer's message and dV; U^t δ for T links; dh f' and dW for each step; dU."""
    return 2 * N_Y * n_h + T * n_h**2 + (T + 1) * n_h + (T + 1) * n_h * N_X + T * n_h**2


def passes(n_h) -> dict:
    """The cost in forward passes; a backward pass counts as many as it has products."""
    return {
        "central differences": 2 * weights(n_h),
        "complex step": weights(n_h),
        "BPTT": 1 + backward_products(n_h) / forward_products(n_h),
    }


class CostPanel(Panel):
    """Forward passes for all gradients, against the number of hidden units, on scales of powers of ten."""

    looks = (
        ("central differences", {"color": BLUE, "marker": "o"}),
        ("complex step", {"color": GREEN, "marker": "^"}),
        ("BPTT", {"color": VERMILLION, "marker": "D"}),
    )

    def controls(self):
        return {"n_h": slider("n_h", 8, int(UNITS[0]), int(UNITS[-1]))}

    def build(self, figure):
        ax = figure.add_axes((0.08, 0.16, 0.66, 0.8))
        ax.set_xscale("log")
        ax.set_yscale("log")
        ax.set(
            xlim=(UNITS[0] * 0.9, UNITS[-1] * 1.1), ylim=(1, 2e4), xlabel="hidden units n_h", ylabel="forward passes"
        )
        ax.set_xticks(TICKS, map(str, TICKS))
        ax.minorticks_off()
        for name, look in self.looks:
            cost = [passes(n_h)[name] for n_h in UNITS]
            ax.plot(UNITS, cost, label=name, markevery=np.isin(UNITS, TICKS), **look)
        (self.marker,) = ax.plot([], [], color=BLACK, lw=1, animated=True)
        ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1))

    def update(self, n_h):
        self.marker.set_data([n_h, n_h], [1, 2e4])
        cost = passes(n_h)
        return (
            f"n_h = {n_h}: {weights(n_h)} weights. Central differences take {cost['central differences']} forward "
            f"passes, the complex step {cost['complex step']}, with complex numbers.<br>"
            f"BPTT takes one forward and one backward pass, which has {number(cost['BPTT'] - 1)} times the products of "
            f"a forward one. Together that is the cost of {number(cost['BPTT'])} forward passes."
        )
