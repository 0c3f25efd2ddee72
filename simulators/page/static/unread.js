// Which messages a user has not seen yet, remembered for as long as this browser tab and this demo live.
import { byId } from "./dom.js";

export class Unread {
  #prefix = "";

  look(run, viewer) {
    this.#prefix = `read ${run} ${viewer} `;
  }

  read(tab, messages) {
    const last = [...messages].sort(byId).at(-1);
    if (last) sessionStorage.setItem(this.#prefix + tab, last.id);
  }

  count(tab, messages) {
    const last = BigInt(sessionStorage.getItem(this.#prefix + tab) ?? 0);
    return [...messages].filter((message) => BigInt(message.id) > last).length;
  }
}
