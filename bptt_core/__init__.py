"""Back propagation through time for a many-to-one SimpleRNN: section 7.2 in numpy, one file per step.

net.py          the weights, f and g
activations.py  f and f'
loss.py         7.2.1: eq. 7.3
forward.py      7.2.2: the graph
backward.py     7.2.3 and 7.2.4: eqs. 7.4 to 7.9
jacobians.py    how much of a message survives
check.py        is a gradient right?
inputs.py       what is accepted, and what is said otherwise
"""

from .activations import ACTIVATIONS, Activation
from .backward import Backward, Gradients, backward, gradients, loss_and_gradients, step_terms
from .check import central_difference, complex_step, numerical_gradients, untied_terms
from .forward import Trace, forward
from .jacobians import state_jacobians
from .loss import mse_loss, mse_loss_derivative
from .net import Net, Params, init_params

__all__ = [
    "ACTIVATIONS", "Activation", "Backward", "Gradients", "Net", "Params", "Trace", "backward",
    "central_difference", "complex_step", "forward", "gradients", "init_params", "loss_and_gradients", "mse_loss",
    "mse_loss_derivative", "numerical_gradients", "state_jacobians", "step_terms", "untied_terms",
]  # fmt: skip
