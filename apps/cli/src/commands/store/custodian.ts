import { randomBytes } from "node:crypto";
import { verifySr25519 } from "@neurond/crypto";
import { CodedError, type Hotkey, isAbort, parseHotkey } from "@neurond/primitives";
import { readBounded, SignedClient } from "@neurond/runtime/client";
import {
  CustodyKey,
  custodianOf,
  entrust,
  isCustodyKeySigned,
  type Manifest,
} from "@neurond/workload-storage/file";
import { z } from "zod";
import type { Call } from "../../call.ts";
import type { StoreCommandCode } from "./errors.ts";
import { announcedAxon, parseUrl } from "./find-validator.ts";
import { spread } from "./other-validators.ts";
import { latest } from "./own-file.ts";
import { type Published, type Publishing, publish } from "./publish.ts";

/** An API node that repairs files of others, and the key to box seal secrets for. */
export interface FoundCustodian {
  readonly url: URL;
  readonly key: CustodyKey;
}

/** A file of the caller's own. */
interface Entrusted extends Publishing {
  readonly manifest: Manifest;
  /** See `ownerKey` of workload-storage. */
  readonly ownerKey: Uint8Array;
}

const LOOK_MS = 10_000;
const TAKE_MS = 30_000;
const MAX_ANSWER_BYTES = 65_536;
const Offer = z.object({ key: CustodyKey });
const Refusal = z.object({ code: z.string(), detail: z.string() });

/**
 * The custodian somebody names by its URL, or by its hotkey and what that announces on chain. Its key
 * is its hotkey's word; of a URL, whatever hotkey answers there is meant.
 * @throws CodedError CUSTODIAN_FAILED
 */
export async function findCustodian(call: Call, named: string): Promise<FoundCustodian> {
  if (named.includes("://")) return readOffer(call, parseUrl(named, "the custodian"));
  const hotkey = parseHotkey(named);
  const url = await announcedAxon(call, hotkey);
  if (url === null) throw failed(`${hotkey} announces no address on chain: give its URL`);
  const found = await readOffer(call, url);
  if (found.key.hotkey === hotkey) return found;
  throw failed(`${url.origin} is ${found.key.hotkey}'s, not ${hotkey}'s`);
}

async function readOffer(call: Call, url: URL): Promise<FoundCustodian> {
  const signal = AbortSignal.any([call.signal, AbortSignal.timeout(LOOK_MS)]);
  const target = new URL("/v1/custody", url);
  const answer = await reach(call, url, async () => {
    const response = await fetch(target, { signal, redirect: "error" });
    return readBounded(response, MAX_ANSWER_BYTES);
  });
  const offer = Offer.safeParse(parseJson(answer));
  if (!offer.success) throw failed(`${url.origin} takes no files on`);
  if (isCustodyKeySigned(offer.data.key, verifySr25519)) return { url, key: offer.data.key };
  throw failed(`${url.origin} shows a key that its hotkey did not sign`);
}

/**
 * Names a custodian in a file's record, boxes the seal secret for it, and has it take the file on. The
 * key of the content stays here. Said twice it comes to the same.
 * @throws CodedError CUSTODIAN_FAILED when the record names it and it did not take the file on
 */
export async function handOver(
  call: Call,
  file: Entrusted,
  { url, key }: FoundCustodian,
): Promise<Published> {
  const before = await latest(file, call.signal);
  const isNamed = custodianOf(before) === key.hotkey && before.repairs === undefined;
  const published = isNamed
    ? {
        manifest: before,
        keepers: await spread(call, before, file.keepers),
      }
    : await publish(call, file, entrust(before, file.ownerKey, key, randomBytes(32)));
  const target = new URL(`/v1/custody/${before.id}`, url);
  target.searchParams.set("validator", file.network.hotkey);
  const ask = askCustodian(call, file, key.hotkey, { url: target, method: "PUT" });
  await call.progress("entrusting it", ask);
  return published;
}

/** Tells a custodian that it is none any more. @throws CodedError CUSTODIAN_FAILED */
export async function takeBack(
  call: Call,
  file: Pick<Entrusted, "signatory" | "manifest">,
  { url, key }: FoundCustodian,
): Promise<void> {
  const target = new URL(`/v1/custody/${file.manifest.id}`, url);
  await askCustodian(call, file, key.hotkey, { url: target, method: "DELETE" });
}

async function askCustodian(
  call: Call,
  file: Pick<Entrusted, "signatory" | "manifest">,
  receiver: Hotkey,
  { url, method }: { readonly url: URL; readonly method: "PUT" | "DELETE" },
): Promise<void> {
  const client = new SignedClient({ key: file.signatory.key });
  const { status, body } = await reach(call, url, () =>
    client.fetch({
      ...{ url, method, receiver, timeoutMs: TAKE_MS, signal: call.signal },
      maxAnswerBytes: MAX_ANSWER_BYTES,
    }),
  );
  if (status === 200) return;
  const refusal = Refusal.safeParse(parseJson(body));
  const why = refusal.success ? `${refusal.data.code}: ${refusal.data.detail}` : `status ${status}`;
  throw failed(`${url.origin} refused ${file.manifest.id}: ${why}`);
}

async function reach<Value>(call: Call, url: URL, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (cause) {
    call.signal.throwIfAborted();
    if (cause instanceof CodedError && !isAbort(cause)) throw cause;
    throw failed(`${url.origin} did not answer`, cause);
  }
}

const failed = (what: string, cause?: unknown) =>
  new CodedError<StoreCommandCode>(
    "CUSTODIAN_FAILED",
    `no custodian took the file: ${what}`,
    {},
    { cause },
  );

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
