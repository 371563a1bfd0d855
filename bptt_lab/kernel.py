"""What a kernel says in addition: after a NameError, which cells to run.

An IPython extension. installed/etc/ipython/startup loads it in every kernel as it starts, so that it is there for the
first cell that is run: often not the first of the page. It imports nothing, for every kernel waits for it.
"""

ADVICE = (
    "If a cell above makes {name!r}, that cell has not run: choose Run ▸ Run All Cells, then come back to this cell."
)


def load_ipython_extension(shell):
    if not shell.custom_exceptions:  # IPython has room for one handler: somebody else's stays, and ours is set once
        shell.set_custom_exc((NameError,), show_name_error)


def show_name_error(shell, kind, error, traceback, tb_offset=None):
    """What IPython shows anyway, and the advice below it."""
    # an UnboundLocalError is a NameError too, and one that somebody raises may name nothing
    if kind is NameError and error.name and _looked_up_in(traceback) is shell.user_ns:
        advice = ADVICE.format(name=error.name)
        if advice not in getattr(error, "__notes__", ()):
            error.add_note(advice)
    shell.showtraceback((kind, error, traceback), tb_offset=tb_offset, running_compiled_code=True)


def _looked_up_in(traceback):
    """The globals of the line that failed: the cells' own, or those of a module, where running cells is no help."""
    while traceback.tb_next:
        traceback = traceback.tb_next
    return traceback.tb_frame.f_globals
