"""Page 03."""

from ..graphs import GraphPanel
from .panels import ActivationPanel

__all__ = ["ActivationPanel", "GraphPanel"]
