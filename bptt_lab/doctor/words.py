"""What the doctor says of a layout, and of a slip."""

import numpy as np

from bptt_lab.slips import RIGHT, SLIPS, composed

from .axes import placements
from .convention import in_words
from .layout import off
from .report import Finding, listed, series


def layout_words(given, reading) -> str:
    """How the arrays were read."""
    s = reading.states
    rows = {"W": s.turned[0], "U": s.turned[1]} | ({"V": reading.V_turned} if given.n_y else {})
    if len(set(rows.values())) == 1:
        kind = (
            "rows (a = x W + h U + b; lines and equations here are written in columns)"
            if s.turned[0]
            else "columns (W x + U h + b)"
        )
    else:
        kind = ", ".join(f"{name} as {'rows have' if turned else 'columns have'} it" for name, turned in rows.items())
    axes = f"x is ({', '.join(s.axes)})"
    steps = "one answer, at the last step" if reading.outputs == "last" else "an answer at each step"
    if not given.n_y:
        steps = (
            "messages from above at the last state"
            if reading.outputs == "last"
            else "messages from above at each state"
        )
    dense = "" if not given.n_y else f", then {reading.g}"
    if reading.answer.logits:
        dense = f", then {reading.answer.g.name} inside the loss: y is what goes into it"
    how = "" if reading.off == reading.off else "; nothing of the forward pass was there to prove it"
    return f"{kind}; {axes}; f is {s.f}{dense}; {steps}{how}."


def nearly_words(given, nearest) -> str:
    """If no layout fits: what fits nearly, and what does not."""
    if nearest is None:
        return "the shapes do not fit each other: x, Y and the others must agree on the steps and on the sequences"
    if given.h is not None and nearest.off > 1e-3:
        theirs = _their_h(given, nearest)
        begin = "" if theirs is None else _first_far(nearest.h, theirs)
        return f"no forward pass h = f(W x + U h + b) gives your h, in whatever layout, with {_activations()}. {begin}"
    if given.h is not None:
        return (
            f"your h is that of {nearest.f}, but no dense layer y = g(V h + c) gives your y: look at V, c and the "
            "activation of the answer"
        )
    return (
        f"no forward pass gives your y, in whatever layout, with {_activations()}: hand over h too, and it can be said "
        "at which step they part"
    )


def _activations():
    from .answers import G

    return listed(name for name in G if name != "softmax") + " as activations"


def _their_h(given, nearest):
    steps, n_h, count = nearest.h.shape
    ways = [way for way, _ in placements(given.h, {"T+1": steps, "n_h": n_h, "N": count})]
    return min(ways, key=lambda way: off(way, nearest.h), default=None)


def _first_far(ours, theirs):
    far = [off(mine, his) > 1e-3 for mine, his in zip(ours, theirs, strict=True)]
    first = far.index(True)
    if first:
        return f"The nearest fits up to t = {first - 1}, and from t = {first} on not: look at U and the state before"
    return "Already h^(0) differs: look at W, b, f and h_init"


# a slip


def odd_words(name, claim, sizes) -> Finding:
    """The Finding of a gradient whose shape is not that of its parameter."""
    if claim.broken:
        return Finding((name,), (), "", f"{name}: {claim.broken}.")
    if claim.turned:
        slip = SLIPS[f"turned {name[1:2]}"]
        line = f"Look for a line like `{slip.line}`. {slip.why} ({slip.source})"
        return Finding((name,), (), slip.key, f"{name} is transposed relative to {name[1:]}. {line}")
    axes = listed(claim.unsummed)
    words = f"{name} still has its axis {axes}: add up over it. All uses of {name[1:]} share it (eqs. 7.7 to 7.9)."
    return Finding((name,), tuple(range(sizes[0])), "", words)


def zeros_words(names, sizes) -> Finding:
    """The Finding of gradients that hold nothing."""
    text = (
        f"{listed(names)} {'is' if len(names) == 1 else 'are'} all zeros, and should not be: never added to, or handed "
        "over before the backward pass ran."
    )
    return Finding(tuple(names), tuple(range(sizes[0])), "", text)


def slip_words(attempt, slip, spoiled) -> Finding:
    """The Finding of a slip in these gradients."""
    look = attempt.look
    if not slip.key:
        return _factor_words(look, slip.values[0], spoiled)
    steps = touched(look, slip, spoiled)
    name = f"{slip.name} ({slip.parameter} {_value(slip.values[0])})" if slip.values else slip.name
    when = f" (t = {series(steps)})" if steps and len(steps) < look.sizes[0] else ""
    text = f"{listed(spoiled)}{when}: {name}. Look for a line like `{slip.line}`. {slip.why} ({slip.source})"
    others = {each.name for cure in attempt.near for each in cure.slips} | {*attempt.engine.aliases.get(slip.key, ())}
    others = sorted(others - {each.name for each in attempt.cure.slips})
    if others:
        text += f" In this case the same numbers come out if {others[0]}."
    return Finding(spoiled, steps, slip.key, text)


def _value(value):
    return f"{value:.6g}" if isinstance(value, float) else value


def _factor_words(look, times, spoiled):
    what = in_words(times, look.sizes)
    odd = "has" if len(spoiled) == 1 else "have"
    text = (
        f"{listed(spoiled)} {odd} a factor that the others have not: {what}. The direction is right, but all gradients "
        "of one loss share one factor: look for a division, a mean or a sign that stands in only some of "
        "them (eqs. 7.7 to 7.9)."
    )
    return Finding(spoiled, tuple(range(look.sizes[0])), "", text)


def touched(look, slip, spoiled) -> tuple:
    """The steps whose part in these gradients the slip changes."""
    trace, Y, count = look.trace, look.Y, look.sizes[0]
    made = composed(slip)
    dy = made.first(trace, Y)
    delta = made.delta(trace, dy)
    size = max(np.abs(look.true.delta).max(), 1e-300)
    far = np.abs(delta - look.true.delta).max(axis=(1, 2)) > 1e-9 * size
    far |= np.abs(dy - look.true.dy).max(axis=(1, 2)) > 1e-9 * max(np.abs(look.true.dy).max(), 1e-300)
    if far.any():
        return tuple(int(t) for t in np.flatnonzero(far))
    found = []
    for t in range(count):
        only = np.zeros((count, 1, 1))
        only[t] = 1
        for name in spoiled:
            given = trace, look.true.dy * only, look.true.delta * only
            ours, theirs = RIGHT.sum(name[:2], *given), made.sum(name[:2], *given)
            if ours.shape != theirs.shape or np.abs(ours - theirs).max() > 1e-9 * max(
                look.true.scales[name[:2]], 1e-300
            ):
                found.append(t)
                break
    return tuple(found)
