// The page: what the demo told us, who looks, which conversation is open, and the parts that draw it.
import { wordsOf } from "./components.js";
import { Composer } from "./composer.js";
import { byId, el, fill } from "./dom.js";
import { Guide } from "./guide.js";
import { isAnswered, sending } from "./local.js";
import { blocks } from "./markdown.js";
import { MessageList } from "./messages.js";
import { Sidebar } from "./sidebar.js";
import { Socket } from "./socket.js";
import { tick } from "./times.js";
import { Unread } from "./unread.js";

const CHANNEL = 7; // the type of a command's option
const $ = (id) => document.getElementById(id);
let state = null; // what the server says about users, commands and what to try
let tab = "channel";
const messages = { channel: new Map(), dm: new Map() };
const locals = { channel: [], dm: [] }; // commands that are being sent or that failed
const unread = new Unread();

const socket = new Socket({ onUpdate, onBanner, onOpen });
const list = new MessageList($("scroller"), $("messages"), { act, dismiss });
const composer = new Composer($("composer"), {
  commands: () => (state?.commands ?? []).filter((command) => command.tabs.includes(tab)).map(offered),
  run,
  complete: (command, options, focused) => socket.ask({ op: "complete", tab, command, options, focused }),
  refresh: () => socket.tell({ op: "refresh" }),
});
const sidebar = new Sidebar({
  onTab: open,
  onViewer: (user) => socket.tell({ op: "view", user }),
  onPerson: (command, user) => {
    open("channel");
    run(command, {}, { op: "on_person", command, person: user.id });
  },
});
const guide = new Guide({
  start,
  walk: (camera) => socket.ask({ op: "walk", camera }),
  onText: () => sidebar.toggleHelp(true),
});

function onOpen() {
  const viewer = state?.viewer ?? sessionStorage.getItem("viewer");
  if (viewer) socket.tell({ op: "view", user: viewer });
}

function onBanner(text) {
  $("banner").hidden = !text;
  $("banner").textContent = text ?? "";
  document.body.classList.toggle("offline", Boolean(text));
}

function onUpdate(message) {
  if (message.op === "state") {
    const another = state?.viewer !== message.viewer || state?.run !== message.run;
    state = message;
    sessionStorage.setItem("viewer", state.viewer);
    unread.look(state.run, state.viewer);
    if (another) forget();
    guide.draw(state, another);
    composer.update();
  } else {
    const known = messages[message.tab];
    if (message.all) known.clear();
    for (const id of message.gone) known.delete(id);
    for (const one of message.messages) {
      if (!message.all) announce(one, known.has(one.id), message.tab);
      known.set(one.id, one);
    }
  }
  draw();
}

function forget() {
  for (const one of ["channel", "dm"]) {
    messages[one].clear();
    locals[one].length = 0;
  }
  list.clear();
  composer.reset();
}

function open(wanted) {
  if (wanted !== tab) {
    tab = wanted;
    list.clear();
    composer.reset();
  }
  draw();
  if (matchMedia("(hover: hover)").matches) $("entry").focus();
}

function draw() {
  if (!state) return;
  const place = { channel: `#${state.channel}`, dm: `@${state.bot}` };
  if (document.visibilityState === "visible") unread.read(tab, messages[tab].values());
  const count = (one) => unread.count(one, messages[one].values());
  const counts = { channel: count("channel"), dm: count("dm") };
  sidebar.draw(state, tab, counts);
  document.title = `${counts.dm ? `(${counts.dm}) ` : ""}${place[tab]} | ${state.server}`;
  $("title").textContent = tab === "dm" ? state.bot : state.channel;
  $("title").className = tab;
  $("topic").textContent = tab === "dm" ? "Only you and the bot are here" : "Type / and pick a command";
  composer.name(place[tab]);
  const [title, start] = tab === "dm"
    ? [state.bot, `This is the beginning of your direct messages with ${state.bot}.`]
    : [`Welcome to #${state.channel}!`, `This is the start of the #${state.channel} channel.`];
  fill($("welcome"), [title, start], () => [el("h2", { text: title }), el("p", { text: start })]);
  const known = [...messages[tab].values()].sort(byId);
  list.show([...known, ...locals[tab].filter((local) => local.local.error || !isAnswered(local, known))]);
}

// Run a command; until the bot acknowledges it, and if it does not, a line of our own stands for the reply.
async function run(command, options, request = { op: "run", command, options }) {
  const where = locals[tab];
  const user = state.users.find((one) => one.id === state.viewer);
  const local = sending(command, user.name, state.bot, messages[tab].values());
  where.push(local);
  const answer = socket.ask({ ...request, tab });
  list.follow();
  draw();
  try {
    await answer;
    drop(local);
  } catch (error) {
    local.local = { error: error.message };
    draw();
  }
}

function drop(local) {
  for (const where of Object.values(locals)) if (where.includes(local)) where.splice(where.indexOf(local), 1);
  draw();
}

function act(message, request) {
  return socket.ask({ ...request, message });
}

function dismiss(message) {
  if (message.local) drop(message);
  else socket.tell({ op: "dismiss", message: message.id });
  $("entry").focus();
}

// Put a command into the message box: the one of this name, or the first that takes a camera.
function start(name, camera) {
  const takesCamera = (one) => one.options.some((option) => option.name === "camera" && option.required);
  const command = composer.commands().find((one) => (name ? one.name === name : takesCamera(one)));
  if (!command) return;
  if (matchMedia("(width < 1080px)").matches) sidebar.toggleHelp(false);
  composer.start(command, camera ? { camera } : {});
}

// As in Discord, there is no channel to choose among direct messages.
function offered(command) {
  if (tab === "channel") return command;
  return { ...command, options: command.options.filter((option) => option.type !== CHANNEL) };
}

// Say aloud what is new, for those who do not see it; the page itself is not a live region, as times tick in it.
function announce(message, known, where) {
  if (message.thinking || (where !== tab && where !== "dm")) return;
  const directly = where === tab ? "" : "Direct message. ";
  const parts = [message.content, ...wordsOf(message.components)];
  const read = (words) => blocks(words, { names: message.names }).map((node) => node.textContent).join(", ");
  const words = parts.filter(Boolean).map(read).join(". ").slice(0, 300);
  $("announcer").textContent = `${directly}${message.author.name}${known ? " changed a message" : ""}: ${words}`;
}

document.addEventListener("click", ({ target }) => {
  const { command } = target.dataset;
  if (command) start(command);
});
// As in Discord, whoever just types means the message box.
document.addEventListener("keydown", (event) => {
  const plain = [...event.key].length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (plain && !event.target.closest("input, video, [role=listbox]")) $("entry").focus();
});
document.addEventListener("visibilitychange", draw);
setInterval(tick, 500);
