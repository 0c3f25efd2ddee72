// What the panel "What to try" says to whom: how to link an account, which cameras there are and may be walked past, and
// a phone for codes.
import { el, fill } from "./dom.js";
import { posted } from "./times.js";

const $ = (id) => document.getElementById(id);

export class Guide {
  #rung = null; // when the newest text message came that we know of

  // start(command, camera) puts a command into the message box, walk(key) walks past a camera and resolves with what comes
  // of it; onText is told when a text message has come.
  constructor({ start, walk, onText }) {
    this.start = start;
    this.walk = walk;
    this.onText = onText;
  }

  draw({ guide, users, viewer }, another) {
    const { name } = users.find((user) => user.id === viewer);
    const others = users.filter((user) => user.id !== viewer);
    const unlinked = others.filter((user) => !user.linked).map((user) => user.name).join(" and ");
    const fresh = Boolean(guide.login && !guide.login.linked);
    $("start").textContent = fresh
      ? `Then ${name}’s cameras record too; /unlink takes it all back.`
      : "Type / in the box below and pick a command, or start with one of the cameras here.";
    fill($("hints"), guide.hints, () => guide.hints.map((hint) => this.#hint(hint)));
    this.#drawWalks(guide.walks, another);
    const what = unlinked ? `link the cameras of ${unlinked}` : "see that private replies are not there";
    const whom = others.map((user) => user.name).join(" or ");
    $("switching").textContent = whom && `Switch to ${whom}, below the channel list, to ${what}.`;
    this.#drawLogin(guide.login, name, another);
    this.#drawTexts(guide.texts, name, another);
  }

  #drawWalks(walks, another) {
    $("walks").hidden = !walks.length;
    if (another) $("walked").textContent = "";
    fill($("passing"), walks, () => walks.map(({ key, camera }) => el("li", {}, el("button", {
      type: "button", class: "word", text: camera, "aria-label": `Walk past ${camera}`,
      on: { click: () => this.#pass(key) },
    }))));
  }

  async #pass(key) {
    try {
      $("walked").textContent = (await this.walk(key)).told;
    } catch (error) {
      $("walked").textContent = error.message;
    }
  }

  #drawLogin(login, name, another) {
    const box = $("account");
    box.hidden = !login;
    if (!login) return;
    if (another) {
      box.open = !login.linked;
      if (login.linked) $("hints").after(box);
      else $("start").before(box);
    }
    fill($("account-title"), [login, name], () => [login.linked ? `${name}’s Blink account` : `Link ${name}’s cameras`]);
    fill($("steps"), [login, name], () => (login.linked ? again(login, name) : this.#steps(login, name)));
  }

  #steps(login, name) {
    const link = el("button", { type: "button", class: "word", text: "/link", on: { click: () => this.start("link") } });
    return [
      el("li", {}, `${name} has a Blink account, but the bot does not know it yet. Use `, link, " and press Enter."),
      el("li", {}, "Press ", el("b", { text: "Sign in to Blink" }), ": the bot’s own page opens in a new tab."),
      el("li", {}, "Confirm there, and sign in as ", name, ":", typed(login)),
      el("li", { text: `Blink then sends ${name} a code. This is the phone:` }),
    ];
  }

  #drawTexts(texts, name, another) {
    const nothing = el("p", { class: "silent", text: "No messages" });
    fill($("phone-owner"), name, () => `${name}’s phone`);
    fill($("texts"), texts, () => (texts.length ? texts.map(bubble) : nothing));
    const newest = texts.at(-1)?.at ?? null;
    const rung = !another && newest !== this.#rung;
    this.#rung = newest;
    if (!rung) return;
    $("account").open = true;
    this.onText();
    $("texts").lastElementChild.scrollIntoView({ block: "nearest" });
  }

  #hint({ title, text }) {
    const words = [el("b", { text: title }), el("span", { text })];
    const [, command = null, camera] = /^(?:\/(\S+) )?(.+)$/.exec(title);
    return el("li", {}, el("button", { type: "button", on: { click: () => this.start(command, camera) } }, ...words));
  }
}

function again(login, name) {
  return [el("li", {}, `To link it again, for example with /account, sign in as ${name}:`, typed(login))];
}

function typed({ email, password }) {
  return el("dl", {},
    el("dt", { text: "E-mail" }), el("dd", {}, el("code", { text: email })),
    el("dt", { text: "Password" }), el("dd", {}, el("code", { text: password })));
}

function bubble({ text, at }) {
  return el("p", { class: "sms" }, el("span", { text }), posted(at));
}
