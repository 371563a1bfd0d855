"""The doctor on cases that people have: layouts, conventions, bad input, files, functions."""

import subprocess
import sys
import time

import numpy as np
import pytest
import scipy.io

from bptt_core import ACTIVATIONS, Activation, Net, Params, forward, numerical_gradients
from bptt_lab.doctor import LAYOUTS, case, diagnose, examine
from bptt_lab.doctor.__main__ import main
from bptt_lab.doctor.given import NAMES as NAMES_OF_ARRAYS
from bptt_lab.slips import RIGHT, SLIPS, composed
from tests.harness.patients import NAMES, handed_over, patient, right_gradients
from tests.harness.patients import softmax as softmax_of
from tests.harness.public_cases import CASES, wrong_gradients

SIZES = (5, 4, 6, 7, 3)  # T+1, n_x, n_h, n_y, N: all differ
every_layout = pytest.mark.parametrize("layout", LAYOUTS)


def plain(seed=0, **more):
    """A patient in columns, with an answer at T and squares, and what it hands over when all is right."""
    given = {
        "sizes": SIZES,
        "activation": "tanh",
        "loss": "squares",
        "outputs": "last",
        "factor": 1,
        "begins": False,
    } | more
    rng = np.random.default_rng(seed)
    p = patient(rng, **given)
    return p, handed_over(p, right_gradients(p), rng, plain=True)


def with_slip(*keys, **more):
    p, brought = plain(**more)
    return brought | dict(zip(NAMES, p.wrong(composed(*(SLIPS[key] for key in keys))), strict=True))


def slips(report):
    return [finding.slip for finding in report.findings]


# What stands in public code


@pytest.mark.parametrize("name", CASES)
def test_public_code_is_seen_and_named_from_the_numbers_of_one_case(name):
    outputs, keys = CASES[name]
    arrays = case(outputs=outputs, N=3)
    params = Params(*(arrays[each] for each in "WUbVc"))
    trace = forward(Net(params, outputs=outputs), arrays["x"])
    grads = dict(zip(NAMES, wrong_gradients(name, params, arrays["x"], arrays["Y"]), strict=True))
    report = diagnose(**arrays, y=trace.y, **grads)
    wanted = [key for key in keys if not key.startswith("times")]
    assert report.verdict == ("wrong" if wanted else "right")
    assert sorted(slips(report)) == sorted(wanted), str(report)
    if "times 2 / N" in keys:
        assert "2 / N" in report.convention


@pytest.mark.parametrize("name", CASES)
def test_a_function_from_public_code_is_examined(name):
    outputs, keys = CASES[name]

    def theirs(W, U, b, V, c, x, Y):
        return wrong_gradients(name, Params(W, U, b, V, c), x, Y)

    report = examine(theirs, outputs=outputs)
    assert sorted(slips(report)) == sorted(key for key in keys if not key.startswith("times")), str(report)


def test_a_sum_for_a_mean_is_a_convention_and_said():
    p, brought = plain(outputs="all")
    steps, _, _, n_y, N = SIZES
    report = diagnose(**brought | {"loss": p.value / (steps * N * n_y)})
    assert report.verdict == "right"
    assert "Your loss is 1 / (N (T+1) n_y) times" in report.convention
    report.check()


# Layouts


@every_layout
@pytest.mark.parametrize("outputs", ["last", "all"])
def test_each_named_layout_is_read(layout, outputs):
    given = case(layout, outputs=outputs)
    assert given["x"].dtype == float
    for name, array in case(layout, outputs=outputs).items():
        np.testing.assert_array_equal(array, given[name])  # the same seed
    report = examine(lambda **of: as_autograd(layout, outputs, **of), layout, outputs=outputs)
    assert report.verdict == "right", str(report)


def as_autograd(layout, outputs, W, U, b, V, c, x, Y):
    """Right gradients in any layout, by differences of a forward pass in columns."""
    rows, axes, _ = LAYOUTS[layout]
    turn = (lambda a: a.T) if rows else (lambda a: a)
    columns = Params(turn(W), turn(U), b.reshape(-1, 1), turn(V), c.reshape(-1, 1))
    one = layout == "one sequence"
    x = x[..., None] if one else x.transpose(np.argsort(axes))
    if one:
        Y = Y[..., None]
    else:
        Y = Y.transpose(np.argsort(axes)) if outputs == "all" else Y if axes.index(1) < axes.index(2) else Y.T
    dW, dU, db, dV, dc = numerical_gradients(Net(columns, outputs=outputs), x, Y, method="complex")
    return {"dW": turn(dW), "dU": turn(dU), "db": db.reshape(b.shape), "dV": turn(dV), "dc": dc.reshape(c.shape)}


