"""The content: a folder for each page, with its panels, questions and exercises, which are found by name here.

Notebooks take `ask`, `predict`, `check` and `progress` from here, and a page's panels from its folder.
"""

import reprlib
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

from .. import practice
from .. import predict as predicting
from ..panel import Panel


def _of_all_pages(kind):
    """The `kind` modules of the folders that have one, such as questions.py, in the order of the pages."""
    names = (f"{__name__}.{page.name}.{kind}" for page in iter_modules(__path__) if page.ispkg)
    return [import_module(name) for name in names if find_spec(name)]


def _in_order(named) -> dict:
    """Sorted by page; those of one page stay in the page's own order."""
    return dict(sorted(named, key=lambda pair: pair[0][:2]))


QUESTIONS = _in_order(pair for page in _of_all_pages("questions") for pair in page.QUESTIONS.items())
EXERCISES = _in_order((each.id, each) for page in _of_all_pages("exercises") for each in page.EXERCISES)


PANELS = {
    name: thing
    for page in _of_all_pages("panels")
    for name, thing in vars(import_module(page.__package__)).items()
    if isinstance(thing, type) and issubclass(thing, Panel)
}


def ask(name):
    """One question on its own, which no panel waits for."""
    return predicting.ask(QUESTIONS[name])


def predict(panel, *names):
    """The panel, below its questions: it opens when all are answered, or at once if the reader wants.

    panel : a bptt_lab Panel
    names : of questions, such as "01-target"
    Returns the panel. Raises ValueError for a name that is not in QUESTIONS.
    """
    unknown = [name for name in names if name not in QUESTIONS]
    if unknown or not names:
        raise ValueError(f"names must be of {', '.join(QUESTIONS)}; got {', '.join(map(repr, unknown)) or 'none'}")
    return predicting.predict(panel, *(QUESTIONS[name] for name in names))


def check(exercise_id, answer) -> practice.Verdict:
    """Check the answer to an exercise; the verdict is shown and returned.

    exercise_id : as the page gives it, such as "01-loss"
    answer      : a number, an array, or a function of your own, which is tried on cases that you do not see
    Raises ValueError if there is no such exercise.
    """
    if not isinstance(exercise_id, str) or exercise_id not in EXERCISES:
        raise ValueError(f"exercise_id must be one of {', '.join(EXERCISES)}; got {reprlib.repr(exercise_id)}")
    return practice.check(EXERCISES[exercise_id], answer)


def progress() -> practice.Report:
    """The state of every exercise, as the progress file has it."""
    return practice.progress(EXERCISES)
