"""What a panel must declare. What it forgets is one sentence, raised while the panel is made."""

from dis import get_instructions
from inspect import signature

TRAITS = ("value", "min", "max", "options")  # of a control, which only `adjust` may change


def check_controls(panel):
    """Each control has a description; `update` takes the values of them all, and uses each, or `adjust` does."""
    kind, names = type(panel).__name__, ", ".join(panel.inputs)
    for name, control in panel.inputs.items():
        if not control.description:
            raise ValueError(f"{kind}: the control {name!r} must have a description, its label; got ''")
    takes = signature(panel.update)
    try:
        takes.bind(**panel.inputs)
    except TypeError as error:
        raise TypeError(f"{kind}.update must take the values of its controls, {names}; got update{takes}") from error
    for name in panel.inputs:
        if not (_uses(panel.update, name) or _uses(panel.adjust, name)):
            raise ValueError(f"{kind}.update must use the control {name!r}; got update{takes}, which never reads it")


def _uses(function, name):
    """Whether its code reads the argument of that name, or the **values that hold it. Where there is no code: True.

    It tells what is forgotten, not whether a picture changes.
    """
    code = getattr(function, "__code__", None)
    if code is None or "locals" in code.co_names:
        return True
    takes = signature(function, follow_wrapped=False).parameters
    holder = name if name in takes else next((one.name for one in takes.values() if one.kind is one.VAR_KEYWORD), name)
    reads = [step.argval for step in get_instructions(code) if "LOAD_FAST" in step.opname or "_DEREF" in step.opname]
    # Python 3.13 reads two at once
    return holder in code.co_cellvars or any(holder in (read if isinstance(read, tuple) else (read,)) for read in reads)


def check_adjusted(panel, changes):
    """`adjust` names controls, and traits that they have."""
    kind = type(panel).__name__
    for name, traits in changes.items():
        if name not in panel.inputs:
            raise ValueError(f"{kind}.adjust must name controls, of {', '.join(panel.inputs)}; got {name!r}")
        for trait in traits:
            if trait not in TRAITS or not panel.inputs[name].has_trait(trait):
                raise ValueError(f"{kind}.adjust must set value, min, max or options of {name!r}; got {trait!r}")


def moved_by_update(panel, name) -> ValueError:
    return ValueError(f"{type(panel).__name__}.update moved the control {name!r}: only adjust may do that")


def check_updated(panel, words):
    """`update` returned words, and changed no artist but those that are animated."""
    kind = type(panel).__name__
    if not isinstance(words, str) or not words.strip():
        raise TypeError(f"{kind}.update must return words, as a str that is not empty; got {words!r}")
    frozen = next((artist for chart in panel.charts for artist in chart.changed()), None)
    if frozen is not None:
        what = _named(panel, frozen)
        raise ValueError(f"{kind}.update changed {what}: build it with animated=True, or it stands still")


def _named(panel, artist):
    """An artist, by the panel's attribute that holds it."""

    def holds(value):
        parts = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else [value]
        return any(part is artist for part in parts)

    name = next((f"`{name}`" for name, value in vars(panel).items() if holds(value)), "an artist")
    return f"{name} ({type(artist).__name__})"
