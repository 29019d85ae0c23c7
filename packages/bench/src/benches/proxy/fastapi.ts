import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { freePort, listening } from "./free-port.ts";
import { Pinned, SERVER_CORE } from "./pinned.ts";

const SCRIPT = fileURLToPath(new URL("./serve_fastapi.py", import.meta.url));

export const hasFastapi =
  spawnSync("python3", ["-c", "import fastapi, httpx, uvicorn"], { stdio: "ignore" }).status === 0;

/** One worker of FastAPI with a pooled httpx client; the port it listens on. */
export async function startFastapi(
  backend: number,
  resources: AsyncDisposableStack,
): Promise<number> {
  const port = await freePort();
  resources.use(new Pinned(SERVER_CORE, "python3", [SCRIPT, `${port}`, `${backend}`]));
  await listening(port, "FastAPI");
  return port;
}
