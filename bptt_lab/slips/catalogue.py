"""Every known slip, once: what it is called, the wrong line, why it is wrong, where the book says so, what it replaces.

All have been found in published code or in readers' answers. They stand in the order of the backward pass.
"""

from .messages import MESSAGES
from .sums import SUMS

SLIPS = {slip.key: slip for slip in (*MESSAGES, *SUMS)}
