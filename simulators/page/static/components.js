// Buttons and string selects: https://docs.discord.com/developers/components/reference
import { el, link, sign, text } from "./dom.js";

const [ROW, BUTTON, STRING_SELECT] = [1, 2, 3];
const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link" };

export function component(data, state, act) {
  if (data.type === ROW) {
    return el("div", { class: "row" }, ...data.components.map((child) => component(child, state, act)));
  }
  if (data.type === BUTTON) return button(data, state, act);
  if (data.type === STRING_SELECT) return select(data, state, act);
  return el("p", { class: "unknown", text: `(this page does not draw components of type ${data.type})` });
}

function label(data) {
  return [data.emoji && text("emoji", data.emoji), data.label && el("span", { text: data.label })];
}

function optionWords({ label: name, description }) {
  return el("span", { class: "words" }, el("b", { text: name }), description && el("small", { text: description }));
}

function button(data, state, act) {
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
function select(data, state, act) {
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
  const menu = el("ul", { class: "options", role: "listbox", "aria-multiselectable": String(many) }, ...items);
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
