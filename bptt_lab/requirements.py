"""What the pages need, as pyproject.toml asks for it: an install wrote it down."""

from importlib import metadata

from packaging.requirements import Requirement

from .cli import DISTRIBUTION


def of_the_pages() -> list:
    """What the mathematics and the notebooks import: the project's requirements, and those of its extra `pages`."""
    asked = [Requirement(line) for line in metadata.requires(DISTRIBUTION)]
    wanted = [each for each in asked if each.marker is None or each.marker.evaluate({"extra": "pages"})]
    for each in wanted:
        each.marker = None
    return wanted


def are_met() -> bool:
    """Whether all of them are installed, in versions that the project asks for."""
    try:
        return all(each.specifier.contains(metadata.version(each.name), prereleases=True) for each in of_the_pages())
    except metadata.PackageNotFoundError:
        return False
