"""The exercises, page by page. A page's module holds the right answers, the known mistakes and the hints."""

from . import backward, forward, loss, proof, recursion, sums, training

EXERCISES = {
    exercise.id: exercise
    for page in (loss, forward, backward, recursion, sums, proof, training)
    for exercise in page.EXERCISES
}
