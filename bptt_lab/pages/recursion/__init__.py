"""Page 04."""

from .panels import BlamePanel, RadiusPanel, StepBackPanel
