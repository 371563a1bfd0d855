"""What the notebooks show: the series, the pictures and the panels. The mathematics is in bptt_core.

data.py      the series, and the one small net of all pages
graph.py     the computation graph as a layout: what stands where, with which numbers
figures.py   matplotlib: the look, the axes that charts share, a graph drawn
panels/      a panel = sliders + picture + one line of words
"""
