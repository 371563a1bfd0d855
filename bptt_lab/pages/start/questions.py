"""Page 00: the net's answer."""

from ...data import T_MAX, run_example
from ...predict.question import Found, Question

MORE_YEARS = ("closer with both", "away from it with both", "closer with one, away with the other")


def _more_years():
    off = {f: [100 * abs((run.trace.y - run.example.Y).item()) for run in _runs(f)] for f in ("tanh", "identity")}
    closer = {f: many < few for f, (few, many) in off.items()}
    right = MORE_YEARS[0] if all(closer.values()) else MORE_YEARS[2] if any(closer.values()) else MORE_YEARS[1]
    said = "; ".join(f"{f}: off by {few:.1f} at T = 4, by {many:.1f} at T = 30" for f, (few, many) in off.items())
    return Found(
        right,
        f"In sunspots, with {said}.",
        {
            MORE_YEARS[0]: "More years are more to go by only for a net that has learnt to use them.",
            MORE_YEARS[1]: "With tanh it comes closer. But that is luck: this net has learnt nothing yet.",
            MORE_YEARS[
                2
            ]: "tanh keeps the state within bounds, and identity lets it grow. Which of them comes closer is "
            "luck: this net has learnt nothing yet.",
        },
    )


def _runs(f):
    return run_example(4, f), run_example(T_MAX, f)


QUESTIONS = {
    "00-more-years": Question(
        "The net reads more years, T from 4 to 30, with tanh and then with identity. Does its answer come closer to "
        "the star?",
        MORE_YEARS,
        _more_years,
    ),
}
