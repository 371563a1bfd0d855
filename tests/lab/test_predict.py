"""Questions before a panel: it waits, it opens, and the answer is what the computation says at that moment."""

import pytest

from bptt_lab.pages import QUESTIONS, ask, predict
from bptt_lab.pages.backward import ActivationPanel
from bptt_lab.pages.graphs import GraphPanel
from bptt_lab.pages.loss import LossPanel
from bptt_lab.pages.loss import questions as first_pages
from bptt_lab.pages.recursion import StepBackPanel
from bptt_lab.pages.sums import TermsPanel
from bptt_lab.predict import Ask
from bptt_lab.predict.question import Found, Question
from bptt_lab.symbols import plain

ANSWERS = {  # worked out on the pages, each in a cell of its own
    "00-older-years": "it settles",
    "00-terms": "a sum of two products",
    "01-target": "it moves by one",
    "02-parameters": "none",
    "02-identity": "they grow",
    "03-state": "by V_01 ε",
    "03-saturated": "near 0",
    "03-column": "column 0 of U",
    "04-link": "shorter",
    "04-fade": "sigmoid",
    "04-half": "less than a sixteenth",
    "04-radius": "it shrinks",
    "04-lopsided": "yes, for some steps",
    "05-dW": "1956",
    "05-dU": "1956",
    "05-first-year": "U multiplies a state of zeros there",
    "05-truncated": "dW",
    "06-transposed": "no",
    "07-oldest": "smaller",
}


def held(panel):
    states = {widget.disabled for widget in panel._controls.children}
    assert len(states) == 1, "some controls wait and some do not"
    assert panel.held == states.copy().pop()
    assert (panel.said in panel.words.value) != panel.held
    assert ("open after your guess" in panel.words.value) == panel.held
    assert panel.unseen == (panel.held and any(question.question.told for question in panel.asked.questions))
    assert ("bptt-unseen" in panel._room._dom_classes) == panel.unseen
    assert (panel.asked.go_on in panel.asked.children) == panel.held
    return panel.held


def asked():
    return predict(LossPanel(1.243), "01-target")


def test_every_question_has_its_answer():
    """Of the pages that the section needs; a page that is added has the checks below."""
    assert ANSWERS.keys() == {name for name in QUESTIONS if name < "08"}


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_computed_answer_is_an_option_and_every_other_one_has_a_reason(name):
    question = QUESTIONS[name]
    found = question.find()
    assert found.right == ANSWERS.get(name, found.right)
    assert found.right in question.options
    assert len(set(question.options)) == len(question.options) >= 2
    for option in question.options:
        assert found.reasons[option].endswith(".")
    assert len(set(found.reasons.values())) == len(found.reasons) == len(question.options)
    assert found.said.endswith(".")
    assert any(character.isdigit() for character in found.said)


def test_the_answer_is_computed_and_not_stored(monkeypatch):
    """With another loss the answer is another one."""
    monkeypatch.setattr(first_pages, "mse_loss_derivative", lambda y, Y: (y - Y) * (-1 if Y > 2 else 1))
    found = QUESTIONS["01-target"].find()
    assert found.right == "it changes its sign"
    assert "is now 1.659" in found.said


def test_nothing_is_computed_before_the_guess():
    def find():
        raise AssertionError("asked too early")

    Ask(Question("?", ("yes", "no"), find), lambda: None)


@pytest.mark.parametrize("guess", QUESTIONS["01-target"].options)
def test_a_guess_opens_the_panel_and_shows_the_answer_with_the_reason(guess):
    panel = asked()
    assert held(panel)
    (question,) = panel.asked.questions
    question.buttons[question.question.options.index(guess)].click()
    assert not held(panel)
    words = plain(question.answer.value)
    found = QUESTIONS["01-target"].find()
    verdict = "✓ Right" if guess == "it moves by one" else "✗ Not so"
    assert words == (
        f"{verdict} You said: {guess}. Computed just now: it moves by one. {found.said} {found.reasons[guess]}"
    )
    for option, button in zip(question.question.options, question.buttons, strict=True):
        right, wrong = option == "it moves by one", option == guess != "it moves by one"
        assert button.description == ("✓ " if right else "✗ " if wrong else "") + option
        assert ("bptt-right" in button._dom_classes, "bptt-wrong" in button._dom_classes) == (right, wrong)
        assert button.icon == ""  # an icon is a glyph that no screen reader can say
        assert button.disabled


