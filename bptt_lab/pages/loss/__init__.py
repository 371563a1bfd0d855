"""Page 01."""

from .panels import LossPanel

__all__ = ["LossPanel"]
