"""What holds for every panel on a page. Each check is seen to fail in test_checks.py."""

from bptt_lab.wording import plain

PARTS = ("values", "pictures", "words")


def check_no_errors(lab):
    errors = lab.errors()
    assert not errors, "\n".join(errors)


def check_painted(panel):
    pictures = panel.pictures()
    assert pictures, "the panel has no picture"
    assert all(pictures), "a picture is not painted"


def check_controls(panel):
    """Every control changes what a picture shows."""
    for control in panel.controls:
        before = panel.pictures()
        for way in control.ways:
            control.turn(way)
            if panel.pictures() != before:
                break
        else:
            raise AssertionError(f"{control.label} changes nothing in the picture")
        check_painted(panel)


def check_reset(panel):
    """Reset brings back the values, the pictures and the words of the beginning."""
    panel.reset()
    first = panel.values(), panel.pictures(), panel.words()
    for control in panel.controls:
        control.turn(control.ways[0])
    panel.reset()
    for before, now, what in zip(first, (panel.values(), panel.pictures(), panel.words()), PARTS, strict=True):
        assert now == before, f"Reset does not bring back the {what}"


def check_still(panel):
    """Whatever a control shows, the pictures and the words stay where they are."""
    first = panel.boxes()
    for control in panel.controls:
        for way in control.ways[:4]:  # a slider's ends among them
            control.turn(way)
            assert (now := panel.boxes()) == first, f"{control.label}, {way}: from {first} to {now}"


def check_words(panel, twin):
    """The words are those of the same panel in this process, set to the same values.

    twin : a bptt_lab Panel
    """
    controls = {control.description: control for control in twin.inputs.values()}
    for _ in range(2):  # a slider's end may move with another slider
        for label, value in panel.values().items():
            control = controls[label]
            if hasattr(control, "options"):
                control.label = value
            else:
                control.value = type(control.value)(value.replace("−", "-"))
    said, expected = plain(panel.words()), plain(twin.words.value)
    assert said == expected, f"the words are {said!r}, and not {expected!r}"