def test_the_first_guess_counts():
    panel = asked()
    (question,) = panel.asked.questions
    question.take("it doubles")
    before = question.answer.value
    question.take("it moves by one")
    assert question.answer.value == before


def test_one_may_go_on_without_a_guess():
    panel = asked()
    panel.asked.go_on.click()
    assert not held(panel)
    assert panel.asked.questions[0].answer.value == ""
    panel.asked.questions[0].take("it doubles")  # and guess later
    assert "Computed just now" in panel.asked.questions[0].answer.value


def test_with_more_questions_it_opens_after_the_last():
    panel = predict(TermsPanel(), "05-dW", "05-dU", "05-first-year")
    for question in panel.asked.questions:
        assert held(panel)
        question.take(question.question.options[0])
    assert not held(panel)


def test_a_picture_that_tells_the_answer_is_not_seen_before():
    panel = predict(ActivationPanel(), "03-saturated")
    assert held(panel)
    assert panel.unseen
    data, metadata = panel._repr_mimebundle_()
    assert metadata["bptt"]["asks"]
    hidden = metadata["bptt"]["picture"]
    assert data["image/png"] != hidden
    panel.asked.go_on.click()
    assert not panel.unseen
    data, metadata = panel._repr_mimebundle_()
    assert (data["image/png"], metadata) == (hidden, {})


def test_what_is_stored_of_a_panel_that_waits_does_not_tell():
    """A page to read folds what the metadata names; elsewhere the placeholder stands where the picture would."""
    placeholders = set()
    for name in ("03-saturated", "05-dW", "05-truncated"):
        panel = predict({"03": ActivationPanel, "05": TermsPanel}[name[:2]](), name)
        data, _ = panel._repr_mimebundle_()
        placeholders.add(data["image/png"])
    assert len(placeholders) == 1, "a placeholder that depends on what it hides"
    assert predict(LossPanel(1.243), "01-target")._repr_mimebundle_()[1] == {"bptt": {"asks": True}}
    assert LossPanel(1.243)._repr_mimebundle_()[1] == {}


def test_a_question_on_its_own_is_stored_whole():
    question = ask("04-half")
    assert question._repr_mimebundle_()["text/plain"] == (
        f"Predict first. {QUESTIONS['04-half'].text}\nabout a half / about a sixteenth / less than a sixteenth"
    )


@pytest.mark.parametrize("make", [lambda: GraphPanel("backward"), StepBackPanel])
def test_a_graph_is_told_that_it_waits(make):
    panel = predict(make(), "04-link")
    assert panel.graph.widget.held
    panel.asked.go_on.click()
    assert not panel.graph.widget.held


def test_the_panel_is_the_one_it_was():
    panel = LossPanel(1.243)
    before = repr(panel), panel._repr_mimebundle_()[0]["image/png"]
    assert predict(panel, "01-target") is panel
    assert (repr(panel), panel._repr_mimebundle_()[0]["image/png"]) == before


def test_an_error_while_computing_is_shown_and_the_panel_opens():
    def find():
        raise ValueError("x must have <3> axes")

    opened = []
    question = Ask(Question("?", ("yes", "no"), find), lambda: opened.append(True))
    with pytest.raises(ValueError, match="3> axes"):
        question.take("yes")
    assert question.answer.value == '<div role="alert">ValueError: x must have &lt;3&gt; axes</div>'
    assert opened


def test_what_is_said_is_text():
    question = Ask(
        Question("a < b?", ("yes", "no"), lambda: Found("no", "1 < 2.", {"yes": "<b>", "no": ""})), lambda: None
    )
    question.take("yes")
    assert "a &lt; b?" in question.children[0].value
    assert "1 &lt; 2. &lt;b&gt;" in question.answer.value


@pytest.mark.parametrize("names", [(), ("01-targets",), ("01-target", "x")])
def test_unknown_questions_are_refused(names):
    panel = LossPanel(1.243)
    before = panel.children
    with pytest.raises(ValueError, match=r"names must be of 00-older-years, .*; got (none|'01-targets'|'x')$"):
        predict(panel, *names)
    assert (panel.children, panel.held) == (before, False)
