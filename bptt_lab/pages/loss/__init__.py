"""Page 01."""

from .panels import LossPanel
