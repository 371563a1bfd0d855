"""Controls that several pages share."""

from ..data import T_MAX
from ..panel import slider


def steps_slider(T=4):
    """A slider for T, the index of the last step: the net reads T+1 years."""
    return slider("T", T, 0, T_MAX)
