// The list of messages. Each message keeps its nodes for as long as it exists; only what changed is rebuilt.
import { drawComponents } from "./components.js";
import { avatar, el, fill, reconcile, sign, text } from "./dom.js";
import { blocks } from "./markdown.js";
import { attachment } from "./media.js";
import { posted } from "./times.js";

const TOGETHER = 7 * 60; // seconds within which an author's messages share one head
const NEAR_END = 80; // pixels from the end within which the view follows new messages

export class MessageList {
  #clicks = new Map(); // message id → {pending: custom id, error: sentence}
  #shown = [];
  #following = true;

  // act(message id, request) asks the demo and resolves when it was answered; dismiss(message) hides one.
  constructor(scroller, list, { act, dismiss }) {
    this.scroller = scroller;
    this.list = list;
    this.act = act;
    this.dismiss = dismiss;
    scroller.addEventListener("scroll", () => {
      this.#following = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_END;
    });
    new ResizeObserver(() => this.#follow()).observe(list);
    new ResizeObserver(() => this.#follow()).observe(scroller);
  }

  // Show the end, also after the person had scrolled up.
  follow() {
    this.#following = true;
    this.#follow();
  }

  clear() {
    this.list.replaceChildren();
    this.#clicks.clear();
    this.#following = true;
  }

  show(messages) {
    this.#shown = messages;
    let before = null;
    reconcile(this.list, messages, (message) => message.id, (message) => this.#make(message), (node, message) => {
      this.#update(node, message, joins(message, before));
      before = message;
    });
    this.#follow();
  }

  #follow() {
    if (this.#following) this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  #make(message) {
    const node = el("li", { class: "message", "data-id": message.id });
    node.parts = {};
    for (const name of ["asked", "face", "head", "content", "files", "components", "notice"]) {
      node.parts[name] = el("div", { class: name });
    }
    const { asked, face, ...rest } = node.parts;
    node.append(asked, face, el("div", { class: "body" }, ...Object.values(rest)));
    return node;
  }

  #update(node, message, joined) {
    const { asked, face, head, content, files, components, notice } = node.parts;
    const context = { names: message.names };
    node.classList.toggle("joined", joined);
    node.classList.toggle("ephemeral", message.ephemeral);
    fill(asked, message.asked, (by) => by && askedLine(by));
    fill(face, message.author, avatar);
    const bare = message.edited !== null && !message.content && !message.thinking;
    fill(head, [message.author, message.at, bare], () => headLine(message, bare));
    const said = [message.content, message.thinking, message.edited, message.local, context];
    fill(content, said, () => contentOf(message, context));
    reconcile(files, message.files, (file) => file.id, attachment);
    this.#drawComponents(components, message);
    const noted = [message.ephemeral, message.local, this.#clicks.get(message.id)?.error];
    fill(notice, noted, () => this.#noticeOf(message));
  }

  #drawComponents(slot, message) {
    const state = this.#clicks.get(message.id) ?? {};
    const act = (request) => this.#click(message.id, request);
    drawComponents(slot, message.components, { names: message.names, state, act });
  }

  async #click(id, request) {
    if (this.#clicks.get(id)?.pending) return;
    const state = { pending: request.custom_id, error: null };
    this.#clicks.set(id, state);
    this.show(this.#shown);
    try {
      await this.act(id, request);
    } catch (error) {
      state.error = error.message;
    }
    state.pending = null;
    this.show(this.#shown);
  }

  #noticeOf(message) {
    const error = this.#clicks.get(message.id)?.error;
    const done = !message.local || message.local.error;
    const click = () => this.dismiss(message);
    const dismiss = el("button", { type: "button", text: "Dismiss message", on: { click } });
    return [
      error && el("p", { class: "failed", role: "alert", text: error }),
      message.ephemeral && done && el("p", { class: "private" }, sign("👁 "), "Only you can see this • ", dismiss),
    ];
  }
}

function joins(message, before) {
  if (!before || message.asked || message.author.id !== before.author.id) return false;
  return message.at - before.at < TOGETHER && message.ephemeral === before.ephemeral;
}

function askedLine(by) {
  const slash = by.command === by.command.toLowerCase() ? "/" : ""; // a menu's command may have capitals
  return [
    el("span", { class: "spine", "aria-hidden": "true" }), avatar({ name: by.by }),
    el("span", { class: "who", text: by.by }), by.command ? " used " : by.pressed ? " pressed " : " clicked",
    (by.command || by.pressed) && el("span", { class: "mention", text: by.command ? slash + by.command : by.pressed }),
  ];
}

function headLine(message, bare) {
  return [
    el("span", { class: "author", text: message.author.name }),
    message.author.bot && el("span", { class: "app", text: "APP" }),
    posted(message.at),
    bare && el("span", { class: "edited", text: "(edited)" }),
  ];
}

function contentOf(message, context) {
  if (message.local) {
    return message.local.error ? text("failed", message.local.error, "p") : text("thinking", "Sending command…", "p");
  }
  if (message.thinking) {
    const dots = el("span", { class: "dots" }, el("i"), el("i"), el("i"));
    return el("p", { class: "thinking" }, dots, `${message.author.name} is thinking…`);
  }
  const nodes = message.content ? blocks(message.content, context) : [];
  if (nodes.length && message.edited !== null) nodes.at(-1).append(el("span", { class: "edited", text: "(edited)" }));
  return nodes;
}
