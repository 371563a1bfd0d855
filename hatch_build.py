"""What a wheel and an sdist take along besides the packages: the project's own notebooks, and none of a reader's."""

import runpy
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Besides(BuildHookInterface):
    """In the sdist all lies where the checkout has it, in the wheel within the packages that ask for it."""

    def initialize(self, version, build_data):
        if version == "editable":  # what the checkout has is found where it is
            return
        published = runpy.run_path(str(Path(self.root, "bptt_lab", "published.py")))
        in_wheel = self.target_name == "wheel"
        place = Path("bptt_lab/notebooks" if in_wheel else "notebooks")
        taken = {
            str(path): (place / path.relative_to(published["NOTEBOOKS"])).as_posix() for path in published["EVERY"]
        }
        if in_wheel:
            taken[str(Path(self.root, "constraints.txt"))] = "bptt_site/constraints.txt"
        build_data["force_include"] |= taken
