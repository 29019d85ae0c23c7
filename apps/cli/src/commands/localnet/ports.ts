import { once } from "node:events";
import { createServer, type Server } from "node:net";

/** Free ports of an address, all different; those of `wished` that are free stay. */
export async function freePorts(
  host: string,
  names: readonly string[],
  wished: Readonly<Record<string, number>> = {},
): Promise<Record<string, number>> {
  const ports: Record<string, number> = {};
  const held: Server[] = [];
  try {
    // All are held until the last is known: a port that was let go could be given twice.
    for (const name of names) {
      const server = (await hold(host, wished[name] ?? 0)) ?? (await hold(host, 0));
      if (server === null) throw new Error("the system gives no port");
      held.push(server);
      const address = server.address();
      if (typeof address === "object" && address !== null) ports[name] = address.port;
    }
  } finally {
    await Promise.all(held.map(letGo));
  }
  return ports;
}

async function hold(host: string, port: number): Promise<Server | null> {
  const server = createServer();
  server.listen({ host, port });
  try {
    await once(server, "listening");
    return server;
  } catch {
    return null;
  }
}

async function letGo(server: Server): Promise<void> {
  server.close();
  await once(server, "close");
}

/** Whether nobody listens on a port. */
export async function isPortFree(host: string, port: number): Promise<boolean> {
  const server = await hold(host, port);
  if (server === null) return false;
  await letGo(server);
  return true;
}
