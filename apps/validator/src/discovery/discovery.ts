import { readFile } from "node:fs/promises";
import { CodedError } from "@neurond/primitives";
import { checkedFetch } from "@neurond/registry/io";
import type { Fetch, RuntimeCode } from "@neurond/runtime";
import type { Config } from "../config.ts";
import { MinerBook } from "./miner-book.ts";

/** How miners are found, and what is known of them. */
export interface Discovery {
  readonly source: Config["discovery"]["source"];
  /** How registered endpoints are asked; an axon has always been asked by http. */
  readonly scheme: "https" | "http";
  readonly allowPrivate: boolean;
  /** What goes to registered endpoints: a name is resolved, checked and connected to once. */
  readonly fetch: Fetch | undefined;
  readonly book: MinerBook;
}

/** Longest pause between two polls of a miner that keeps failing. */
const LONGEST_PAUSE_MS = 3_600_000;

/** Makes sense of the settings, or says why there is none. Nothing is sent. */
export async function openDiscovery(
  { discovery, gossip }: Config,
  now: () => number,
): Promise<Discovery> {
  const { source, scheme, caFile, capacitySeconds, keepSeconds } = discovery;
  const { allowPrivatePeers: allowPrivate } = gossip;
  if (scheme === "http" && !allowPrivate) {
    const text =
      "discovery.scheme: http is for networks of your own, with gossip.allowPrivatePeers";
    throw new CodedError<RuntimeCode>("CONFIG_INVALID", text, { scheme });
  }
  const ca = caFile === undefined ? undefined : await readAuthority(caFile);
  const intervalMs = Math.round(capacitySeconds * 1000);
  const rules = {
    intervalMs,
    keepMs: Math.round(keepSeconds * 1000),
    longestPauseMs: Math.max(intervalMs, LONGEST_PAUSE_MS),
  };
  return {
    source,
    scheme,
    allowPrivate,
    fetch: source === "axon" ? undefined : checkedFetch({ allowPrivate, ca }),
    book: new MinerBook(rules, now),
  };
}

async function readAuthority(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const text = `discovery.caFile: ${file} cannot be read`;
    throw new CodedError<RuntimeCode>("CONFIG_INVALID", text, { file }, { cause });
  }
}
