"""What the notebooks show: the series, the pictures and the panels. The mathematics is in bptt_core.

The engine, which knows no page:
    look.py      colours, dashes, fonts and sizes     symbols.py   how a symbol is written
    numbers.py   how a number is written              compare.py   do two computations agree?
    panel/       a panel = controls, pictures and words
    graph/       the computation graph, live
    train/       learning with the gradients of bptt_core, and a workspace that makes them fast
    predict/     a question with options              practice/    an exercise, its judge, its verdicts

slips/           every known mistake in the backward pass, once; it needs no Jupyter
doctor/          what is wrong with a backward pass that somebody brings, from its numbers; nor does it

The content:
    example.py   a net with its x, its Y and names of its steps: the running example, or a reader's
    data.py      the series, and the running example of all pages
    series.py    any series, cut into windows for training and for the test
    reading/     a series of the reader's own, from a file (with pandas)
    pages/       one folder a page

classroom/       a student edition, and what a class hands in, judged

kernel.py        what a new kernel says in addition: which cells to run, after a NameError
"""
