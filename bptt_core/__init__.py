"""Back propagation through time for a many-to-one SimpleRNN: section 7.2 in numpy, one file per step.

loss.py       7.2.1            eq. 7.3             activations.py   f and f'
forward.py    7.2.2            the forward graph   check.py         is a gradient right?
backward.py   7.2.3 and 7.2.4  eqs. 7.4 to 7.9     jacobians.py     how much of a message survives
train.py      descent along the gradients          workspace.py     the same gradients, faster
inputs.py     what is accepted, and what is said otherwise
overflow.py   what grows too large is inf, and never nan
"""

from .activations import ACTIVATIONS, Activation
from .backward import Backward, Gradients, backward, gradients, loss_and_gradients, step_terms
from .check import central_difference, complex_step, numerical_gradients, untied_terms
from .forward import Params, Trace, forward, init_params
from .jacobians import largest_singular_value, spectral_radius, state_jacobians
from .loss import mse_loss, mse_loss_derivative
from .train import Epoch, Fit, History, clip_by_global_norm, fit, global_norm
from .workspace import Workspace

__all__ = [
    "ACTIVATIONS",
    "Activation",
    "Backward",
    "Epoch",
    "Fit",
    "Gradients",
    "History",
    "Params",
    "Trace",
    "Workspace",
    "backward",
    "central_difference",
    "clip_by_global_norm",
    "complex_step",
    "fit",
    "forward",
    "global_norm",
    "gradients",
    "init_params",
    "largest_singular_value",
    "loss_and_gradients",
    "mse_loss",
    "mse_loss_derivative",
    "numerical_gradients",
    "spectral_radius",
    "state_jacobians",
    "step_terms",
    "untied_terms",
]
