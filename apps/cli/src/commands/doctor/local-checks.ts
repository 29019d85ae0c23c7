import { createServer } from "node:net";
import { type Check, fail, ok, warn } from "./check.ts";

const NODE_MAJOR = 24;
const LIVEZ_MS = 2_000;

/** Whether this Node can run the daemons. */
export function checkNode(version: string): Check {
  const major = Number(version.split(".")[0]);
  if (major >= NODE_MAJOR) return ok("node", `Node ${version}`);
  const remedy = `start it with \`npm run neurond\`, which brings Node ${NODE_MAJOR}, or install that`;
  return fail("node", `Node ${version} is too old for the daemons`, remedy);
}

/** Whether a daemon could listen on a port, or does already. */
export async function checkPort(port: number): Promise<Check> {
  const error = await bind(port);
  if (error === undefined) return ok("port", `port ${port} is free`);
  if (error === "EACCES") {
    const remedy = "give a port above 1023 with --axon.port, or grant CAP_NET_BIND_SERVICE";
    return fail("port", `this user may not listen on port ${port}`, remedy);
  }
  if (error !== "EADDRINUSE") {
    return fail("port", `cannot listen on port ${port} (${error})`, "see what the system says");
  }
  const status = await livez(`http://127.0.0.1:${port}`);
  if (status === 200) return ok("port", `a daemon answers on port ${port}`);
  if (status === 503) {
    return warn("port", `the daemon on port ${port} says that it is not alive`, "read its log");
  }
  const remedy = "stop what listens there, or give another port with --axon.port";
  return fail("port", `port ${port} is taken by something else`, remedy);
}

/** Status of a daemon's `/livez`; undefined when nothing like it answers there. */
export async function livez(origin: string): Promise<number | undefined> {
  try {
    const signal = AbortSignal.timeout(LIVEZ_MS);
    const response = await fetch(new URL("/livez", origin), { signal, redirect: "error" });
    await response.body?.cancel();
    return response.status;
  } catch {
    return undefined;
  }
}

function bind(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, () => server.close(() => resolve(undefined)));
  });
}
