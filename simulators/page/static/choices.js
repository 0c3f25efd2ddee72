// Asking the bot for an option's choices: after a pause in the typing, and only the last question counts.

export class Choices {
  #asked = 0;
  #timer = null;
  #then = null;
  pending = false;

  constructor(complete) {
    this.complete = complete;
  }

  forget() {
    this.#asked += 1;
    this.#then = null;
    this.pending = false;
    clearTimeout(this.#timer);
  }

  // Do something once the choices that are on their way are shown.
  afterwards(action) {
    this.#then = action;
  }

  ask(question, pause, show) {
    this.forget();
    this.pending = true;
    const asked = this.#asked;
    this.#timer = setTimeout(async () => {
      const found = await this.#answer(question);
      if (asked !== this.#asked) return;
      const then = this.#then;
      this.forget();
      show(found);
      then?.();
    }, pause);
  }

  async #answer(question) {
    try {
      const { choices } = await this.complete(...question);
      return { choices, status: "" };
    } catch (error) {
      return { choices: [], status: error.message };
    }
  }
}
