"""Try an answer on the hidden cases, and say what comes of it."""

from .exercises import EXERCISES
from .judge import a
from .progress import NOT_ATTEMPTED, NOT_YET, RIGHT, Progress
from .trial import Stopped, Trial, is_nothing
from .verdict import Verdict

IN_ROWS = " You have rows where the book has columns: the same numbers, transposed."
SEEN_IN_ROWS = " (You have rows. There the factors stand in the other order, each of them transposed.)"


def check(exercise_id, answer) -> Verdict:
    """Whether the answer to an exercise is right. It is shown, and returned.

    exercise_id : as the page gives it, such as "01-loss"
    answer      : a number, an array, or a function of your own, which is tried on cases that you do not see
    Raises ValueError if there is no such exercise.
    """
    if exercise_id not in tuple(EXERCISES):  # which may be asked of anything, of a list too
        raise ValueError(f"exercise_id must be one of {', '.join(EXERCISES)}; got {exercise_id!r}")
    exercise = EXERCISES[exercise_id]
    state, message, mistake = judged(exercise, answer)
    kept = Progress()
    if state != NOT_ATTEMPTED:
        kept.note(exercise.id, state == RIGHT)
    hints = () if state == RIGHT else exercise.hints
    return Verdict(exercise.id, state, message, mistake, hints, kept.trouble).show()


def judged(exercise, answer):
    """The state, a message, and the name of the known mistake or "" """
    if is_nothing(answer):
        return NOT_ATTEMPTED, exercise.task, ""
    if exercise.call and not callable(answer):
        return NOT_YET, f"Hand over the function `{exercise.function}` itself, without brackets; got {a(answer)}.", ""
    if not exercise.call and callable(answer):
        return NOT_YET, f"The answer is a value; got {a(answer)}.", ""
    try:
        tried = [Trial(exercise, answer, case) for case in exercise.cases]
    except Stopped as stopped:
        return NOT_YET, str(stopped), ""
    if all(trial.came is Ellipsis for trial in tried):
        return NOT_ATTEMPTED, exercise.task, ""
    if not all(trial.right for trial in tried):
        return NOT_YET, *_what_is_wrong(exercise, tried)
    changed = next((trial.changed for trial in tried if trial.changed), "")
    if changed:
        return NOT_YET, f"The numbers are right, but `{exercise.function}` changes its argument `{changed}`.", ""
    return RIGHT, _praise(exercise, tried), ""


def _praise(exercise, tried):
    said = f"In all {len(tried)} hidden cases." if exercise.call else "That is it."
    if any(trial.in_rows for trial in tried):
        return said + IN_ROWS
    pairs = ((part, expected) for trial in tried for part, expected in zip(trial.parts, trial.expected, strict=True))
    other = next(((part.shape, expected.shape) for part, expected in pairs if part.shape != expected.shape), None)
    return said + (f" Your shape is {other[0]}, the book's {other[1]}: the same numbers." if other else "")


def _what_is_wrong(exercise, tried):
    """A message, shape problems first, and the name of the known mistake or "" """
    known = next((each for each in exercise.mistakes if all(trial.is_as(each) for trial in tried)), None)
    first = next((trial for trial in tried if not trial.fits), None)
    if known:
        shape = f"{first.misses} " if first else ""
        rows = "" if all(trial.is_as(known, rows=False) for trial in tried) else SEEN_IN_ROWS
        return f"{shape}This is what comes out when {known.name}. {known.why} See {known.source}.{rows}", known.name
    first = first or next(trial for trial in tried if not trial.right)
    fine = [trial.title for trial in tried if trial.right]
    more = f" and {len(fine) - 3} more" if len(fine) > 3 else ""
    return first.misses + (f" It is right with {'; '.join(fine[:3])}{more}." if fine else ""), ""
