"""Compare texts with numbers in them, from two computers."""

import math
import re

NUMBER = re.compile(r"[−-]?\d+(?:\.\d+)?(?:e[−+-]?\d+)?")


def check_same_text(now, stored):
    """The same words, and the same numbers but for their last digits: another computer may round differently."""
    assert NUMBER.sub("#", now) == NUMBER.sub("#", stored)
    for is_now, was in zip(NUMBER.findall(now), NUMBER.findall(stored), strict=True):
        pair = [float(text.replace("−", "-")) for text in (is_now, was)]
        assert math.isclose(*pair, rel_tol=1e-6, abs_tol=1e-9), f"{is_now} instead of {was} in\n{stored}"
