"""What a walk through a graph shows: one scene for a pass, or one link after the other."""

from .backward import backward_scene
from .forward import forward_scene
from .link import link_scene
from .quantity import last_step
from .scene import Frame


def frames_of(mode, run, unit=0, sequence=0) -> list:
    """The Frames of a walk, links from T back to 0. A link is shown when the message has just passed it, the first too.

    mode : forward, backward or link
    unit, sequence : whose numbers are shown, where not all of them fit
    """
    if mode == "link":
        links = (link_scene(run, t, unit, sequence) for t in range(last_step(run), -1, -1))
        return [Frame(scene, n + 1 if n else 0, n + 1, n) for n, scene in enumerate(links)]
    scene = {"forward": forward_scene, "backward": backward_scene}[mode](run, unit, sequence)
    return [Frame(scene, 0, scene.whole)]
