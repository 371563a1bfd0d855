"""Page 00."""

from .panels import WindowPanel
from .setup import check_setup
