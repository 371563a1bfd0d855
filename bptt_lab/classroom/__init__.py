"""A class: `bptt class make` writes the student edition, `bptt class grade` judges what is handed in.

command.py   what is typed
edition.py   the student edition, with numbers for each student if wanted
handed.py    what was handed in: whose it is, and its cells
needed.py    which cells of a notebook an answer can depend on
sandbox.py   runs a student's cells, in a process of its own with limits
wire.py      what that process may say to the judge: data, and nothing that runs
judge.py     judges each exercise on hidden cases, here, where no student's code runs
grade.py     all hand-ins, side by side; what is done is kept
report.py    the table of the class (CSV), and the page (HTML)

What a student can get round, and what not, is said in docs/lecturers.md.
"""
