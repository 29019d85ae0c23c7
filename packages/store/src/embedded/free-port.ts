import { once } from "node:events";
import { createServer } from "node:net";

/** A port of the loopback interface that nobody listens on: the wished one if it is free. */
export async function freePort(wished = 0): Promise<number> {
  const server = createServer();
  server.listen({ host: "127.0.0.1", port: wished });
  try {
    await once(server, "listening");
  } catch (error) {
    if (wished === 0) throw error;
    return freePort();
  }
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new TypeError("no port was given");
  return address.port;
}
