"""Page 07."""

from .panels import ClippingPanel, FadingPanel, ForecastPanel, LearningPanel

__all__ = ["ClippingPanel", "FadingPanel", "ForecastPanel", "LearningPanel"]
