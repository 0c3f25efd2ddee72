// The left side (conversations and users), the menu that shows it on a phone, and the "What to try" panel.
import { avatar, el, fill, sign, text } from "./dom.js";

const WIDE = matchMedia("(width >= 1080px)");

export class Sidebar {
  constructor({ onTab, onViewer, onPerson }) {
    this.onViewer = onViewer;
    this.onPerson = onPerson;
    this.menu = document.getElementById("menu");
    this.help = document.getElementById("help");
    for (const button of document.querySelectorAll("[data-tab]")) {
      button.addEventListener("click", () => {
        this.toggleMenu(false);
        onTab(button.dataset.tab);
      });
    }
    this.menu.addEventListener("click", () => this.toggleMenu());
    this.help.addEventListener("click", () => this.toggleHelp());
    document.querySelector("main").addEventListener("click", (event) => {
      if (!event.target.closest("header")) this.toggleMenu(false);
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.toggleMenu(false);
    });
    this.toggleHelp(WIDE.matches);
    WIDE.addEventListener("change", () => this.toggleHelp(WIDE.matches));
  }

  toggleMenu(open = !document.body.classList.contains("with-menu")) {
    document.body.classList.toggle("with-menu", open);
    this.menu.setAttribute("aria-expanded", String(open));
  }

  toggleHelp(open = !document.body.classList.contains("with-help")) {
    document.body.classList.toggle("with-help", open);
    this.help.setAttribute("aria-expanded", String(open));
  }

  draw(state, tab, counts) {
    const icon = document.getElementById("server-icon");
    const initials = state.server.split(/\s+/).map((word) => [...word][0] ?? "").join("").slice(0, 3);
    fill(icon, [initials, state.server], () => [sign(initials), text("unseen", state.server)]);
    document.getElementById("server-name").textContent = state.server;
    const names = { channel: state.channel, dm: state.bot };
    for (const button of document.querySelectorAll("[data-tab]")) {
      const one = button.dataset.tab;
      const count = one === tab ? 0 : counts[one];
      if (one === tab) button.setAttribute("aria-current", "page");
      else button.removeAttribute("aria-current");
      button.classList.toggle("unread", count > 0);
      const name = button.querySelector(".name");
      if (name) name.textContent = names[one];
      badge(button, one === "dm" ? count : 0);
    }
    badge(this.menu, tab === "dm" ? 0 : counts.dm);
    const people = [state.users, state.viewer, state.person_commands];
    fill(document.getElementById("people"), people, () => this.#people(state));
    fill(document.getElementById("viewers"), [state.users, state.viewer], () => this.#viewers(state));
  }

  // As in Discord's menu of a person under Apps, which a visitor of this page would not look for.
  #people(state) {
    const others = state.users.filter((user) => user.id !== state.viewer);
    const buttons = others.flatMap((user) => state.person_commands.map((command) => {
      const click = () => {
        this.toggleMenu(false);
        this.onPerson(command, user);
      };
      return el("button", { type: "button", class: "tab", "data-person": user.id, on: { click } },
        avatar({ name: user.name }), el("span", { class: "name", text: `${user.name}: ${command}` }));
    }));
    return buttons.length ? [el("h3", { text: "People" }), ...buttons] : [];
  }

  #viewers(state) {
    const buttons = state.users.map((user) => el("button", {
      type: "button", class: "viewer", "data-user": user.id, "aria-pressed": String(user.id === state.viewer),
      on: { click: () => this.onViewer(user.id) },
    }, avatar({ name: user.name }), el("span", { class: "name", text: user.name })));
    return [el("p", { text: "See Discord as" }), el("div", { class: "choices" }, ...buttons)];
  }
}

function badge(button, count) {
  const node = button.querySelector(".badge");
  if (!node) return;
  node.hidden = count === 0;
  node.textContent = String(count);
  if (count) node.setAttribute("aria-label", `${count} unread`);
}
