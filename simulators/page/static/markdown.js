// Discord's markdown as DOM nodes: https://support.discord.com/hc/en-us/articles/210298617
import { el, link } from "./dom.js";
import { moment } from "./times.js";

const DEEPEST = 8;
const MASKED = /^\[((?:[^[\]\\\n]|\\.){1,500})\]\(<?(https?:\/\/[^\s<>()]{1,1000})>?(?: "[^"\n]*")?\)/;
const INLINE = [
  [/^\\([^\p{L}\p{N}\s])/u, (m) => m[1]],
  [/^(`+)([^]*?[^`])\1(?!`)/, (m) => el("code", { text: m[2].trim() || m[2] })],
  [/^<t:(-?\d{1,13})(?::([tTdDfFR]))?>/, (m) => moment(Number(m[1]), m[2] ?? "f")],
  [/^<@!?(\d{1,20})>/, (m, c) => el("span", { class: "mention", text: `@${c.names[m[1]] ?? "unknown-user"}` })],
  [/^<@&\d{1,20}>/, () => el("span", { class: "mention", text: "@role" })],
  [/^<#(\d{1,20})>/, (m, c) => el("span", { class: "mention", text: `#${c.names[m[1]] ?? "unknown"}` })],
  [/^<\/([-_\w ]{1,100}):\d{1,20}>/, (m) => command(m[1])],
  [/^<a?:(\w{2,32}):\d{1,20}>/, (m) => `:${m[1]}:`],
  [MASKED, (m, c) => link(m[2], null, ...spans(m[1], c))],
  [/^<(https?:\/\/[^\s<>]{1,1000})>/, (m) => link(m[1], null, m[1])],
  [/^https?:\/\/[^\s<>]{1,1000}[^\s<>.,:;"')\]!?*_~|]/, (m) => link(m[0], null, m[0])],
  [/^\*\*\*(?=\S)([^]+?)\*\*\*(?!\*)/, (m, c) => el("strong", {}, el("em", {}, ...spans(m[1], c)))],
  [/^\*\*([^]+?)\*\*(?!\*)/, (m, c) => el("strong", {}, ...spans(m[1], c))],
  [/^__([^]+?)__(?!_)/, (m, c) => el("u", {}, ...spans(m[1], c))],
  [/^\*(?=\S)((?:\*\*|[^*])+?)\*(?!\*)/, (m, c) => el("em", {}, ...spans(m[1], c))],
  [/^_(?=\S)([^_]+?)_(?!\w)/, (m, c) => el("em", {}, ...spans(m[1], c)), /\w$/],
  [/^~~([^]+?)~~/, (m, c) => el("s", {}, ...spans(m[1], c))],
  [/^\|\|([^]+?)\|\|/, (m, c) => spoiler(spans(m[1], c))],
];
const SPECIAL = /[\\`<[*_~|h]/;

// A press on a command puts it into the message box, of which this module knows nothing.
function command(name) {
  return el("button", { type: "button", class: "mention", "data-command": name, text: `/${name}` });
}

function spoiler(children) {
  const hidden = el("span", { class: "spoiler", tabindex: "0", role: "button", "aria-label": "Spoiler" }, ...children);
  const show = (event) => {
    if (event.type === "keydown" && event.key !== "Enter") return;
    hidden.classList.add("seen");
    hidden.removeAttribute("role");
    hidden.removeAttribute("aria-label");
  };
  hidden.addEventListener("click", show);
  hidden.addEventListener("keydown", show);
  return hidden;
}

// The inline part: an array of nodes and strings.
export function spans(text, context) {
  if ((context.depth ?? 0) > DEEPEST) return [text];
  const inner = { ...context, depth: (context.depth ?? 0) + 1 };
  const out = [];
  let plain = "";
  for (let at = 0; at < text.length; ) {
    let used = 1;
    let node = null;
    if (SPECIAL.test(text[at])) {
      const rest = text.slice(at);
      for (const [pattern, make, notAfter] of INLINE) {
        const match = pattern.exec(rest);
        if (!match || notAfter?.test(text.slice(0, at))) continue;
        [node, used] = [make(match, inner), match[0].length];
        break;
      }
    }
    if (node === null) plain += text[at];
    else if (typeof node === "string") plain += node;
    else {
      if (plain) out.push(plain);
      plain = "";
      out.push(node);
    }
    at += used;
  }
  return plain ? [...out, plain] : out;
}

// The block part: an array of nodes for a whole text.
export function blocks(text, context) {
  const out = [];
  const quotes = !context.quoted; // quotes do not nest
  const inside = { ...context, quoted: true };
  const lines = text.replaceAll("\r", "").split("\n");
  const take = (pattern) => {
    const taken = [];
    for (let match; lines.length && (match = pattern.exec(lines[0])); lines.shift()) taken.push(match);
    return taken;
  };
  while (lines.length) {
    const line = lines[0];
    if (line.startsWith("```") && lines.slice(1).concat(line.slice(3)).some((one) => one.includes("```"))) {
      out.push(codeBlock(lines));
    } else if (quotes && line.startsWith(">>> ")) {
      const quoted = lines.splice(0).join("\n").slice(4);
      out.push(el("blockquote", {}, ...blocks(quoted, inside)));
    } else if (quotes && line.startsWith("> ")) {
      out.push(el("blockquote", {}, ...blocks(take(/^> (.*)$/).map((m) => m[1]).join("\n"), inside)));
    } else if (/^\s*(?:[-*]|\d{1,9}\.) /.test(line)) {
      out.push(list(take(/^(\s*)([-*]|\d{1,9}\.) (.*)$/), context));
    } else if (/^-# ./.test(line)) {
      out.push(el("div", { class: "subtext" }, ...spans(lines.shift().slice(3), context)));
    } else if (/^#{1,3} ./.test(line)) {
      const [, marks, title] = /^(#{1,3}) (.*)$/.exec(lines.shift());
      const as = { class: `heading h${marks.length}`, role: "heading", "aria-level": "3" }; // below the place's own
      out.push(el("div", as, ...spans(title, context)));
    } else {
      const words = take(/^(?!```|>{1,3} |-# .|#{1,3} .|\s*(?:[-*]|\d{1,9}\.) )(.*)$/).map((m) => m[1]);
      if (!words.length) words.push(lines.shift());
      out.push(el("div", { class: "text" }, ...spans(words.join("\n"), context)));
    }
  }
  return out;
}

function codeBlock(lines) {
  const [, body, rest] = /^```(?:[\w+-]*\n)?([^]*?)```([^]*)$/.exec(lines.splice(0).join("\n"));
  if (rest.trim()) lines.push(...rest.replace(/^\n/, "").split("\n"));
  return el("pre", {}, el("code", { text: body.replace(/\n$/, "") }));
}

function list(items, context) {
  const numbered = /\d/.test(items[0][2]);
  const node = el(numbered ? "ol" : "ul", { start: numbered ? String(parseInt(items[0][2], 10)) : null });
  const depth = items[0][1].length;
  while (items.length) {
    const [, indent, , text] = items.shift();
    const nested = [];
    while (items.length && items[0][1].length > depth && items[0][1].length > indent.length) nested.push(items.shift());
    node.append(el("li", {}, ...spans(text, context), nested.length ? list(nested, context) : null));
  }
  return node;
}
