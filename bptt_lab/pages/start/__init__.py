"""Page 00."""

from ..graphs import GraphPanel
from .panels import WindowPanel
from .setup import check_setup
from .unit import one_unit
