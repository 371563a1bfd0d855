// Predict first. What is computed after each guess was computed while the site was built.

/** One question: { element, done }. answered() is called after the guess. `show` is the notebooks' own, of an Answer. */
function makeQuestion({ head, options, answers, right, "on paper": onPaper }, show, answered) {
  const room = element(`<div class="bptt-ask"><div></div><div class="bptt-options"></div><div></div><p class="bptt-on-paper"></p></div>`);
  const [said, row, place, paper] = room.children;
  said.innerHTML = head;
  paper.innerHTML = onPaper;
  const answer = new Model({ value: "" });
  show({ model: answer, el: place });
  const buttons = options.map((option) => makeButton(option, () => take(option)));
  row.append(...buttons);
  const question = { element: room, done: false };

  function take(guess) {
    if (question.done) return;
    question.done = true;
    for (const [n, option] of options.entries()) {
      buttons[n].disabled = true;
      const mark = option === right ? "right" : option === guess ? "wrong" : null;
      if (!mark) continue;
      buttons[n].textContent = `${mark === "right" ? "✓" : "✗"} ${option}`;
      buttons[n].classList.add(`bptt-${mark}`);
    }
    answered();
    answer.set("value", answers[guess]);
  }
  return question;
}

/** The questions that a panel waits for, and a button to go on without them. */
function makeQuestions({ questions, "go on": goOn }, show, done) {
  const room = element(`<div class="bptt-predict"></div>`);
  const end = () => {
    button.remove();
    done();
  };
  const asked = questions.map((question) => makeQuestion(question, show, () => asked.every(({ done }) => done) && end()));
  const button = makeButton(goOn, end);
  room.append(...asked.map(({ element }) => element), button);
  return room;
}
