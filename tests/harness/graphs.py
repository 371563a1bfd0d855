"""Runs whose graphs are drawn, and a scene of each kind."""

import numpy as np
from bs4 import BeautifulSoup

from bptt_core import Activation, Backward, Net, backward, forward, init_params, step_terms
from bptt_lab.example import Example, Run, run_of
from bptt_lab.graph import Frame, backward_scene, cards_html, forward_scene, link_scene

KINDS = ["forward", "backward", "link"]
STEPS = [0, 1, 4, 5, 7, 8, 30]  # values of T


def scene_of(kind, run, t=None, unit=1, sequence=0):
    unit = min(unit, run.trace.h.shape[1] - 1)
    if kind == "forward":
        return forward_scene(run, unit, sequence)
    if kind == "backward":
        return backward_scene(run, unit, sequence)
    return link_scene(run, len(run.trace.x) - 1 if t is None else t, unit, sequence)


def scenes(run, t=None, unit=1, sequence=0):
    return {kind: scene_of(kind, run, t, unit, sequence) for kind in KINDS}


SOFTSIGN = Activation("softsign", lambda a: a / (1 + np.abs(a)), lambda a: 1 / (1 + np.abs(a)) ** 2)
OWN = {  # examples that a reader may bring: the sizes of their nets, and what else differs
    "one unit": {"n_h": 1},
    "wide": {"n_h": 8, "n_x": 3, "n_y": 2},
    "batch": {"n_h": 3, "N": 4},
    "many answers": {"n_h": 3, "outputs": "all"},
    "all of it": {"n_h": 5, "n_x": 2, "n_y": 4, "N": 12, "outputs": "all", "f": SOFTSIGN, "g": "tanh"},
}


def own_example(n_h=3, n_x=1, n_y=1, N=1, outputs="last", f="tanh", g="identity", T=30):
    rng = np.random.default_rng(1)
    net = Net(init_params(n_x=n_x, n_h=n_h, n_y=n_y, seed=3), f, g, outputs)
    steps = (T + 1,) if outputs == "all" else ()
    x, Y = rng.normal(size=(T + 1, n_x, N)), rng.normal(size=(*steps, n_y, N))
    return Example(net, x, Y, [f"day {t}" for t in range(T + 1)])


def own_runs(*steps):
    """A run of each example at each T."""
    return {f"{name}, T={T}": run_of(own_example(**sizes).last(T)) for name, sizes in OWN.items() for T in steps}


def wide_run(n_h=8, N=2, T=2):
    """A net with more units than a node has lines, two inputs, two outputs and two sequences."""
    rng = np.random.default_rng(0)
    net = Net(init_params(n_x=2, n_h=n_h, n_y=2))
    x, Y = rng.normal(size=(T + 1, 2, N)), rng.normal(size=(2, N))
    trace = forward(net, x, h_init=rng.normal(size=(n_h, N)))
    back: Backward = backward(trace, Y)
    return Run(Example(net, x, Y, np.arange(1900, 1901 + T)), trace, back, step_terms(trace, back))


def frame_of(scene):
    """One scene as a walk of its own."""
    return Frame(scene, 0, scene.whole)


def as_of(page, stage):
    """HTML as graph.js shows it at that stage."""
    soup = BeautifulSoup(page, "html.parser")
    hidden = [one for one in soup.select("[data-from]") if int(one["data-from"]) > stage]
    hidden += [one for one in soup.select("[data-until]") if int(one["data-until"]) <= stage]
    for one in hidden:
        one.decompose()
    return str(soup)


def card_html(scene, key, stage, unit):
    """The card of a part of that scene, as it is shown at that stage."""
    return as_of(cards_html([frame_of(scene)], unit)[scene.find(key).about.key], stage)
