"""What every panel is made of: controls, pictures that are kept and changed in place, and words with their numbers."""

from .base import Panel, activation_menu, menu, slider, steps_slider
from .chart import Chart

__all__ = ["Chart", "Panel", "activation_menu", "menu", "slider", "steps_slider"]
