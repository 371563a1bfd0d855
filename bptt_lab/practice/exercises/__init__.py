"""The exercises, page by page. A page's module holds the right answers, the known mistakes and the hints."""

from . import backward, forward, loss, proof, recursion, sums

EXERCISES = {
    exercise.id: exercise for page in (loss, forward, backward, recursion, sums, proof) for exercise in page.EXERCISES
}
