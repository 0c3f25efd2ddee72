// Small helpers to build and keep DOM nodes. Data only ever becomes text or attributes, never markup.

// el("p", {class: "x", text: "…", "aria-label": "…", on: {click}}, child, …): null and false are left out.
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "text") node.textContent = value;
    else if (key === "on") for (const [name, handler] of Object.entries(value)) node.addEventListener(name, handler);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

// Rebuild a node's children only when the data that they show has changed; true if it did.
export function fill(node, data, build) {
  const shown = JSON.stringify(data);
  if (node.shown === shown) return false;
  node.shown = shown;
  node.replaceChildren(...[build(data)].flat().filter(Boolean));
  return true;
}

// Make parent's children follow items without moving or rebuilding those that stay: a moved video stops playing.
export function reconcile(parent, items, keyOf, make, update) {
  const old = new Map([...parent.children].map((node) => [node.key, node]));
  const wanted = new Set(items.map(keyOf));
  for (const [key, node] of old) if (!wanted.has(key)) node.remove();
  let next = parent.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    let node = old.get(key);
    if (!node) {
      node = make(item);
      node.key = key;
    }
    if (node === next) next = next.nextElementSibling;
    else parent.insertBefore(node, next);
    update?.(node, item);
  }
}

// A message id is a snowflake, too large for a number.
export const byId = (a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1);

const COLORS = ["#5865f2", "#c2297a", "#248046", "#9a6700", "#da373c", "#0f7f68"];

// The nodes that are needed most: text of a class, a sign that is not read aloud, a link out of the page.
export const text = (name, words, tag = "span") => el(tag, { class: name, text: words });
export const sign = (words) => el("span", { "aria-hidden": "true", "data-sign": words });

export function link(url, name, ...children) {
  const href = isSafe(url) ? url : null;
  return el("a", { class: name, href, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

// A link may lead to https or, since the bot's own page is there, to this machine.
function isSafe(url) {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === "https:" || (protocol === "http:" && ["127.0.0.1", "localhost"].includes(hostname));
}

export function avatar(author) {
  if (author.bot) {
    return el("span", { class: "avatar bot", "aria-hidden": "true" }, el("img", { src: "/static/bot.svg", alt: "" }));
  }
  const node = el("span", { class: "avatar", "aria-hidden": "true", text: [...author.name][0]?.toUpperCase() ?? "?" });
  const seed = [...author.name].reduce((sum, letter) => sum + letter.codePointAt(0), 0);
  node.style.backgroundColor = COLORS[seed % COLORS.length];
  return node;
}
