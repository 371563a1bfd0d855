"""Page 05."""

from .panels import TermsPanel, TruncationPanel
