import { once } from "node:events";
import { createServer } from "node:net";

/** Where daemons of one machine listen, and what they say of it on chain. */
export interface Loopback {
  readonly host: string;
  /** As announced: the chain refuses 127.0.0.1 and ::1. */
  readonly announced: string;
}

/** Linux answers on all of 127.0.0.0/8; elsewhere the IPv4 address is announced in IPv6 spelling. */
export async function findLoopback(): Promise<Loopback> {
  const server = createServer();
  try {
    server.listen({ host: "127.0.0.2", port: 0 });
    await once(server, "listening");
    return { host: "127.0.0.2", announced: "127.0.0.2" };
  } catch {
    return { host: "127.0.0.1", announced: "::ffff:7f00:1" };
  } finally {
    server.close();
  }
}
