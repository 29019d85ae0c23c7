import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A backend on a port of its own that can be told to answer otherwise, or to die. */
export async function openBackend(answer: Answer) {
  const state = { answer, seen: 0 };
  const server = createServer((request, response) => {
    state.seen += 1;
    state.answer(request, response);
  });
  const listen = async (port: number) => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  };
  return Object.assign(state, {
    url: `http://127.0.0.1:${port}`,
    close,
    /** Listens again where it did. */
    revive: () => listen(port),
    [Symbol.asyncDispose]: close,
  });
}
