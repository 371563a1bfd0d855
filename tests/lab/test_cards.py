"""What each node says of itself is true: every formula is computed from the terms that it shows."""

import html
import re
from xml.etree import ElementTree

import numpy as np
import pytest

import bptt_core
from bptt_core import ACTIVATIONS, step_terms
from bptt_lab import graph
from bptt_lab.data import run_example
from bptt_lab.example import Example, run_of
from bptt_lab.graph import Edge, cards_html, svg, table_html
from bptt_lab.graph.formulas import Formula, Term
from bptt_lab.graph.layout import MOST_COLUMNS, NOTE
from bptt_lab.graph.words import stage_in_words
from bptt_lab.numbers import number
from bptt_lab.symbols import at, hat, short
from tests.harness.graphs import (
    SOFTSIGN,
    STEPS,
    as_of,
    card_html,
    frame_of,
    own_example,
    own_runs,
    scene_of,
    scenes,
    wide_run,
)

RUNS = {
    **{f"T={T}": run_example(T, "tanh") for T in STEPS},
    "softplus": run_example(4, "softplus"),
    "relu": run_example(4, "relu"),
    "batch": wide_run(N=3),
    **own_runs(0, 4, 8),
}
every_run = pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)


def every_part(run):
    """Each scene of a run with each of its parts, all links among them."""
    passes = list(scenes(run).values())[:2]
    links = [scene_of("link", run, t) for t in range(len(run.trace.x))]
    return [(scene, part) for scene in (*passes, *links) for part in scene.parts]


def told(run) -> dict:
    """Every quantity that a card tells of, by its key."""
    return {part.about.key: part.about for _, part in every_part(run)}


def computed(formula):
    """The side of the formula without its result, computed as it is written."""
    at = formula.parts.index("=")
    sides = formula.parts[:at], formula.parts[at + 1 :]
    (side,) = (side for side in sides if not any(part is formula.result for part in side))
    terms = [part.value for part in side if isinstance(part, Term)]
    names = {"t": terms, "squares": lambda error: np.array([[np.sum(error**2)]])}
    for letter, name in formula.functions:
        activation = (ACTIVATIONS | {"softsign": SOFTSIGN})[name.rstrip("′")]
        names[letter.replace("'", "_prime")] = activation.df if name.endswith("′") else activation.f
    count = iter(range(len(terms)))
    python = {"": "@", "half sum(": "0.5 * squares(", ")²": ")", "f'(": "f_prime("}
    written = (f"t[{next(count)}]" if isinstance(part, Term) else python.get(part, part) for part in side)
    return eval("".join(written), names)


@every_run
def test_every_formula_is_true(run):
    checked = 0
    for _, part in every_part(run):
        for formula in filter(None, (part.about.formula, part.about.gradient)):
            # the same numbers in another order: rounding only
            scale = np.abs(formula.result.value).max()
            np.testing.assert_allclose(
                computed(formula), formula.result.value, rtol=1e-12, atol=1e-14 * scale, err_msg=part.key
            )
            checked += 1
    assert checked > 20


@every_run
def test_each_gradient_is_upstream_times_local(run):
    """What leaves a node is what bptt_core says, and it is made of one message and one local derivative."""
    back, terms = run.back, step_terms(run.trace, run.back)
    T = len(run.trace.x) - 1
    leaves, of_two = {f"h[{T}]": back.dh[T], "h_init": back.dh_init}, set()
    if run.trace.net.outputs == "last":
        leaves |= {"y_hat": back.dy_hat, "V": back.grads.dV, "c": back.grads.dc}
    else:  # in the middle a message comes from above, and one from the step after it
        of_two = {f"{name}[{t}]" for name in ("h", "dh") for t in range(T)}
        for t in range(T + 1):
            leaves |= {f"y_hat[{t}]": back.dy_hat[t], f"V[{t}]": terms.dV[t], f"c[{t}]": terms.dc[t]}
            leaves |= {f"grad_dense[{t}]": back.grad_dense[t]}
    for t in range(T + 1):
        leaves |= {
            f"x[{t}]": back.dx[t],
            f"W @ x[{t}]": back.delta[t],
            f"U @ h[{t - 1}]": back.delta[t],
            f"h_hat[{t}]": back.delta[t],
            f"delta[{t}]": back.delta[t],
            f"f'(h_hat[{t}])": back.delta[t],
            f"f[{t}]": back.delta[t],
            f"h[{t}]": back.dh[t],
            f"dh[{t}]": back.dh[t],
            f"W[{t}]": terms.dW[t],
            f"U[{t}]": terms.dU[t],
            f"b[{t}]": terms.db[t],
            f"dW[{t}]": terms.dW[t],
            f"dU[{t}]": terms.dU[t],
            f"db[{t}]": terms.db[t],
            f"U.T[{t}]": back.dh[t - 1] if t else back.dh_init,
        }
        if of_two and t > 0:
            leaves[f"U.T[{t}]"] = run.trace.net.params.U.T @ back.delta[t]
    every = told(run)
    assert T >= MOST_COLUMNS or leaves.keys() <= every.keys()  # else some steps are folded
    for key in leaves.keys() & every.keys():
        gradient, expected = every[key].gradient, leaves[key]
        roles = [part.role for part in gradient.parts if isinstance(part, Term)]
        messages = 2 if key in of_two else 1
        assert sorted(roles) == ["local"] * messages + ["result"] + ["upstream"] * messages, key
        np.testing.assert_array_equal(gradient.result.value, expected, err_msg=key)


