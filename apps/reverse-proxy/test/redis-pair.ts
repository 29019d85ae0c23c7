import { connectRedis } from "@neurond/store/redis";
import { testRedis } from "@neurond/testing";
import { openBackend, openProxy, send, settingsFor } from "./harness.ts";

/** Where the requests of these tests go. */
export const TARGET = "/sync/inference";

/** Two proxies of one miner behind one Redis, which may be down when they start. */
export async function openPair(onOutage: "local" | "refuse", isThere = true) {
  const opened = new AsyncDisposableStack();
  const backend = opened.use(await openBackend());
  const server = opened.use(await testRedis());
  const { url } = server;
  const settings = settingsFor(backend.url, { redis: { url, onOutage } });
  if (!isThere) await server.kill();
  const onAbsent = () => undefined;
  const { signal } = new AbortController();
  const one = async () => {
    const redis = opened.use(await connectRedis({ url, commandMs: 250, onAbsent, signal }));
    const { proxy } = await openProxy(settings, { redis });
    return opened.use(proxy);
  };
  return Object.assign(opened, { server, proxies: [await one(), await one()] as const });
}

export const post = (proxy: { readonly url: string }, headers: Record<string, string>) =>
  send(proxy.url, "POST", TARGET, headers);

/** What two proxies say to one and the same request, one after the other. */
export async function passedTwice(
  one: { readonly url: string },
  other: { readonly url: string },
  headers: Record<string, string>,
) {
  return [(await post(one, headers)).status, (await post(other, headers)).status];
}
