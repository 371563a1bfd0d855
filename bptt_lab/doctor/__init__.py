"""The doctor: bring the numbers of your own backward pass, and be told what is wrong with it.

    from bptt_lab.doctor import diagnose
    print(diagnose(W=W, U=U, b=b, V=V, c=c, x=x, Y=Y, y=y, dW=dW, dU=dU, db=db, dV=dV, dc=dc))

given.py        the arrays as they come              axes.py, answers.py, layout.py   every way to read them
claims.py       their gradients beside the true ones convention.py   one factor for all
search.py, limits.py   which slips of bptt_lab.slips give their numbers
terms.py        what has no name, as a sum of true terms
hides.py        what a case cannot show              report.py, words.py   what is said
diagnosis.py    all of it in order                  attempt.py   one reading with one factor
cases.py        cases worth trying                   examine.py   somebody's function on several of them
files.py        arrays from files, for python -m bptt_lab.doctor run.npz
It needs numpy and bptt_core alone, no Jupyter.
"""

from .cases import LAYOUTS, case
from .diagnosis import diagnose
from .examine import examine
from .report import Finding, Report

__all__ = ["LAYOUTS", "Finding", "Report", "case", "diagnose", "examine"]
