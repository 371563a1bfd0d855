"""Page 04."""

from .panels import BlamePanel, RadiusPanel, StepBackPanel

__all__ = ["BlamePanel", "RadiusPanel", "StepBackPanel"]
