"""Page 06."""

from .panels import BreakPanel, EpsilonPanel, WitnessPanel
