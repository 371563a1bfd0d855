"""Page 06."""

from .cost import CostPanel
from .panels import BreakPanel, EpsilonPanel, WitnessPanel
