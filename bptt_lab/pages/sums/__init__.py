"""Page 05."""

from .panels import TermsPanel, TruncationPanel

__all__ = ["TermsPanel", "TruncationPanel"]
