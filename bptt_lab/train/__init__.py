"""Learning with the gradients of bptt_core. learning.py needs tqdm, all else numpy alone.

fitting.py     fit: the loop over epochs and batches
descent.py     one step: plain descent, Adam, clipping
workspace.py   the same gradients, faster: for a loop that asks for them thousands of times
learning.py    fit, with a progress bar
"""

from .descent import clip_by_global_norm, global_norm
from .fitting import Epoch, Fit, History, fit
from .workspace import Workspace

__all__ = ["Epoch", "Fit", "History", "Workspace", "clip_by_global_norm", "fit", "global_norm"]
