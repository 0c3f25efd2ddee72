// The line that stands for a reply while a command is being sent, and stays when nobody answered it.
import { byId } from "./dom.js";

let count = 0;

export function sending(command, by, bot, known) {
  return {
    id: `local-${++count}`,
    local: { error: null },
    after: BigInt([...known].sort(byId).at(-1)?.id ?? 0),
    author: { id: "bot", name: bot, bot: true },
    asked: { by, command, pressed: "" },
    at: Date.now() / 1000,
    content: "",
    edited: null,
    ephemeral: true,
    thinking: false,
    names: {},
    files: [],
    components: [],
  };
}

// Whether the reply is there already, although its acknowledgement has not reached us yet.
export function isAnswered({ asked, after }, messages) {
  const later = messages.filter((one) => BigInt(one.id) > after);
  return later.some((one) => one.asked?.by === asked.by && one.asked.command === asked.command);
}