@every_run
def test_a_weight_lists_its_terms_over_all_steps(run):
    terms, T = step_terms(run.trace, run.back), len(run.trace.x) - 1
    for name in ("dW", "dU", "db"):
        for key in (f"{name[1:]}[{T}]", f"{name}[0]", name):
            added = told(run)[key].sum
            np.testing.assert_array_equal(added.terms, getattr(terms, name))
            np.testing.assert_array_equal(added.total, getattr(run.back.grads, name))
            assert added.name == name


@pytest.mark.parametrize(("unit", "sequence"), [(0, 0), (7, 11), (4, 6)])
def test_a_large_matrix_shows_the_chosen_unit_and_sequence(unit, sequence):
    """In each formula of each card, with a mark for what is left out."""
    run = run_of(own_example(n_h=8, n_x=6, n_y=5, N=12, T=2))
    W, U, _, V, _ = run.trace.net.params
    t, folded = 2, 0
    expected = {
        "U": U[unit, unit],
        "{}^t U": U[unit, unit],
        "W": W[unit, 0],
        "{}^t V": V[0, unit],
        at("x", t): run.trace.x[t, 0, sequence],
        "{}^t " + at("h", 1): run.trace.h[1, unit, sequence],
        hat(t): run.trace.h_hat[t, unit, sequence],
        r"d\hat{y}": run.back.dy_hat[0, sequence],
        at("dh", t): run.back.dh[t, unit, sequence],
        f"dU_{{{t}}}": run.terms.dU[t, unit, unit],
    }
    for _, part in every_part(run):
        for formula in filter(None, (part.about.formula, part.about.gradient)):
            terms = [piece for piece in formula.parts if isinstance(piece, Term)]
            matrices = formula.numbers(unit, sequence).split('class="matrix"')[1:]
            several = (term for term in terms if term.value.size > 1)
            for term, matrix in zip(several, matrices, strict=True):
                if term.symbol in expected:
                    assert f"<span>{number(expected.pop(term.symbol))}</span>" in matrix, term.symbol
                    folded += ("⋮" in matrix) or ("⋯" in matrix)
    assert not expected
    assert folded == 10


def test_the_use_of_U_at_t_0_says_why_it_is_zero():
    assert "zeros" in told(RUNS["T=4"])["U[0]"].note
    assert not told(RUNS["T=4"])["U[1]"].note
    assert "7.8 begins there" in told(RUNS["batch"])["U[0]"].note  # there h^(-1) is given


@pytest.mark.parametrize(
    ("key", "source"),
    [
        *[("loss", "7.3"), ("dh[4]", "7.4 and 7.5"), ("dh[2]", "7.6"), ("dh[-1]", "7.6")],
        *[("dW[1]", "7.7"), ("dU[1]", "7.8"), ("db[1]", "7.9"), ("W[3]", "7.7"), ("dU", "7.8")],
    ],
)
def test_cards_give_the_books_number(key, source):
    assert told(RUNS["T=4"])[key].source == source


@every_run
def test_functions_that_cards_name_exist(run):
    for _, part in every_part(run):
        named = part.about.function
        names, _, file = named.partition(" in bptt_core/")
        module, _, field = file.partition(".py, field ")
        assert not field or field in bptt_core.Backward._fields, named
        for name in names.split(" and "):
            if name.startswith("Activation."):
                assert name.removeprefix("Activation.") in bptt_core.Activation._fields
            else:
                assert getattr(bptt_core, name).__module__ == f"bptt_core.{(module or name).removesuffix('.py')}", named


# as it is read


