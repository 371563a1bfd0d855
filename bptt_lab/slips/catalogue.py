"""Every known slip, once: what it is called, the wrong line, why it is wrong, where the book says so, what it replaces.

All have been found in published code or in readers' answers. They stand in the order of the backward pass; those
that are seldom seen come behind.
"""

from .messages import MESSAGES
from .seldom import SELDOM
from .sums import SUMS

USUAL = {slip.key: slip for slip in (*MESSAGES, *SUMS)}  # what an exercise must know
SLIPS = USUAL | {slip.key: slip for slip in SELDOM}
