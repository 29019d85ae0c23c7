// The server behind every proxy: answers JSON at once, and streams that say one thing and stay open.

import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";
import { JSON_BODY, MessageCounter } from "./wire.ts";

// Whoever started this is gone.
process.once("disconnect", () => process.exit());

const JSON_ANSWER = Buffer.from(
  `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${JSON_BODY.length}\r\n\r\n${JSON_BODY}`,
);
const EVENTS_ANSWER =
  "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n";

let bytesSeen = 0;
process.on("message", () => {
  process.send?.(bytesSeen);
});

const server = createServer({ noDelay: true }, (socket: Socket) => {
  const counter = new MessageCounter();
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk: Buffer) => {
    bytesSeen += chunk.length;
    for (let left = counter.take(chunk); left > 0; left -= 1) {
      socket.write(counter.firstLine.includes("/events") ? EVENTS_ANSWER : JSON_ANSWER);
    }
  });
});
server.listen({ port: 0, host: "127.0.0.1", backlog: 4_096 }, () => {
  process.send?.((server.address() as AddressInfo).port);
});
