import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { RpcClient } from "./rpc-client.ts";

const NEUROND = fileURLToPath(new URL("../../../../../apps/cli/src/main.ts", import.meta.url));

/** `neurond devnet` as its users start it: another process. */
export class DevnetProcess implements AsyncDisposable {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(url: string, child: ChildProcess) {
    this.url = url;
    this.#child = child;
  }

  static async start(...options: readonly string[]): Promise<DevnetProcess> {
    const port = await freePort();
    const args = ["--conditions=neurond:source", NEUROND, "devnet", "--port", `${port}`];
    const child = spawn(process.execPath, [...args, ...options], { stdio: "ignore" });
    const started = new DevnetProcess(`ws://127.0.0.1:${port}`, child);
    try {
      await started.#firstAnswer();
      return started;
    } catch (error) {
      await started[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null) return;
    this.#child.kill("SIGKILL");
    await once(this.#child, "exit");
  }

  async #firstAnswer(): Promise<void> {
    for (const deadline = Date.now() + 20_000; Date.now() < deadline; await sleep(10)) {
      if (this.#child.exitCode !== null) throw new Error("neurond devnet ended at its start");
      try {
        await using rpc = await RpcClient.open(this.url);
        await rpc.request("system_chain", []);
        return;
      } catch {
        // Not listening yet.
      }
    }
    throw new Error("neurond devnet did not answer in 20 s");
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port was bound");
  return address.port;
}
