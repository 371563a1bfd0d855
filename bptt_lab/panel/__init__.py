"""What every panel is made of: controls, pictures that are kept and changed in place, and words with their numbers.

base.py      a panel                     contract.py  what it must declare
controls.py  its sliders and menus       notice.py    what it says of itself, with panel.js, keep.js and panel.css
chart.py     a picture of two layers     axes.py      axes that stay still     paper.py  pictures as pixels
curves.py    a curve for each unit       versions.py  what ipywidgets 7 and 8 do in different ways
"""

from .base import Panel
from .chart import Chart
from .controls import activation_menu, menu, numbered, slider

__all__ = ["Chart", "Panel", "activation_menu", "menu", "numbered", "slider"]
