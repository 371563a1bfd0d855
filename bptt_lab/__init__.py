"""What the notebooks show: the series, the pictures and the panels. The mathematics is in bptt_core.

data.py      the series, and the one small net of all pages
run.py       that net, forward and backward
graph/       the computation graph, live: what stands where, what each node says, how the page shows it
figures.py   matplotlib: the look, the axes that charts share, a graph drawn
panels/      a panel = sliders + picture + one line of words
kernel.py    what a new kernel says in addition: which cells to run, after a NameError
"""
