import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { peakRssBytes as peakOf } from "@neurond/testing/memory";
import { CHECKOUT, COMPILE_CACHE, nodeArguments } from "../../src/commands/localnet/programs.ts";
import { clockArguments } from "./storage-daemons.ts";

/** How a command line ended, and what it took. */
export interface Measured {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
  /** The most memory that it had at once, as the kernel counts. */
  readonly peakRssBytes: number;
}

/** Runs a command line as a person does, and watches its memory. Linux only. */
export async function measured(
  line: readonly string[],
  home: string,
  options: { readonly clockAheadMs?: number; readonly isBuilt?: boolean } = {},
): Promise<Measured> {
  const { clockAheadMs = 0, isBuilt = false } = options;
  const program = isBuilt ? [await installed(home), ...line] : nodeArguments("neurond", line);
  const began = performance.now();
  const args = [...clockArguments(clockAheadMs), ...program];
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env["PATH"], HOME: home, NODE_COMPILE_CACHE: COMPILE_CACHE },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let peakRssBytes = 0;
  const watching = setInterval(() => {
    peakRssBytes = Math.max(peakRssBytes, peakOf(child.pid ?? 0));
  }, 50);
  const ended = once(child, "exit");
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await ended;
  clearInterval(watching);
  const seconds = (performance.now() - began) / 1000;
  return { exitCode: Number(code ?? 1), stdout, stderr, seconds, peakRssBytes };
}

/**
 * The command as people install it: its source beside it would be run instead of its build, and types in
 * the source take memory of their own.
 */
async function installed(home: string): Promise<string> {
  const app = join(home, "app");
  if ((await mkdir(app, { recursive: true })) !== undefined) {
    await cp(join(CHECKOUT, "apps/cli/bin"), join(app, "bin"), { recursive: true });
    await symlink(join(CHECKOUT, "apps/cli/dist"), join(app, "dist"));
  }
  return join(app, "bin/neurond.mjs");
}