def test_a_character_net_with_softmax_at_each_step():
    """Numbers of characters for x and Y, as many programs keep them; one sequence; a sum over the steps."""
    rng = np.random.default_rng(4)
    read, wanted = rng.integers(7, size=6), rng.integers(7, size=6)
    p, _ = plain(sizes=(6, 7, 5, 7, 1), loss="softmax", outputs="all")
    x, Y = np.eye(7)[read][..., None], np.eye(7)[wanted][..., None]
    trace = forward(p.net, x)
    y = np.exp(trace.y_hat) / np.exp(trace.y_hat).sum(axis=1, keepdims=True)
    p = p._replace(x=x, Y=Y, h=trace.h, y=y, dy_hat=y - Y)
    grads = dict(zip(NAMES, right_gradients(p), strict=True))
    weights = dict(zip("WUbVc", p.net.params, strict=True))
    report = diagnose(**weights, x=read, Y=wanted, y=y[..., 0], **grads)
    assert report.verdict == "right", str(report)
    assert "cross entropy" in report.convention
    for more in ({"y": trace.y_hat}, {"h": trace.h}, {"loss": -np.log(y[np.arange(6), wanted, 0]).sum()}):
        assert diagnose(**weights, x=read, Y=wanted, **more, **grads).verdict == "right"


def test_states_with_one_more_before_or_behind_are_read():
    p, brought = plain(loss="above")
    for h in (np.concatenate([0 * p.h[:1], p.h]), np.concatenate([p.h, 0 * p.h[:1]]), p.h[-1]):
        assert diagnose(**brought | {"h": h}).verdict == "right"


@pytest.mark.parametrize("given", [{"y"}, {"h"}, {"loss"}, set()])
def test_right_gradients_prove_their_layout_themselves(given):
    p, brought = plain()
    brought = {name: array for name, array in brought.items() if name not in ("y", "h", "loss")}
    brought |= {name: value for name, value in (("y", p.y), ("h", p.h), ("loss", p.value)) if name in given}
    assert diagnose(**brought).verdict == "right"


def test_wrong_gradients_without_a_forward_pass_are_named_or_it_asks_for_y():
    brought = with_slip("transpose")
    del brought["y"]
    brought.pop("h", None), brought.pop("loss", None)
    assert slips(diagnose(**brought)) == ["transpose"]
    brought["dW"] = brought["dW"] + np.random.default_rng(0).normal(size=brought["dW"].shape)
    report = diagnose(**brought)
    assert report.verdict == "cannot tell"
    assert "hand over y, h or loss" in report.summary


def test_what_was_handed_over_stays_as_it_is():
    _, brought = plain()
    before = {name: np.copy(array) for name, array in brought.items()}
    diagnose(**brought)
    for name, array in before.items():
        np.testing.assert_array_equal(brought[name], array)


# Findings


def test_a_gradient_that_is_transposed_is_a_finding_of_its_own():
    _, brought = plain()
    report = diagnose(**brought | {"dW": brought["dW"].T})
    assert [(finding.gradients, finding.slip) for finding in report.findings] == [(("dW",), "turned W")]
    assert diagnose(**brought | {"dU": brought["dU"].T}).findings[0].slip == "turned U"


def test_a_factor_of_its_own_is_a_mistake_and_one_for_all_is_none():
    _, brought = plain()
    report = diagnose(**brought | {"dV": brought["dV"] / 3})
    assert (report.verdict, report.findings[0].gradients) == ("wrong", ("dV",))
    assert "1 / N" in report.findings[0].words
    report = diagnose(**brought | {name: -brought[name] / 3 for name in NAMES})
    assert report.verdict == "right"
    assert "minus 1 / N times" in report.convention


def test_terms_that_were_not_added_up_are_said():
    p, brought = plain()
    dW = np.array([right_gradients(p)[0] / 5] * 5)
    report = diagnose(**brought | {"dW": dW})
    assert report.findings[0].gradients == ("dW",)
    assert "still has its axis T+1" in report.findings[0].words


