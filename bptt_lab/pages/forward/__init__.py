"""Page 02."""

from ..graphs import GraphPanel
from .panels import StatesPanel
