import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { verifySr25519Fast } from "@neurond/crypto";
import type { Hotkey } from "@neurond/primitives";
import { z } from "zod";
import { PROXIES } from "./cast.ts";
import { operatorOf } from "./daemons.ts";
import type { ReceiptCheck } from "./expectations.ts";
import { addressesOf } from "./founding.ts";
import type { Ground } from "./ground.ts";

/** A receipt is under a signed head within a second; of a long story there are many, and the machine may be busy. */
const WAIT_MS = 60_000;
const POLL_MS = 250;
/** Asked for at once. */
const BATCH = 32;
/** The latest, below what an operator may ask for in a minute. */
const MOST = 512;

/** A line of the log about a request whose caller was proven. */
const Logged = z.object({
  msg: z.literal("request"),
  requestId: z.string(),
  hotkey: z.string(),
  time: z.iso.datetime(),
});

/** Compares each proxy's log with its ledger: whatever was served must stand in what the miner signed. */
export function checkReceipts(
  ground: Ground,
  { sinceMs, signal }: { readonly sinceMs: number; readonly signal: AbortSignal },
): Promise<readonly ReceiptCheck[]> {
  return Promise.all(
    PROXIES.map(async ({ name, miners: [signer = ""] = [] }) => {
      const ids = (await servedRequests(ground.places.log(name), sinceMs)).slice(-MOST);
      const { hotkey } = addressesOf(ground.wallets, signer);
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(WAIT_MS)]);
      let proven = 0;
      for (let from = 0; from < ids.length; from += BATCH) {
        const asked = ids
          .slice(from, from + BATCH)
          .map((id) => isProven(id, { ground, proxy: name, hotkey, deadline }));
        proven += (await Promise.all(asked)).filter(Boolean).length;
      }
      signal.throwIfAborted();
      return { proxy: name, served: ids.length, proven };
    }),
  );
}

/** Ids of requests in a log; a line that is being written is one of the next time. */
async function servedRequests(log: string, sinceMs: number): Promise<readonly string[]> {
  const text = await readFile(log, "utf8").catch(() => "");
  return text.split("\n").flatMap((line) => {
    const logged = Logged.safeParse(parse(line)).data;
    return logged !== undefined && Date.parse(logged.time) >= sinceMs ? [logged.requestId] : [];
  });
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

interface Asked {
  readonly ground: Ground;
  readonly proxy: string;
  readonly hotkey: Hotkey;
  readonly deadline: AbortSignal;
}

/** Asks as the operator would, until the receipt is under a head or there is no hope. */
async function isProven(id: string, { ground, proxy, hotkey, deadline }: Asked): Promise<boolean> {
  const url = new URL(`/v1/receipts/${id}`, operatorOf(ground, proxy, "admin"));
  const headers = { authorization: `Bearer ${ground.adminToken}` };
  try {
    for (;;) {
      const response = await fetch(url, { headers, signal: deadline });
      const answer: unknown = await response.json();
      if (response.status !== 202) {
        // The proxy's own code is loaded when it is needed: by then everything else has started.
        const { verifyReceipt } = await import("@neurond/reverse-proxy");
        const receipt = verifyReceipt(answer, hotkey, verifySr25519Fast);
        return receipt?.kind === "request" && receipt.request_id === id;
      }
      await sleep(POLL_MS, undefined, { signal: deadline });
    }
  } catch {
    return false;
  }
}