def parts(p):
    """What the sums are made of, with a leading axis of T+1 steps: delta, x, h before, h-hat before."""
    trace = forward(p.net, p.x)
    dy = np.zeros((len(p.x), *p.dy_hat.shape[-2:]))
    dy[-1] = p.dy_hat
    zero = np.zeros_like(p.h[:1])
    before = (np.concatenate([zero, states[:-1]]) for states in (trace.h, trace.h_hat))
    return RIGHT.delta(trace, dy), p.x, *before


OWN = {  # mistakes of one sum alone, which have no name: what it gives, the words, the steps
    "an h_hat for an h": ("dU", lambda d, x, h, h_hat: (d @ h_hat.mT).sum(0), "made with ĥ^(t-1)", (1, 2, 3, 4)),
    "one sequence": ("dW", lambda d, x, h, h_hat: (d[:, :, :1] @ x[:, :, :1].mT).sum(0), "only n = 0 does", ()),
    "a range of its own": ("dU", lambda d, x, h, h_hat: (d @ h.mT)[2:].sum(0), "the term of t = 1 is missing", (1,)),
    "the last step alone": (
        "dW",
        lambda d, x, h, h_hat: d[-1] @ x[-1].T,
        "the terms of t = 0 … 3 are missing",
        (0, 1, 2, 3),
    ),
    "a wrong sign": (
        "db",
        lambda d, x, h, h_hat: (d.sum(2) * np.array([1, 1, -1, 1, 1])[:, None]).sum(0)[:, None],
        "the term of t = 2 counts −1 times",
        (2,),
    ),
}


@pytest.mark.parametrize("name", OWN)
def test_a_mistake_of_one_sum_alone_is_told_by_its_terms(name):
    key, made, words, steps = OWN[name]
    p, brought = plain()
    report = diagnose(**brought | {key: made(*parts(p))})
    (finding,) = report.findings
    assert (finding.gradients, finding.slip, finding.steps) == ((key,), "", steps)
    assert words in finding.words


def test_one_wrong_entry_is_found():
    _, brought = plain()
    dU = brought["dU"].copy()
    dU[2, 3] *= -1
    report = diagnose(**brought | {"dU": dU})
    assert report.findings[0].gradients == ("dU",)
    assert "row 2 and column 3" in report.findings[0].words


def test_a_message_that_nobody_knows_is_wrong_from_a_step_back():
    """With few sequences the numbers tell from which step: the message at t = 1 gets something added."""
    rng = np.random.default_rng(3)
    p, brought = plain(sizes=(5, 4, 6, 7, 2))
    noise = rng.normal(size=(6, 2))
    made = RIGHT._replace(sent=lambda message, df, t: message + noise * (t == 1))
    report = diagnose(**brought | dict(zip(NAMES, p.wrong(made), strict=True)))
    (finding,) = report.findings
    assert finding.gradients == ("dW", "dU", "db")
    assert finding.steps == (0, 1)
    assert finding.slip == ""


def test_a_coarse_eps_is_suspicious_and_no_mistake():
    p, brought = plain()
    rng = np.random.default_rng(0)
    report = diagnose(
        **brought | {name: brought[name] * (1 + 1e-6 * rng.normal(size=brought[name].shape)) for name in NAMES}
    )
    assert (report.verdict, report.findings) == ("suspicious", ())
    report.check()


def test_one_entry_that_is_a_little_off_is_no_rounding_of_all_numbers():
    p, brought = plain()
    dU = brought["dU"].copy()
    dU[1, 0] += 1e-5 * np.abs(dU).max()
    report = diagnose(**brought | {"dU": dU})
    assert report.verdict == "suspicious"
    assert report.summary.startswith("dU agrees with the right ones to 5 digits and no further. But dW, db, dV and dc")
    rounded = diagnose(**brought | {name: np.round(brought[name], 4) for name in NAMES})
    assert "The formulas are right" in rounded.summary


def test_one_unit_hides_a_forgotten_transpose_and_that_is_said():
    p, brought = plain(sizes=(5, 3, 1, 2, 4))
    assert any("its own transpose" in note for note in diagnose(**brought).notes)


