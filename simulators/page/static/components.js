// Components, classic and V2: https://docs.discord.com/developers/components/reference
import { el, link, reconcile, sign, text } from "./dom.js";
import { blocks } from "./markdown.js";
import { download, gallery, thumbnail } from "./media.js";

const [ROW, BUTTON, STRING_SELECT] = [1, 2, 3];
const [SECTION, TEXT_DISPLAY, THUMBNAIL, MEDIA_GALLERY, FILE, SEPARATOR, CONTAINER] = [9, 10, 11, 12, 13, 14, 17];
const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link" };

// Make a node show components. What stays the same keeps its node, so that a video plays on while texts change.
export function drawComponents(parent, components, context) {
  const focused = parent.contains(document.activeElement) ? document.activeElement.dataset.customId : null;
  layOut(parent, components, context);
  if (focused && !parent.contains(document.activeElement)) {
    parent.querySelector(`[data-custom-id="${CSS.escape(focused)}"]`)?.focus();
  }
}

// All texts of components, in the order in which they are read.
export function wordsOf(components) {
  return components.flatMap((one) => [one.content, ...wordsOf(one.components)]).filter(Boolean);
}

function layOut(parent, components, context) {
  const seen = new Map();
  const keyed = components.map((data) => {
    const looks = keyOf(data, context);
    const nth = seen.get(looks) ?? 0;
    seen.set(looks, nth + 1);
    return { data, key: `${nth} ${looks}` };
  });
  reconcile(parent, keyed, (one) => one.key, ({ data }) => component(data, context), (node, { data }) => {
    if (data.type === CONTAINER) fillBox(node, data, context);
  });
}

function keyOf(data, { state, names }) {
  if (data.type === CONTAINER) return "container";
  if (data.type === MEDIA_GALLERY) return JSON.stringify(data.media);
  const interactive = data.type === ROW || data.accessory?.type === BUTTON;
  return JSON.stringify([data, interactive ? state.pending : names]);
}

function component(data, context) {
  switch (data.type) {
    case ROW: return el("div", { class: "row" }, ...data.components.map((child) => component(child, context)));
    case BUTTON: return button(data, context);
    case STRING_SELECT: return select(data, context);
    case SECTION: return section(data, context);
    case TEXT_DISPLAY: return el("div", { class: "words" }, ...blocks(data.content, context));
    case THUMBNAIL: return thumbnail(data.media[0]);
    case MEDIA_GALLERY: return gallery(data.media);
    case FILE: return download(data.media[0]);
    case SEPARATOR: return el(data.divider ? "hr" : "div", { class: `gap${data.spacing === 2 ? " large" : ""}` });
    case CONTAINER: return el("article", { class: "container" });
    default: return el("p", { class: "unknown", text: `(this page does not draw components of type ${data.type})` });
  }
}

function fillBox(node, data, context) {
  const color = data.accent_color;
  node.classList.toggle("accented", color !== undefined);
  node.style.setProperty("--accent", color === undefined ? null : `#${color.toString(16).padStart(6, "0")}`);
  layOut(node, data.components, context);
}

function section(data, context) {
  const texts = data.components.map((child) => component(child, context));
  return el("div", { class: "section" }, el("div", { class: "texts" }, ...texts), component(data.accessory, context));
}

function label(data) {
  return [data.emoji && text("emoji", data.emoji), data.label && el("span", { text: data.label })];
}

function optionWords({ label: name, description }) {
  return el("span", { class: "words" }, el("b", { text: name }), description && el("small", { text: description }));
}

function button(data, { state, act }) {
  const style = STYLES[data.style] ?? "secondary";
  if (style === "link") {
    return link(data.url ?? "", "button link", ...label(data), sign("↗\uFE0E"));
  }
  const pending = state.pending === data.custom_id;
  return el("button", {
    type: "button",
    class: `button ${style}${pending ? " pending" : ""}`,
    disabled: data.disabled || (state.pending && !pending),
    "aria-busy": pending ? "true" : null,
    "data-custom-id": data.custom_id,
    on: { click: () => pending || act({ op: "click", custom_id: data.custom_id }) },
  }, ...label(data), pending && el("span", { class: "dots", "aria-label": "waiting" }, el("i"), el("i"), el("i")));
}

// A button that opens a list; with several values allowed, they are sent when the list closes.
function select(data, { state, act }) {
  const most = data.max_values ?? 1;
  const least = data.min_values ?? 1;
  const chosen = new Set(data.options.filter((option) => option.default).map((option) => option.value));
  const before = [...chosen].join();
  const many = most > 1;
  const named = data.options.filter((option) => chosen.has(option.value)).map((option) => option.label).join(", ");
  const pending = state.pending === data.custom_id;
  const opener = el("button", {
    type: "button",
    class: "select",
    disabled: data.disabled || Boolean(state.pending),
    "aria-haspopup": "listbox",
    "aria-expanded": "false",
    "aria-busy": pending ? "true" : null,
    "data-custom-id": data.custom_id,
  }, text(named ? "" : "placeholder", named || data.placeholder || "Make a selection"), sign("⌄"));
  const items = data.options.map((option) => el("li", {
    role: "option",
    tabindex: "-1",
    "aria-selected": String(chosen.has(option.value)),
    on: { click: () => pick(option.value) },
  }, option.emoji && text("emoji", option.emoji), optionWords(option)));
  const name = data.placeholder || "Options";
  const listed = { class: "options", role: "listbox", "aria-label": name, "aria-multiselectable": String(many) };
  const menu = el("ul", listed, ...items);
  menu.hidden = true;
  const box = el("div", { class: "select-box" }, opener, menu);

  function toggle(open) {
    menu.hidden = !open;
    opener.setAttribute("aria-expanded", String(open));
    if (open) (items.find((item) => item.ariaSelected === "true") ?? items[0])?.focus();
    else if (many && [...chosen].join() !== before && chosen.size >= least) send();
  }
  function send() {
    act({ op: "select", custom_id: data.custom_id, values: [...chosen] });
  }
  function pick(value) {
    if (!many) {
      chosen.clear();
      chosen.add(value);
      toggle(false);
      opener.focus();
      return send();
    }
    if (chosen.has(value)) chosen.delete(value);
    else if (chosen.size < most) chosen.add(value);
    items.forEach((item, at) => item.setAttribute("aria-selected", String(chosen.has(data.options[at].value))));
  }
  opener.addEventListener("click", () => toggle(menu.hidden));
  menu.addEventListener("keydown", (event) => {
    const at = items.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) items[(at + step + items.length) % items.length].focus();
    else if (event.key === "Enter" || event.key === " ") pick(data.options[at].value);
    else if (event.key === "Escape") {
      toggle(false);
      opener.focus();
    } else return;
    event.preventDefault();
  });
  box.addEventListener("focusout", (event) => {
    if (!menu.hidden && !box.contains(event.relatedTarget)) toggle(false);
  });
  return box;
}
