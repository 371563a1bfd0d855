"""Page 03."""

from ..graphs import GraphPanel
from .panels import ActivationPanel
