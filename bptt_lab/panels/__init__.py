"""The panels, by notebook: controls + one picture + words with the same numbers."""

from .activation import ActivationPanel
from .base import Panel
from .graphs import GraphPanel
from .loss import LossPanel
from .proof import BreakPanel, EpsilonPanel, WitnessPanel
from .recursion import BlamePanel, RadiusPanel, StepBackPanel
from .states import StatesPanel
from .sums import TermsPanel, TruncationPanel
from .training import ClippingPanel, FadingPanel, ForecastPanel, LearningPanel
from .window import WindowPanel

__all__ = [
    "ActivationPanel",
    "BlamePanel",
    "BreakPanel",
    "ClippingPanel",
    "EpsilonPanel",
    "FadingPanel",
    "ForecastPanel",
    "GraphPanel",
    "LearningPanel",
    "LossPanel",
    "Panel",
    "RadiusPanel",
    "StatesPanel",
    "StepBackPanel",
    "TermsPanel",
    "TruncationPanel",
    "WindowPanel",
    "WitnessPanel",
]
