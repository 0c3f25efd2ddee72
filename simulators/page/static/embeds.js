// Embeds: https://docs.discord.com/developers/resources/message#embed-object
import { el, link } from "./dom.js";
import { blocks, spans } from "./markdown.js";
import { posted } from "./times.js";

export function embed(data, context) {
  const box = el("article", { class: "embed" });
  if (data.color !== null) box.style.borderLeftColor = `#${Number(data.color).toString(16).padStart(6, "0")}`;
  const words = el("div", { class: "words" },
    data.author && el("div", { class: "embed-author", text: data.author }),
    data.title && el("div", { class: "embed-title" }, title(data, context)),
    data.description && el("div", { class: "embed-description" }, ...blocks(data.description, context)),
    data.fields.length > 0 && el("div", { class: "fields" }, ...fields(data, context)));
  box.append(words);
  if (data.thumbnail) box.append(el("img", { class: "thumbnail", src: data.thumbnail, alt: "" }));
  if (data.image) box.append(el("img", { class: "picture", src: data.image, alt: data.title }));
  if (data.footer || data.at !== null) {
    const dot = data.footer && data.at !== null ? " • " : "";
    box.append(el("footer", {}, data.footer + dot, data.at !== null && posted(data.at)));
  }
  return box;
}

function title(data, context) {
  const words = spans(data.title, context);
  return data.url ? link(data.url, null, ...words) : el("span", {}, ...words);
}

// Inline fields stand in rows of three, and the fields of a shorter row share its width.
function fields(data, context) {
  const rows = [];
  for (const field of data.fields) {
    const last = rows.at(-1);
    if (field.inline && last?.[0].inline && last.length < 3) last.push(field);
    else rows.push([field]);
  }
  return rows.flatMap((row) => row.map((field) => {
    const node = el("div", { class: "field" },
      el("div", { class: "field-name" }, ...spans(field.name, context)),
      el("div", { class: "field-value" }, ...blocks(field.value, context)));
    if (row[0].inline) node.style.setProperty("--span", row.length === 2 ? 6 : 4);
    return node;
  }));
}
