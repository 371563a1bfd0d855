"""Page 02."""

from ..graphs import GraphPanel
from .panels import StatesPanel

__all__ = ["GraphPanel", "StatesPanel"]
