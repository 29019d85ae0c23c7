import { connect } from "node:net";
import type { Settings } from "@neurond/reverse-proxy";
import { fail, ok, warn } from "../../doctor/check.ts";
import type { ProxyCheck } from "./examined.ts";

const TIMEOUT_MS = 3_000;

/** Whether something answers behind us, at each server of each upstream that is used. */
export async function checkBackends(settings: Settings): Promise<readonly ProxyCheck[]> {
  const needed = neededUpstreams(settings);
  return Promise.all(
    Object.entries(settings.upstreams).map(async ([name, { urls, health }]) => {
      const found = await Promise.all(urls.map((url) => ask(url, health?.path ?? null)));
      const bad = found.flatMap((trouble, at) =>
        trouble === null ? [] : [`${urls[at]} ${trouble}`],
      );
      if (bad.length === 0) return ok("backends", `${name}: ${urls.join(", ")}`);
      const text = `${name}: ${bad.join("; ")}`;
      const remedy = "start the server, or correct its URL; see its own log";
      const isGone = bad.length === urls.length && needed.has(name);
      return isGone ? fail("backends", text, remedy) : warn("backends", text, remedy);
    }),
  );
}

/** Those that somebody configured, and those behind what we say we can do. */
function neededUpstreams({ config }: Settings): ReadonlySet<string> {
  const { inference, training, upstreams } = config.capacity;
  return new Set([
    ...config.routes.map(({ upstream }) => upstream),
    ...config.tenants.flatMap((tenant) => Object.values(tenant.upstreams)),
    ...Object.keys(upstreams),
    ...(inference.length > 0 ? ["inference"] : []),
    ...(training.length > 0 ? ["training"] : []),
  ]);
}

/** What is wrong with a server; null when nothing is. */
async function ask(url: string, healthPath: string | null): Promise<string | null> {
  const trouble = await reach(url);
  // Servers with certificates of their own are left to the proxy, which has their authority.
  if (trouble !== null || healthPath === null || !url.startsWith("http:")) return trouble;
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(new URL(healthPath, url), { signal, redirect: "manual" });
    await response.body?.cancel();
    return response.ok ? null : `answers ${healthPath} with ${response.status}`;
  } catch (error) {
    return `does not answer ${healthPath}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function reach(url: string): Promise<string | null> {
  const target = new URL(url);
  const { protocol, hostname, port, pathname } = target;
  const socket =
    protocol === "unix:"
      ? connect({ path: pathname })
      : connect({
          host: hostname.replace(/^\[|\]$/g, ""),
          port: Number(port) || (protocol === "https:" ? 443 : 80),
        });
  return new Promise((resolve) => {
    const end = (trouble: string | null) => {
      socket.destroy();
      resolve(trouble);
    };
    socket.setTimeout(TIMEOUT_MS, () => end("takes no connection in time"));
    socket.once("connect", () => end(null));
    socket.once("error", (error: NodeJS.ErrnoException) =>
      end(`takes no connection (${error.code ?? error.message})`),
    );
  });
}
