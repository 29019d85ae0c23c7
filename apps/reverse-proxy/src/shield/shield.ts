import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setInterval as every } from "node:timers/promises";
import { writeWhole } from "@neurond/files";
import { isAbort } from "@neurond/primitives";
import type { Logger } from "@neurond/runtime";
import type { KnownAddresses } from "../policies/known-addresses.ts";
import { type AllowedAddress, type AllowedDeps, allowedAddresses } from "./allowed-addresses.ts";
import { encodeAllowed, FORMATS } from "./firewall-formats.ts";
import { LearntAddresses } from "./learnt-addresses.ts";

export interface ShieldOptions extends Omit<AllowedDeps, "learnt"> {
  /** Null keeps no files. */
  readonly directory: string | null;
  readonly keepMs: number;
  readonly addresses: Pick<KnownAddresses, "proven">;
  readonly log: Logger;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** Addresses that a firewall may let in first. */
export interface Shield {
  allowed(): readonly AllowedAddress[];
  /** Writes them down when they have changed. */
  pass(): Promise<void>;
  /** Keeps the files up to date until the signal fires. */
  run(signal: AbortSignal): Promise<void>;
}

const PASS_MS = 5_000;
const LEARNT = "learnt.json";
/** A firewall's own program reads them, which need not be us. */
const PUBLIC_MODE = 0o644;

/** Opens the list with what was learnt before a restart. */
export async function openShield(options: ShieldOptions): Promise<Shield> {
  const { directory, now, log } = options;
  const learnt = new LearntAddresses(options.keepMs);
  if (directory !== null)
    learnt.decode(await readFile(join(directory, LEARNT), "utf8").catch(() => ""));
  /** Null until we have written ourselves: what an earlier run left may be out of date. */
  let written: string | null = null;
  const allowed = () => {
    for (const address of options.addresses.proven(now())) learnt.learn(address, now());
    return allowedAddresses({ ...options, learnt }, now());
  };
  const pass = async () => {
    if (directory === null) return;
    const list = allowed();
    const state = list.map(({ address, why }) => `${address} ${why}`).join("\n");
    if (state === written) return;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    for (const format of FORMATS)
      await writeWhole(join(directory, `allowed.${format}`), encodeAllowed(list, format), {
        mode: PUBLIC_MODE,
      });
    await writeWhole(join(directory, LEARNT), learnt.encode());
    written = state;
  };
  return {
    allowed,
    pass,
    async run(signal) {
      try {
        for await (const _ of every(PASS_MS, undefined, { signal })) {
          // The disk's trouble must not stop the proxy: the firewall goes on with the list it has.
          await pass().catch((error: unknown) =>
            log.error({ error }, "allowed addresses not written"),
          );
        }
      } catch (error) {
        if (!isAbort(error)) throw error;
      }
    },
  };
}
