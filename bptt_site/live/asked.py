"""A question with what it says to each guess: the question is answered once, while the site is built."""

from bptt_lab.predict import Ask
from bptt_lab.predict.ask import WITHOUT
from bptt_lab.symbols import rich
from bptt_site.lights import marked_text


def recorded_question(question) -> dict:
    """What an Ask shows before and after each guess."""
    found = question.find()
    known = question._replace(find=lambda: found)
    asked = Ask(known, lambda: None)
    answers = {}
    for option in question.options:
        taken = Ask(known, lambda: None)
        taken.take(option)
        answers[option] = marked_text(taken.answer.value)
    return {
        "head": marked_text(asked.children[0].value),
        "options": list(question.options),
        "answers": answers,
        "right": found.right,
        "on paper": marked_text(
            f"Computed: <b>{rich(found.right)}</b>. {rich(found.said)} {rich(found.reasons[found.right])}"
        ),
    }


def recorded_questions(panel) -> dict | None:
    """Those that the panel waits for; None if it waits for none."""
    if panel.asked is None:
        return None
    questions = [recorded_question(asked.question) for asked in panel.asked.questions]
    return {"questions": questions, "unseen": panel.unseen, "go on": WITHOUT}