def test_small_weights_do_not_hide_tanh_of_tanh():
    p, _ = plain()
    small = p._replace(net=p.net._replace(params=Params(*(0.03 * weight for weight in p.net.params))))
    trace = forward(small.net, small.x, h_init=small.h_init)
    small = small._replace(h=trace.h, y=trace.y, g="identity", dy_hat=trace.y - small.Y)
    grads = small.wrong(composed(SLIPS["state"]))
    brought = handed_over(small, grads, np.random.default_rng(0), plain=True)
    assert slips(diagnose(**brought)) == ["state"]


def test_a_diagnosis_takes_less_than_a_second():
    """Of the kind that takes longest: five arrays in which nothing is known.

    A second is the time of 5000 wrong backward passes here, and this takes that of 3700. They are timed in the same
    run, since on a busy computer a second of a process may be three.
    """
    rng = np.random.default_rng(0)
    p, brought = plain(sizes=(7, 4, 6, 3, 5), outputs="all")
    spoilt = {name: brought[name] + rng.normal(size=brought[name].shape) for name in NAMES}
    one = composed(SLIPS["state"])
    times = [time.process_time()]
    for work in (lambda: [p.wrong(one) for _ in range(500)], lambda: diagnose(**brought | spoilt)) * 2:
        report = work()
        times.append(time.process_time())
    passes, first, more, second = np.diff(times)
    assert first + second < 5000 * 2 * (passes + more) / 1000
    assert report.verdict == "wrong"
    assert {name for finding in report.findings for name in finding.gradients} == set(NAMES)


# Reports


def test_a_report_can_be_printed_shown_and_raised():
    report = diagnose(**with_slip("transpose"))
    assert str(report).startswith("WRONG: dW, dU and db are not the gradient of your loss; dV and dc are right.")
    assert "dh[t] = U @ (dh[t+1] * df[t+1])" in str(report)
    assert "<ol><li>" in report._repr_html_()
    with pytest.raises(AssertionError, match="U is not transposed"):
        report.check()
    assert max(len(line) for line in str(report).splitlines()) <= 100


def test_every_slip_reads_well_in_a_report():
    for key in SLIPS:
        if key in ("sign", "half", "mean", "entries", "float32"):
            continue
        report = diagnose(**with_slip(key, outputs="all", seed=1))
        assert report.verdict in ("wrong", "right")
        for finding in report.findings:
            assert finding.words.endswith((".", ")"))


# Bad input: one sentence that names the array


BAD = {
    "no U": (lambda of: of.pop("U"), "U is missing"),
    "no gradient": (lambda of: [of.pop(name) for name in NAMES], "no gradient is there"),
    "no Y": (lambda of: of.pop("Y"), "Y is missing"),
    "no V": (lambda of: of.pop("V"), "V is not"),
    "nan in x": (lambda of: of.update(x=of["x"] * np.nan), "x must be finite"),
    "U not square": (lambda of: of.update(U=of["U"][:, :-1]), "U must be square"),
    "W of another net": (lambda of: of.update(W=of["W"][:-1]), "W must have an axis of n_h = 6"),
    "x of another net": (lambda of: of.update(x=of["x"][:, :-1]), "x must have an axis of n_x = 4"),
    "b too long": (lambda of: of.update(b=np.ones(9)), "b must have 6 numbers"),
    "words": (lambda of: of.update(x="hello"), "x must hold real numbers"),
    "complex": (lambda of: of.update(W=of["W"] * 1j), "W must hold real numbers"),
    "ragged": (lambda of: of.update(x=[[1.0], [1.0, 2.0]]), "x must be one array"),
    "empty": (lambda of: of.update(x=np.zeros((0, 4, 3))), "x must not be empty"),
    "Y of another length": (lambda of: of.update(Y=np.ones((7, 11))), "the shapes do not fit each other"),
    "y of another pass": (lambda of: of.update(y=of["y"] + 0.3), "no forward pass gives your y"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_said_in_one_sentence(name):
    spoil, words = BAD[name]
    _, brought = plain()
    spoil(brought)
    brought = {name: array for name, array in brought.items() if name not in ("h", "loss")}
    report = diagnose(**brought)
    assert report.verdict == "cannot tell"
    assert words in report.summary
    assert report.summary.count(". ") == 0 or "Try" in report.summary
    with pytest.raises(AssertionError):
        report.check()


def test_states_that_part_from_ours_say_where():
    p, brought = plain()
    h = p.h.copy()
    h[2:] += 0.1
    report = diagnose(**brought | {"h": h})
    assert report.verdict == "cannot tell"
    assert "fits up to t = 1, and from t = 2 on not" in report.summary


def test_a_gradient_of_nan_or_of_zeros_is_wrong_and_said():
    _, brought = plain()
    dW = brought["dW"].copy()
    dW[0, 0] = np.nan
    report = diagnose(**brought | {"dW": dW})
    assert (report.verdict, report.findings[0].gradients) == ("wrong", ("dW",))
    assert "nan" in report.findings[0].words
    report = diagnose(**brought | {name: 0 * brought[name] for name in NAMES})
    assert report.verdict == "wrong"
    assert "all zeros" in report.findings[0].words


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"sizes": (1, 4, 6, 7, 3)}, "T+1 = 1"),
        ({"sizes": (5, 4, 6, 7, 1)}, "N = 1"),
        ({"sizes": (5, 4, 6, 7, 5)}, "N = T+1 = 5"),
        ({"sizes": (2, 4, 6, 7, 3)}, "T+1 = 2"),
    ],
)
def test_a_case_that_hides_mistakes_is_called_one(more, words):
    _, brought = plain(**more)
    report = diagnose(**brought)
    assert report.verdict == "right"
    assert any(words in note and "doctor.case()" in note for note in report.notes), report.notes


