// The box at the bottom: "/" opens the commands, a chosen command grows pills for its options, Enter runs it.
import { Choices } from "./choices.js";
import { el } from "./dom.js";
import { Picker } from "./picker.js";
import { Pill } from "./pill.js";

const PAUSE = 150; // milliseconds without typing before the bot is asked for choices
const ONLY_COMMANDS = "In this demo only commands do something. Type / to see them.";

export class Composer {
  #command = null;
  #pills = [];
  #choices;

  // commands() lists what the bot registered; run(name, options) and complete(name, options, focused) ask the demo.
  constructor(form, { commands, run, complete, refresh }) {
    this.commands = commands;
    this.run = run;
    this.#choices = new Choices(complete);
    this.refresh = refresh;
    this.line = form.querySelector("#line");
    this.entry = form.querySelector("#entry");
    this.complaint = form.querySelector("#complaint");
    this.picker = new Picker(form.querySelector("#picker"));
    this.entry.setAttribute("role", "combobox");
    this.entry.setAttribute("aria-expanded", "false");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    form.querySelector("#picker").addEventListener("mousedown", (event) => event.preventDefault());
    form.querySelector("#slash").addEventListener("click", () => this.openCommands());
    form.addEventListener("focusout", (event) => {
      if (!form.contains(event.relatedTarget)) this.picker.close();
    });
    this.#listen(this.entry, null);
  }

