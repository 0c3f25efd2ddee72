// One option of the command that is being typed: its input, what was chosen, and the value that it stands for.
import { el } from "./dom.js";

const [INTEGER, BOOLEAN, NUMBER] = [4, 5, 10];
const YES_NO = [{ name: "True", value: true }, { name: "False", value: false }];
const REQUIRED = "This option is required. Specify a value.";

export class Pill {
  chosen = null;

  constructor(option) {
    this.option = option;
    this.input = el("input", {
      type: "text", maxlength: "200", spellcheck: "false", role: "combobox", "aria-expanded": "false",
      "aria-autocomplete": "list", "aria-label": `${option.name}: ${option.description}`, "data-option": option.name,
    });
    this.node = el("label", { class: "pill" }, el("span", { text: option.name }), this.input);
    this.input.addEventListener("input", () => {
      this.chosen = null;
      this.#fit();
    });
    this.#fit();
  }

  get name() {
    return this.option.name;
  }

  // The fixed choices, or null where there are none.
  get choices() {
    if (this.option.type === BOOLEAN) return YES_NO;
    return this.option.choices.length ? this.option.choices : null;
  }

  set(choice) {
    this.chosen = choice;
    this.input.value = choice.name;
    this.node.classList.remove("wrong");
    this.#fit();
  }

  write(text) {
    this.chosen = null;
    this.input.value = text;
    this.#fit();
  }

  matching() {
    const typed = this.chosen ? "" : this.input.value.trim().toLowerCase();
    return this.choices.filter((choice) => choice.name.toLowerCase().includes(typed));
  }

  // {value} (undefined where nothing was typed) or {error}.
  read() {
    const text = this.input.value.trim();
    if (this.chosen) return { value: this.chosen.value };
    if (!text) return this.option.required ? { error: REQUIRED } : { value: undefined };
    const named = this.choices?.find((choice) => choice.name.toLowerCase() === text.toLowerCase());
    if (named) return { value: named.value };
    if (this.choices) return { error: "Select one of the choices." };
    if (this.option.type === INTEGER && !/^-?\d{1,15}$/.test(text)) return { error: "Input a whole number." };
    if (this.option.type === NUMBER && !Number.isFinite(Number(text))) return { error: "Input a number." };
    return { value: this.option.type === INTEGER || this.option.type === NUMBER ? Number(text) : text };
  }

  #fit() {
    this.input.style.width = `${Math.max(3, Math.min(this.input.value.length + 1, 40))}ch`;
  }
}