# Functions


def mine(W, U, b, V, c, x, Y):
    """Right, in columns, one answer."""
    h = [np.zeros((len(U), x.shape[2]))]
    for step in x:
        h.append(np.tanh(W @ step + U @ h[-1] + b))
    dy = V @ h[-1] + c - Y
    dh, dW, dU, db = V.T @ dy, 0, 0, 0
    for t in reversed(range(len(x))):
        delta = dh * (1 - h[t + 1] ** 2)
        dW, dU, db = dW + delta @ x[t].T, dU + delta @ h[t].T, db + delta.sum(1, keepdims=True)
        dh = U.T @ delta
    return dW, dU, db, dy @ h[-1].T, dy.sum(1, keepdims=True)


def test_a_right_function_is_right_in_all_cases():
    report = examine(mine)
    assert (report.verdict, report.findings) == ("right", ())
    assert "8 cases" in report.summary


def test_what_only_several_cases_show():
    calls = []

    def kept(*of):
        calls.append(0)
        dW, *others = mine(*of)
        return dW + len(calls), *others

    def in_place(*of):
        of[-1][:] -= 1
        return mine(*of[:-1], of[-1] + 1)

    def without_Y(*of):
        return mine(*of[:-1], 0 * of[-1])

    def stops(*of):
        return mine(*of) if of[5].shape[0] > 1 else of[7]

    assert "second call" in examine(kept).findings[0].words
    report = examine(in_place)
    assert "changes Y in place" in report.findings[0].words
    assert report.verdict == "wrong"
    assert any("do not depend on Y" in finding.words for finding in examine(without_Y).findings)
    assert "With T+1 = 1 and N = 3 it stops: IndexError" in examine(stops).findings[0].words


def test_a_factor_that_follows_no_size_is_found():
    def thirds(*of):
        return [grad / (3 if len(of[5]) > 2 else 7) for grad in mine(*of)]

    report = examine(thirds)
    assert "changes from case to case" in report.findings[0].words
    assert examine(lambda *of: [grad / of[5].shape[2] for grad in mine(*of)]).verdict == "right"


@pytest.mark.parametrize("made", [None, (1, 2), np.ones(3)])
def test_a_function_that_returns_something_else_is_told(made):
    with pytest.raises(ValueError, match="function must return dW, dU, db, dV, dc in this order"):
        examine(lambda *of: made)


def test_examine_and_case_name_a_bad_argument():
    with pytest.raises(TypeError, match="function must be a function"):
        examine(3)
    with pytest.raises(ValueError, match="layout must be one of columns, rows"):
        case("diagonal")
    with pytest.raises(ValueError, match='outputs must be "last" or "all"'):
        case(outputs="first")


# Files


def saved(folder, **brought):
    np.savez(folder / "run.npz", **brought)
    return str(folder / "run.npz")


def test_the_command_line_says_it_by_its_exit_code(tmp_path, capsys):
    _, brought = plain()
    assert main([saved(tmp_path, **brought)]) == 0
    assert capsys.readouterr().out.startswith("RIGHT: ")
    assert main([saved(tmp_path, **with_slip("transpose"), extra=np.ones(2))]) == 1
    out = capsys.readouterr().out
    assert "U is not transposed" in out
    assert "no such name is known: extra" in out
    del brought["U"]
    assert main([saved(tmp_path, **brought)]) == 2
    assert main([str(tmp_path / "none.npz")]) == 2
    assert "there is no file or folder" in capsys.readouterr().out