  name(place) {
    this.entry.setAttribute("aria-label", `Message ${place}`);
    this.entry.dataset.place = `Message ${place}`;
    if (!this.#command) this.entry.placeholder = this.entry.dataset.place;
  }

  reset() {
    this.#command = null;
    this.#pills = [];
    this.#choices.forget();
    this.picker.close();
    this.#complain("");
    this.line.replaceChildren(this.entry);
    this.entry.value = "";
    this.entry.placeholder = this.entry.dataset.place ?? "";
  }

  openCommands() {
    this.reset();
    this.entry.value = "/";
    this.entry.focus();
    this.#suggest(null);
  }

  // Called when the bot's commands changed.
  update() {
    const typing = this.entry.value.startsWith("/") && document.activeElement === this.entry;
    if (typing && !this.#command) this.#suggest(null);
  }

  // Enter command mode, with some options already typed.
  start(command, typed = {}) {
    this.reset();
    this.#command = command;
    this.line.prepend(el("span", { class: "command", text: `/${command.name}` }));
    this.entry.placeholder = "";
    const shown = command.options.filter((option) => option.required || option.name in typed);
    for (const option of shown) this.#add(option, typed[option.name]);
    (this.#pills[0]?.input ?? this.entry).focus();
  }

  #add(option, text = "") {
    const pill = new Pill(option);
    pill.write(text);
    this.#pills.push(pill);
    this.line.insertBefore(pill.node, this.entry);
    this.#listen(pill.input, pill);
    return pill;
  }

  #listen(input, pill) {
    input.addEventListener("keydown", (event) => this.#key(event, pill));
    input.addEventListener("focus", () => this.#suggest(pill));
    input.addEventListener("click", () => this.picker.open || this.#suggest(pill));
    input.addEventListener("input", () => {
      this.#complain("");
      this.#suggest(pill, true);
    });
  }

  #key(event, pill) {
    const { key } = event;
    if (event.isComposing) return;
    const takes = this.picker.open && (key === "Enter" || (key === "Tab" && !event.shiftKey));
    if (this.picker.open && (key === "ArrowDown" || key === "ArrowUp")) this.picker.move(key === "ArrowDown" ? 1 : -1);
    else if (takes && this.#choices.pending) this.#choices.afterwards(() => this.picker.take());
    else if (takes && this.picker.highlighted) this.picker.take();
    else if (key === "Enter") this.#submit();
    else if (key === "Escape" && this.picker.open) this.#closePicker();
    else if (key === "Escape" && this.#command) this.reset();
    else if (key === "Backspace" && event.target.value === "" && this.#command) this.#back(pill);
    else return;
    event.preventDefault();
  }

  #closePicker() {
    this.#choices.forget();
    this.picker.close();
  }

  #back(pill) {
    const at = pill ? this.#pills.indexOf(pill) : this.#pills.length;
    if (pill && !pill.option.required) {
      this.#pills.splice(at, 1);
      pill.node.remove();
    }
    if (at > 0) this.#pills[at - 1].input.focus();
    else if (pill?.option.required || !pill) {
      this.reset();
      this.entry.focus();
    } else this.entry.focus();
  }

  #suggest(pill, typing = false) {
    this.#choices.forget();
    if (!this.#command) this.#suggestCommands();
    else if (!pill) this.#suggestOptions();
    else if (pill.option.autocomplete) this.#suggestFromBot(pill, typing);
    else if (pill.choices) this.#offer(pill, pill.matching());
    else this.picker.show(pill.input, { title: pill.option.description, items: [], choose: null });
  }

  #suggestCommands() {
    const typed = this.entry.value;
    if (!typed.startsWith("/")) return this.picker.close();
    if (typed === "/") this.refresh();
    const wanted = typed.slice(1).toLowerCase();
    const exact = this.commands().find((command) => `${command.name} ` === wanted);
    if (exact) return this.start(exact);
    const items = this.commands().filter((command) => command.name.includes(wanted)).map((command) => ({
      label: `/${command.name}`, detail: command.description, command,
      note: command.options.map((option) => (option.required ? option.name : `${option.name}?`)).join("  "),
    }));
    const status = items.length ? "" : "No command matches. Is the bot still starting?";
    const choose = (item) => this.start(item.command);
    return this.picker.show(this.entry, { title: "Commands", items, status, choose });
  }

  #suggestOptions() {
    const used = new Set(this.#pills.map((pill) => pill.name));
    const typed = this.entry.value.trim();
    const free = this.#command.options.filter(({ name }) => !used.has(name));
    const choose = ({ option }) => {
      this.entry.value = "";
      this.#add(option).input.focus();
    };
    const named = free.find(({ name }) => typed === `${name}:`); // as in Discord, a colon behind its name takes it
    if (named) return choose({ option: named });
    const left = free.filter(({ name }) => name.includes(typed));
    if (!left.length) return this.picker.close();
    const items = left.map((option) => ({ label: option.name, detail: option.description, option }));
    return this.picker.show(this.entry, { title: "Options", items, at: typed ? 0 : -1, choose });
  }

  #offer(pill, choices, status = "") {
    const items = choices.map((choice) => ({ label: choice.name, choice }));
    const nothing = items.length ? "" : "No options match your search.";
    const choose = ({ choice }) => {
      pill.set(choice);
      this.picker.close();
      this.#next();
    };
    this.picker.show(pill.input, { title: pill.option.description, items, status: status || nothing, choose });
  }

  #suggestFromBot(pill, typing) {
    const loading = { title: pill.option.description, items: [], status: "Loading options…", choose: null };
    if (!this.picker.open || !typing) this.picker.show(pill.input, loading);
    const options = { [pill.name]: pill.input.value };
    for (const other of this.#pills) {
      const { value } = other.read();
      if (other !== pill && value !== undefined) options[other.name] = value;
    }
    this.#choices.ask([this.#command.name, options, pill.name], typing ? PAUSE : 0, ({ choices, status }) => {
      if (document.activeElement === pill.input) this.#offer(pill, choices, status);
    });
  }

  #next() {
    const empty = this.#pills.find((pill) => pill.option.required && pill.input.value === "");
    (empty?.input ?? this.entry).focus();
  }

  #submit() {
    if (!this.#command) {
      if (this.entry.value.trim()) this.#complain(ONLY_COMMANDS);
      return;
    }
    if (!this.#takeWords()) return;
    const options = {};
    for (const pill of this.#pills) {
      const { value, error } = pill.read();
      pill.node.classList.toggle("wrong", Boolean(error));
      if (error) {
        pill.input.focus();
        this.picker.close();
        return void this.#complain(error);
      }
      if (value !== undefined) options[pill.name] = value;
    }
    const { name } = this.#command;
    this.reset();
    this.entry.focus();
    this.run(name, options);
  }

  // What was typed behind the command is meant for its next option; false if there is none.
  #takeWords() {
    const words = this.entry.value.trim();
    if (!words) return true;
    const used = new Set(this.#pills.map((pill) => pill.name));
    const option = this.#command.options.find(({ name }) => !used.has(name));
    if (!option) this.#complain(`/${this.#command.name} takes nothing more: “${words}” is too much.`);
    else {
      this.entry.value = "";
      this.#add(option, words);
    }
    return Boolean(option);
  }

  #complain(text) {
    this.complaint.textContent = text;
    this.complaint.hidden = !text;
  }
}
