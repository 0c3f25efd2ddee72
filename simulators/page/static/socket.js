// The websocket to the demo: requests with answers, updates, and coming back after it was lost.

const ENDED = "The demo has ended. Run make demo again.";
const LOST = "Connection lost. Trying again…";

export class Socket {
  #ws = null;
  #nonce = 0;
  #waiting = new Map();
  #failures = 0;

  constructor({ onUpdate, onBanner, onOpen }) {
    this.onUpdate = onUpdate;
    this.onBanner = onBanner;
    this.onOpen = onOpen;
    this.#connect();
  }

  tell(request) {
    if (this.#ws?.readyState === WebSocket.OPEN) this.#ws.send(JSON.stringify(request));
  }

  // Resolves with the answer; rejects with the sentence to show.
  ask(request) {
    if (this.#ws?.readyState !== WebSocket.OPEN) return Promise.reject(new Error("The demo is not connected"));
    const nonce = ++this.#nonce;
    return new Promise((resolve, reject) => {
      this.#waiting.set(nonce, { resolve, reject });
      this.tell({ ...request, nonce });
    });
  }

  #connect() {
    const ws = new WebSocket(`ws://${location.host}/socket`);
    this.#ws = ws;
    ws.addEventListener("open", () => {
      this.#failures = 0;
      this.onBanner(null);
      this.onOpen();
    });
    ws.addEventListener("message", (event) => this.#receive(JSON.parse(event.data)));
    ws.addEventListener("close", (event) => this.#lost(event.code));
  }

  #receive(message) {
    if (message.op !== "answer") return this.onUpdate(message);
    const waiting = this.#waiting.get(message.nonce);
    this.#waiting.delete(message.nonce);
    if (message.error) waiting?.reject(new Error(message.error));
    else waiting?.resolve(message);
  }

  #lost(code) {
    for (const { reject } of this.#waiting.values()) reject(new Error("The connection was lost"));
    this.#waiting.clear();
    this.#failures += 1;
    this.onBanner(code === 1001 || this.#failures > 2 ? ENDED : LOST);
    setTimeout(() => this.#connect(), Math.min(500 * this.#failures, 3000));
  }
}
