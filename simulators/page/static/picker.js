// The list above the composer: commands, options or choices, driven from whichever input has the focus.
import { el, text } from "./dom.js";

export class Picker {
  #items = [];
  #at = -1;
  #choose = null;
  #input = null;

  constructor(root) {
    this.root = root;
  }

  get open() {
    return !this.root.hidden;
  }

  get highlighted() {
    return this.open ? this.#items[this.#at] : undefined;
  }

  // items: {label, detail, note}; status is a line shown instead of or above them; at: -1 highlights none.
  show(input, { title, items, status = "", at = 0, choose }) {
    this.close();
    [this.#items, this.#input, this.#choose] = [items, input, choose];
    const rows = items.map((item, index) => el("div", {
      role: "option", id: `choice-${index}`, class: "choice",
      on: { mousemove: () => this.#highlight(index), click: () => this.take(index) },
    }, text("label", item.label), item.note && text("note", item.note), item.detail && text("detail", item.detail)));
    this.root.replaceChildren(
      el("div", { class: "picker-title", text: title }),
      el("div", { id: "choices", role: "listbox", "aria-label": title }, ...rows),
    );
    if (status) this.root.append(el("p", { class: "status", role: "status", text: status }));
    this.root.hidden = false;
    input.setAttribute("aria-expanded", "true");
    input.setAttribute("aria-controls", "choices");
    this.#highlight(Math.min(at, items.length - 1));
  }

  close() {
    this.root.hidden = true;
    this.#items = [];
    this.#at = -1;
    this.#input?.setAttribute("aria-expanded", "false");
    this.#input?.removeAttribute("aria-activedescendant");
  }

  move(step) {
    const count = this.#items.length;
    if (count) this.#highlight(this.#at < 0 ? (step > 0 ? 0 : count - 1) : (this.#at + step + count) % count);
  }

  take(index = this.#at) {
    const item = this.#items[index];
    if (item) this.#choose(item);
  }

  #highlight(index) {
    this.#at = index;
    const rows = this.root.querySelectorAll(".choice");
    rows.forEach((row, at) => row.setAttribute("aria-selected", String(at === index)));
    if (index < 0) return this.#input.removeAttribute("aria-activedescendant");
    this.#input.setAttribute("aria-activedescendant", `choice-${index}`);
    return rows[index].scrollIntoView({ block: "nearest" });
  }
}
