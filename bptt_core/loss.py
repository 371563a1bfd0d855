"""The loss (section 7.2.1, eq. 7.3) and the first message that goes back.

L     = 1/2 * sum (y - Y)^2    over outputs and sequences (and steps, if each has one): eq. 7.3, summed, no mean
dL/dy = y - Y                  the 1/2 has met the 2 of the square
"""

import numpy as np

from .inputs import outputs_and_targets, quiet


def mse_loss(y, Y) -> float:
    """Eq. 7.3: L = 1/2 * sum (y - Y)^2.

    y : (n_y, N), the outputs y^(T); or (T+1, n_y, N), the outputs of each step
    Y : of the same shape, the targets
    Returns a float, in squared units of y; inf if it is too large for one.
    Raises ValueError, or TypeError for a wrong type, if y or Y is not a finite array of that shape.
    Source: section 7.2.1.
    """
    return squared_error(*outputs_and_targets(y, Y))


def squared_error(y, Y) -> float:
    """Eq. 7.3 on arrays that are known to fit."""
    with quiet():
        return float(0.5 * np.sum((y - Y) ** 2))


def mse_loss_derivative(y, Y) -> np.ndarray:
    """The derivative of eq. 7.3: dL/dy = y - Y.

    y, Y : as in mse_loss
    Returns an array of their shape, in units of y.
    Raises the same errors as mse_loss.
    Source: section 7.2.1.
    """
    y, Y = outputs_and_targets(y, Y)
    with quiet():
        return y - Y
