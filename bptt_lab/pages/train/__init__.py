"""Page 07."""

from .panels import ClippingPanel, FadingPanel, ForecastPanel, LearningPanel
