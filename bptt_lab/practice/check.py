"""Try an answer on the hidden cases, and give the verdict."""

import warnings
from copy import deepcopy

import numpy as np

from .call import Stopped, apart, asked, is_nothing
from .judge import a, decimals
from .progress import NOT_ATTEMPTED, NOT_YET, RIGHT, Progress
from .trial import Trial
from .verdict import Verdict

IN_ROWS = " You have rows where the book has columns: the same numbers, transposed."
SEEN_IN_ROWS = " (You have rows. There the factors stand in the other order, each of them transposed.)"
ROUNDING = "Hand over the numbers as they come, without rounding."
TYPED = "A picture rounds what it shows. Compute the answer, and hand over all its digits."


def check(exercise, answer) -> Verdict:
    """Check the answer to an exercise; the Verdict is shown and returned.

    answer : a number, an array, or a function of the reader's own, which is tried on the exercise's cases
    """
    with warnings.catch_warnings():  # the answer may change how Python warns
        state, message, mistake = judged(exercise, answer)
    kept = Progress()
    if state != NOT_ATTEMPTED:
        kept.note(exercise.id, state == RIGHT)
    hints = () if state == RIGHT else exercise.hints
    return Verdict(exercise.id, state, message, mistake, hints, kept.trouble).show()


def judged(exercise, answer, ask=asked):
    """The state, a message, and the name of the known mistake or ""

    ask : how the answer is tried on a case, as call.asked does it
    """
    if is_nothing(answer):
        return NOT_ATTEMPTED, exercise.task, ""
    if exercise.call and not callable(answer):
        return NOT_YET, f"Hand over the function `{exercise.function}` itself, without brackets; got {a(answer)}.", ""
    if not exercise.call and callable(answer):
        return NOT_YET, f"The answer is a value; got {a(answer)}.", ""
    try:
        tried = [Trial(exercise, answer, case, ask) for case in exercise.cases]
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the mistakes' own lines may warn
            return _weighed(exercise, answer, tried)
    except Stopped as stopped:
        known = _beyond(exercise, answer, ask) if stopped.beyond else None
        return (NOT_YET, f"{stopped} {_said(known)}", known.name) if known else (NOT_YET, str(stopped), "")
    except KeyboardInterrupt:  # between two cases
        return NOT_YET, "You stopped it. Does your loop end?", ""


def _weighed(exercise, answer, tried):
    if all(trial.came is Ellipsis for trial in tried):
        return NOT_ATTEMPTED, exercise.task, ""
    if not all(trial.right for trial in tried):
        return NOT_YET, *_what_is_wrong(exercise, tried)
    changed = next((trial.changed for trial in tried if trial.changed), "")
    if changed:
        return NOT_YET, f"The numbers are right, but `{exercise.function}` changes its argument `{changed}`.", ""
    return RIGHT, _praise(exercise, answer, tried), ""


def _praise(exercise, answer, tried):
    said = f"In all {len(tried)} hidden cases." if exercise.call else "That is it."
    rows = IN_ROWS if any(trial.in_rows for trial in tried) else ""
    return said + rows + _shape(tried, rows) + _luck(exercise, answer)


def _luck(exercise, answer):
    """A sentence if the answer is right only by luck, else ""."""
    try:
        return apart(lambda: exercise.beware(answer)) if exercise.beware else ""
    except KeyboardInterrupt:
        raise
    except BaseException:  # a function may do anything when it is called once more
        return ""


def _shape(tried, rows):
    """What to say when the right numbers come in another shape: where that would do harm, or that it does none."""
    others = [(part.shape, book.shape) for trial in tried for part, book in trial.pairs if part.shape != book.shape]
    hurts = next(filter(all, ((_sum_of(*shapes), shapes) for shapes in others)), None)
    if hurts:
        what, (yours, books) = hurts
        return f" Careful: your shape is {yours}, the book's {books}. {what}"
    return f" Your shape is {others[0][0]}, the book's {others[0][1]}: the same numbers." if others and not rows else ""


def _sum_of(yours, books):
    """What goes wrong when an array of one shape is added to one of the other; "" if nothing does."""
    try:
        both = np.broadcast_shapes(yours, books)
    except ValueError:
        return "The two cannot be added to each other."
    if np.prod(both) <= np.prod(books) or not books:
        return ""
    return f"Added to an array of the book's shape it makes one of shape {both}, by broadcasting and without an error."


def _what_is_wrong(exercise, tried):
    """A message, shape problems first, and the name of the known mistake or "" """
    known = _known(exercise, tried)
    first = next((trial for trial in tried if not trial.fits), None)
    where = _where(exercise, tried, known)
    if known:
        shape = f"{first.misses} " if first else ""
        rows = "" if all(trial.is_as(known, rows=False) for trial in tried) else SEEN_IN_ROWS
        return f"{shape}{where}{_said(known)}{rows}", known.name
    digits = min(trial.decimals for trial in tried)
    if digits:
        return f"{_to(digits)} {ROUNDING if exercise.call else TYPED}", ""
    known = None if exercise.call else _known(exercise, tried, compare=decimals)
    if known:
        return f"To the digits that you give, this comes out when {known.name}. {known.why}", known.name
    first = first or next(trial for trial in tried if not trial.right)
    fine = [trial.title for trial in tried if trial.right]
    more = f" and {len(fine) - 3} more" if len(fine) > 3 else ""
    reminder = f" {exercise.reminder}" if exercise.reminder and not first.fits else ""
    return where + first.misses + reminder + (f" It is right with {'; '.join(fine[:3])}{more}." if fine else ""), ""


def _where(exercise, tried, known):
    """Where the answer goes wrong first, if the exercise can tell, else ""."""
    said = exercise.where(tried, known) if exercise.where else ""
    return f"{said} " if said else ""


def _said(known):
    return f"This is what comes out when {known.name}. {known.why} See {known.source}."


def _beyond(exercise, answer, ask):
    """The mistake that asks for an index too many in the same cases and gives the same in the others, or None."""
    tried, beyond = [], []
    for case in exercise.cases:
        try:
            tried.append(Trial(exercise, answer, case, ask))
        except Stopped as stopped:
            if not stopped.beyond:
                return None
            beyond.append(case)
    for each in exercise.mistakes:
        if tried and all(_goes_beyond(exercise, each, case) for case in beyond) and all(t.is_as(each) for t in tried):
            return each
    return None


def _goes_beyond(exercise, mistake, case):
    for way in exercise.ways(mistake):
        try:
            way(*deepcopy(case.arguments))
        except IndexError:
            return True
        except ValueError:  # its shapes may not fit in this case
            continue
    return False


def _to(digits):
    return f"Right to {digits} {'decimal' if digits == 1 else 'decimals'}, and no further."


def _known(exercise, tried, **how):
    """The mistake that gives the answer's numbers in every case, else two that do so together, else None."""
    large_first = tried[::-1]  # the large cases tell most
    for mistakes in (lambda: exercise.mistakes, exercise.pairs):
        for each in mistakes():
            if all(trial.is_as(each, **how) for trial in large_first):
                return each
    return None