def text(page):
    """HTML as a reader sees it, with one space between words."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", page))).strip()


def test_the_card_of_a_pre_activation_in_full():
    run = RUNS["T=4"]
    scene = scene_of("forward", run)
    seen = text(card_html(scene, "h_hat[2]", scene.whole, unit=1))
    W, U, b, V, c = run.trace.net.params
    x, h = run.trace.x[2].item(), run.trace.h[1].ravel()
    assert "pre-activation of step 2, 1954" in seen
    for what in ("shape (3, 1)", "upstream", "local", "result", "7.2.2", "forward in bptt_core/forward.py"):
        assert what in seen
    written = [number(W[1, 0]), number(x), *(number(value) for pair in zip(U[1], h, strict=True) for value in pair)]
    unit_1 = seen[seen.index("unit 1:") : seen.index("gradient")]
    assert [word.strip("()") for word in re.findall(r"[(]?−?\d+\.\d+[)]?", unit_1)] == [
        number(run.trace.h_hat[2, 1].item()),
        *written,
        number(b[1].item()),
    ]


@every_run
def test_what_is_not_computed_yet_is_not_told(run):
    """A card gives its formulas from the beginning, and no number before its stage."""
    seen = None
    for scene, part in every_part(run):
        if scene is not seen:
            seen, cards = scene, cards_html([frame_of(scene)], unit=0)
        node = scene.find(part.about.key) or part  # a line tells of the node it comes from or leads to
        if node.stage > 0 and node.about.value.size:
            card = cards[part.about.key].partition("<table>")[0]
            before = text(as_of(card, node.stage - 1))
            assert "not computed yet" in before
            assert not re.search(r"−?\d\.\d{2,}", before), part.key  # 7.6 is the number of an equation
            assert "not computed yet" not in text(as_of(card, part.stage))


@every_run
def test_a_card_tells_no_gradient_before_the_message_has_come(run):
    for name, scene in scenes(run).items():
        cards = cards_html([frame_of(scene)], unit=0)
        for part in scene.parts:
            gradient = cards[part.about.key].partition("<dt>gradient</dt>")[2].partition("<dt>")[0]
            assert not re.search(r"\d\.\d{2,}", text(as_of(gradient, -1))), part.key
            for stage in map(int, re.findall(r'data-from="(\d+)"', gradient)):
                message = part.about.kind in ("gradient", "total")  # it is itself a gradient
                assert stage >= (scene.find(part.about.key) or part).stage if message else scene.stages, (
                    name,
                    part.key,
                )


def test_a_sum_grows_term_by_term():
    run = RUNS["T=4"]
    scene = scene_of("backward", run, unit=0)
    for stage in range(2, scene.whole + 1):
        rows = re.findall(r"<tr><th scope=\"row\">(.*?)</th>(.*?)</tr>", card_html(scene, "dW[4]", stage, unit=0))
        told = {head: text(cells) for head, cells in rows}
        for t in range(5):
            term = number(run.terms.dW[t, 0, 0]) if t > 5 - stage else "?"
            assert told[f"{1952 + t}, t = {t}"] == term
        assert told["sum"] == (number(run.back.grads.dW[0, 0]) if stage >= scene.stages else "?")


@every_run
def test_the_table_holds_every_number_of_the_picture(run):
    for kind, scene in scenes(run).items():
        table = table_html([frame_of(scene)])
        rows = re.findall(r"<tr>(.*?)</tr>", as_of(table, scene.whole))[1:]
        nodes = [node for node in scene.nodes if node.lines]
        assert len(rows) == len(nodes), kind
        for row, node in zip(rows, nodes, strict=True):
            cells = [text(cell) for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row)]
            assert cells[1:3] == [node.quantity.in_code, str(node.value.shape)]
            assert re.findall(r"[^\s;]+", cells[3]) == [number(entry) for entry in node.value.ravel()]
        waiting = as_of(table, 0).count("not computed yet")
        assert waiting == sum(node.stage > 0 for node in nodes)


@every_run
def test_what_stands_in_code_is_code(run):
    """Typed where trace, back and their arrays have their names, it gives the numbers of the row."""
    trace, back = run.trace, run.back
    names = {
        **trace.net.params._asdict(),
        **trace._asdict(),
        **back._asdict(),
        "Y": run.example.Y,
        "df": trace.net.activation.df,
        "terms": run.terms,
    }
    for _, part in every_part(run):
        if not isinstance(part, Edge) and part.kind != "fold":
            np.testing.assert_allclose(
                eval(part.about.in_code, names), part.value.reshape(np.shape(part.value)), rtol=1e-12
            )


@pytest.mark.parametrize("steps_back", range(6))
def test_in_one_link_a_sum_tells_the_terms_that_are_computed(steps_back):
    run = RUNS["T=4"]
    frames = graph.frames_of("link", run)
    (scene,) = (frame.scene for frame in frames if frame.first <= steps_back <= frame.last)
    card = as_of(cards_html(frames, 0)[scene.nodes[1].key], steps_back)
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</th>(.*?)</tr>", card)
    told = {head: "?" not in cells for head, cells in rows}
    assert told == {f"{1952 + t}, t = {t}": t > 4 - steps_back for t in range(5)} | {"sum": steps_back == 5}


def test_the_card_of_a_message_with_two_origins():
    run = RUNS["many answers, T=4"]
    scene = scene_of("backward", run)
    card = card_html(scene, "dh[2]", scene.whole, unit=1)
    seen = text(card)
    assert "from the dense layer and from the step after it" in seen
    assert "t V local dŷ (2) upstream + t U local δ (3) upstream = dh (2) result" in seen
    assert seen.count("unit 1:") == 1
    assert "7.6, and 7.4" in seen
    above = text(card_html(scene, "dy[2]>dh[2]", scene.whole, unit=1))  # the line tells of its own summand
    assert "the message from the dense layer of step 2, day 28" in above
    np.testing.assert_array_equal(told(run)["grad_dense[2]"].value, run.back.grad_dense[2])


def test_the_card_is_of_the_chosen_unit_and_sequence():
    run = RUNS["all of it, T=4"]
    scene = scene_of("forward", run, unit=4, sequence=7)
    seen = text(card_html(scene, "h_hat[2]", scene.whole, unit=4))
    entry = number(run.trace.h_hat[2, 4, 7])
    assert f"unit 4: {entry} = " in seen
    assert entry in seen[seen.index("value") : seen.index("shape (5, 12)")]
    assert "unit 4" not in text(card_html(scene, "x[2]", scene.whole, unit=4))  # its rows are inputs
    column = text(card_html(scene, "h[2]>y_hat[2]", scene.whole, unit=4))
    assert "dV is the sum over all its uses. Column 4:" in column
    assert number(run.terms.dV[2, 3, 4]) in column


def test_where_g_is_not_the_identity_no_card_says_so():
    for name, says in (("many answers, T=4", True), ("all of it, T=4", False)):
        assert ("Here g is the identity" in told(RUNS[name])["dh[4]"].note) == says


NASTY = ['<img src=x onerror="1">', "a & b", "$x^2", "`c`^(2)\n"]


@pytest.mark.parametrize("outputs", ["last", "all"])
def test_a_readers_names_are_text_wherever_they_stand(outputs):
    """Escaped, and only once."""
    plain = own_example(T=3, outputs=outputs)
    net = plain.net._replace(
        activation=SOFTSIGN._replace(name="<b>&f"), dense_activation=SOFTSIGN._replace(name="<q>g")
    )
    run = run_of(Example(net, plain.x, plain.Y, NASTY, about_x="<u>in x", about_Y="<u>&Y"))
    pages = []
    for scene in (*scenes(run).values(), scene_of("link", run, t=0)):
        frames = [frame_of(scene)]
        pages += [svg(frames), table_html(frames), stage_in_words(scene, 1), *cards_html(frames, unit=0).values()]
    page = "".join(pages)
    for name in ("<img", "<b>&", "<q>g", "<u>"):
        assert name not in page
    for name in (*NASTY, *(short(name, 134 / NOTE) for name in NASTY), "<b>&f", "<q>g", "<u>in x", "<u>&Y"):
        once = html.escape(name)
        assert once in page
        assert once == html.escape(once) or html.escape(once) not in page
    ElementTree.fromstring(pages[0])


def test_rows_are_written_out():
    A, B = np.array([[1.0, -2.0], [3.0, 4.0]]), np.array([[5.0], [-6.0]])
    product = Formula((Term("c", A @ B), "=", Term("A", A), "", Term("B", B)))
    assert text(product.row(0)) == "17.00 = 1.000·5.000 + (−2.000)·(−6.000)"
    row, column = np.ones((1, 6)), np.ones((6, 1))
    wide = Formula((Term("c", row @ column), "=", Term("A", row), "", Term("B", column)))
    assert text(wide.row(0)).endswith("+ …")


def test_single_numbers_are_multiplied_as_numbers():
    """Entry by entry is said of columns. Beside a matrix in brackets a number has a sign between them."""
    shown = told(RUNS["T=4"])["y_hat"].gradient
    assert "⊙" not in shown.symbols() + shown.numbers()
    assert "⊙" in told(RUNS["T=4"])["delta[2]"].gradient.symbols()
    for key in ("W[2]", "h_hat[2]", "dh[4]"):
        for formula in (told(RUNS["T=4"])[key].formula, told(RUNS["T=4"])[key].gradient):
            if formula:
                assert not re.search(
                    r"</span>&thinsp;<span class=.number|class=.number.>[^<]*</span>&thinsp;", formula.numbers()
                )


def test_a_result_below_zero_needs_no_brackets():
    row = text(told(RUNS["T=4"])["dW[2]"].gradient.row(0))
    assert row == "(−0.103)·0.044 = −0.005"
