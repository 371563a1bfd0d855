"""The panels of the pages to read, live: Python draws what they show while the site is built, and a page picks.

cells.py   a page's panels and questions, found by running its cells
states.py  at which positions of its controls a panel is recorded: those that the page then offers
record.py  a panel at one position: its words, and the pictures' traits
asked.py   a question with what it answers to each guess
store.py   what was recorded, in pieces of some tens of kB, each text once
build.py   all of it for all pages, in two processes
*.js       the panel in the page, over a small model of a widget; the widgets' own JavaScript is the notebooks'
"""