def test_a_mat_of_matlab_is_read(tmp_path, capsys):
    scipy.io.savemat(tmp_path / "right.mat", plain()[1])
    assert main([str(tmp_path / "right.mat")]) == 0
    scipy.io.savemat(tmp_path / "wrong.mat", with_slip("transpose") | {"note": "mine", "options": {"rate": 0.1}})
    assert main([str(tmp_path / "wrong.mat")]) == 1
    assert "not read, since no such name is known: note, options." in capsys.readouterr().out


@pytest.mark.parametrize(
    "held", [b"no mat at all", b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM" + b"\x89HDF\r\n\x1a\n" * 40]
)
def test_a_mat_that_scipy_cannot_read_is_no_verdict(tmp_path, capsys, held):
    (tmp_path / "run.mat").write_bytes(held)
    assert main([str(tmp_path / "run.mat")]) == 2
    assert "run.mat cannot be read as arrays of numbers: " in capsys.readouterr().out


def test_a_struct_in_a_mat_is_no_array(tmp_path, capsys):
    scipy.io.savemat(tmp_path / "run.mat", plain()[1] | {"W": {"rows": np.ones(3)}})
    assert main([str(tmp_path / "run.mat")]) == 2
    assert "W must hold real numbers" in capsys.readouterr().out


def test_a_folder_of_npy_is_read(tmp_path):
    for name, array in with_slip("late b").items():
        np.save(tmp_path / f"{name}.npy", array)
    assert main([str(tmp_path)]) == 1


def test_nothing_pickled_is_loaded(tmp_path, capsys):
    class Trap:
        def __reduce__(self):
            return (exec, ("raise SystemExit('the file was run')",))

    np.save(tmp_path / "W.npy", np.array([Trap()], dtype=object), allow_pickle=True)
    assert main([str(tmp_path)]) == 2
    np.savez(tmp_path / "run.npz", W=np.array([Trap()], dtype=object), allow_pickle=True)
    assert main([str(tmp_path / "run.npz")]) == 2
    assert "cannot be read" in capsys.readouterr().out


def test_the_command_runs_as_a_module(tmp_path):
    path = saved(tmp_path, **with_slip("transpose"))
    ran = subprocess.run(
        [sys.executable, "-m", "bptt_lab.doctor", path], capture_output=True, text=True, encoding="utf-8"
    )
    assert ran.returncode == 1, ran.stderr
    assert "U is not transposed" in ran.stdout


def test_every_activation_is_known():
    assert set(ACTIVATIONS) < {"tanh", "sigmoid", "relu", "identity", "softplus", "leaky_relu", "softmax"}
    assert set(NAMES) < set(NAMES_OF_ARRAYS)


@pytest.mark.parametrize("spelled", [("Y",), ("x",), ("x", "Y")])
def test_numbers_of_classes_are_told_from_a_column_of_as_many_numbers(spelled):
    """Four letters in, four letters out, four steps: each array of their numbers has the shape of a column too."""
    rng, ids = np.random.default_rng(3), np.array([0, 1, 2, 2, 3])
    weights = [rng.normal(size=shape) / 2 for shape in ((6, 4), (6, 6), (6, 1), (4, 6), (4, 1))]
    softmax = Activation("softmax", softmax_of, np.ones_like)  # with cross entropy the first message is y - Y
    x, Y = (np.eye(4)[each][:, :, None] for each in (ids[:-1], ids[1:]))
    trace = forward(Net(Params(*weights), dense_activation=softmax, outputs="all"), x)
    brought = dict(zip("WUbVc", weights, strict=True)) | {"x": x, "Y": Y, "y": trace.y}
    brought |= {name: {"x": ids[:-1], "Y": ids[1:]}[name] for name in spelled}
    for keys, verdict in (([], "right"), (["transpose"], "wrong")):
        made = composed(*(SLIPS[key] for key in keys)).backward(trace, Y)
        report = diagnose(**brought, **dict(zip(NAMES, made, strict=True)))
        assert report.verdict == verdict, str(report)
        assert slips(report) == keys
