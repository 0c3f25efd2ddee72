// Moments as Discord shows them; the relative ones tick by themselves.
import { el } from "./dom.js";

const format = (options) => new Intl.DateTimeFormat("en-US", options);
const STYLES = {
  t: format({ timeStyle: "short" }),
  T: format({ timeStyle: "medium" }),
  d: format({ dateStyle: "short" }),
  D: format({ dateStyle: "long" }),
  f: format({ dateStyle: "long", timeStyle: "short" }),
  F: format({ dateStyle: "full", timeStyle: "short" }),
};
const UNITS = [["year", 31557600], ["month", 2629800], ["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
const relative = new Intl.RelativeTimeFormat("en-US");

function ago(unix) {
  const seconds = Math.trunc(unix - Date.now() / 1000);
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? UNITS.at(-1);
  return relative.format(Math.trunc(seconds / size), unit);
}

// <t:unix:style>: https://docs.discord.com/developers/reference#message-formatting-timestamp-styles
export function moment(unix, style) {
  const date = new Date(unix * 1000);
  if (Number.isNaN(date.getTime())) return "Invalid Date";
  const text = style === "R" ? ago(unix) : (STYLES[style] ?? STYLES.f).format(date);
  const node = el("time", { class: "moment", datetime: date.toISOString(), title: STYLES.F.format(date), text });
  if (style === "R") node.dataset.ago = String(unix);
  return node;
}

// The time beside an author's name.
export function posted(unix) {
  const date = new Date(unix * 1000);
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(date).setHours(0, 0, 0, 0)) / 86400000);
  const clock = STYLES.t.format(date);
  const text = days === 0 ? clock : days === 1 ? `Yesterday at ${clock}` : `${STYLES.d.format(date)}, ${clock}`;
  return el("time", { class: "posted", datetime: date.toISOString(), title: STYLES.F.format(date), text });
}

export function tick() {
  for (const node of document.querySelectorAll("time[data-ago]")) {
    const text = ago(Number(node.dataset.ago));
    if (node.firstChild.data !== text) node.firstChild.data = text;
  }
}
