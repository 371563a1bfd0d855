"""Controls that several pages have."""

from ..data import T_MAX
from ..panel import slider


def steps_slider(T=4):
    """T, the index of the last step: T+1 years."""
    return slider("T", T, 0, T_MAX)
