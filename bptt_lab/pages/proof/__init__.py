"""Page 06."""

from .panels import BreakPanel, EpsilonPanel, WitnessPanel

__all__ = ["BreakPanel", "EpsilonPanel", "WitnessPanel"]
