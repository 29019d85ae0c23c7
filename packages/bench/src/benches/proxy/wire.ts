/** What the bench sends and answers: as little work as HTTP allows, so that the proxy is what is measured. */

export const HEAD_END = Buffer.from("\r\n\r\n");
export const JSON_BODY = JSON.stringify({ prompt: "x".repeat(1024 - 13) });
export const JSON_TARGET = "/json";
export const OPEN_TARGET = "/open/json";
export const EVENTS_TARGET = "/open/events";

/** Follows a stream of messages that all have a length, and tells how many have ended. */
export class MessageCounter {
  #head = "";
  #missing = 0;
  /** Start line of the last message whose head is whole. */
  firstLine = "";

  /** Messages that ended in this chunk. */
  take(chunk: Buffer): number {
    let ended = 0;
    let at = 0;
    while (at < chunk.length) {
      if (this.#missing > 0) {
        const taken = Math.min(this.#missing, chunk.length - at);
        this.#missing -= taken;
        at += taken;
        if (this.#missing === 0) ended += 1;
        continue;
      }
      const end = chunk.indexOf(HEAD_END, at);
      if (end < 0) {
        this.#head += chunk.toString("latin1", at);
        break;
      }
      const head = this.#head + chunk.toString("latin1", at, end + HEAD_END.length);
      this.#head = "";
      at = end + HEAD_END.length;
      this.firstLine = head.slice(0, head.indexOf("\r\n"));
      this.#missing = Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0);
      if (this.#missing === 0) ended += 1;
    }
    return ended;
  }
}
