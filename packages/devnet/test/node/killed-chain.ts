import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { openStateFile } from "../../src/node/state-file.ts";
import { makeNode } from "./fixture.ts";

const script = fileURLToPath(new URL("./chain-process.ts", import.meta.url));

/** Lets a process write until it is killed; answers with what it had told until then. */
async function liveAndDie(path: string, livesMs: number): Promise<string[]> {
  const child = spawn(process.execPath, ["--conditions=neurond:source", script, path], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const died = once(child, "close");
  let told = "";
  child.stdout.on("data", (chunk: Buffer) => {
    told += chunk.toString();
  });
  while (!told.includes("\n")) await once(child.stdout, "data");
  await new Promise((resolve) => setTimeout(resolve, livesMs));
  child.kill("SIGKILL");
  await died;
  // The last line may be cut off.
  return told.split("\n").slice(0, -1);
}

/** Kills a chain's process so often, at different moments: no block it told of may be lost. */
export async function killChain(kills: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "killed-"));
  const path = join(directory, "chain");
  const told = new Map<number, string>();
  try {
    for (let kill = 0; kill < kills; kill += 1) {
      const lines = await liveAndDie(path, (kill * 37) % 101);
      for (const line of lines.filter((text) => /^\d/.test(text))) {
        const [number = "", hash = ""] = line.split(" ");
        told.set(Number(number), hash);
      }
    }
    // How many depends on the machine: some lives are over before the first block.
    expect(told.size).toBeGreaterThan(0);
    const file = openStateFile(path);
    const node = makeNode({ journal: file });
    for (const [number, hash] of told) expect(node.blocks.byNumber(number)?.hash).toBe(hash);
    expect(node.best.number).toBeGreaterThanOrEqual(Math.max(...told.keys()));
    node.produce();
    file.close();
  } finally {
    rmSync(directory, { recursive: true });
  }
}
