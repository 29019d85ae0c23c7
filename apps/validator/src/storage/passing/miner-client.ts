import { Readable } from "node:stream";
import type { SigningKey } from "@neurond/epistula";
import { CodedError, fromHex, type Hex } from "@neurond/primitives";
import { type Fetch, SignedClient, type SignedRequest } from "@neurond/runtime";
import {
  Countersignature,
  encodeGrantOffer,
  encodeOffer,
  GRANT_PARAMETER,
  type OfferedGrant,
  type OfferedReceipt,
  RECEIPT_PARAMETER,
  SignatureAnswer,
  shardPath,
  tagsPath,
} from "@neurond/workload-storage/io";
import type { ValidatorCode } from "../../errors.ts";
import type { ServingMiner } from "./miner-view.ts";

/** A sealed shard on its way. */
export interface PassingShard {
  readonly offer: OfferedReceipt;
  /** SHA-256 of the bytes to come: the request to the miner is signed before they are there. */
  readonly sha256: Uint8Array;
  readonly body: AsyncIterable<Uint8Array>;
}

/** Talks to miners about shards. */
export interface MinerClient {
  /** Hands a shard over; the miner's signature on its receipt. */
  put(miner: ServingMiner, shard: PassingShard, signal: AbortSignal): Promise<Uint8Array>;
  /** Hands the tags of a shard over; the miner's signature on their grant. */
  putTags(
    miner: ServingMiner,
    offer: OfferedGrant,
    sets: readonly Uint8Array[],
    signal: AbortSignal,
  ): Promise<Uint8Array>;
  /** A shard's bytes as they come; they are not checked here. */
  get(miner: ServingMiner, shardId: Uint8Array, signal: AbortSignal): Promise<Readable>;
  /** Asks to forget a shard; a refusal names its status. */
  forget(miner: ServingMiner, shardId: Uint8Array, signal: AbortSignal): Promise<void>;
  /** Asks to hold a shard for longer; the miner's signature on the new receipt. */
  renew(miner: ServingMiner, offer: OfferedReceipt, signal: AbortSignal): Promise<Uint8Array>;
}

const MAX_ANSWER_BYTES = 4_096;

/** A client that signs with the validator's hotkey. */
export function minerClient(key: SigningKey, timeoutMs: number, fetch?: Fetch): MinerClient {
  const client = new SignedClient({ key, ...(fetch && { fetch }) });
  const ask = (miner: ServingMiner, request: Pick<SignedRequest, "url" | "method" | "signal">) =>
    client.fetch({
      ...request,
      receiver: miner.hotkey,
      timeoutMs,
      maxAnswerBytes: MAX_ANSWER_BYTES,
    });
  return {
    async put(miner, { offer, sha256, body }, signal) {
      const { shardId, size: length } = offer.receipt;
      const url = new URL(shardPath(shardId), miner.url);
      url.searchParams.set(RECEIPT_PARAMETER, encodeOffer(offer));
      const answer = await client.fetch({
        url,
        method: "PUT",
        body: { stream: body, sha256, length },
        contentType: "application/octet-stream",
        receiver: miner.hotkey,
        timeoutMs,
        signal,
        maxAnswerBytes: MAX_ANSWER_BYTES,
      });
      if (answer.status !== 200) throw refused(miner, answer.status, answer.body);
      const parsed = Countersignature.safeParse(parseJson(answer.body));
      if (!parsed.success) throw refused(miner, answer.status, answer.body);
      return fromHex(parsed.data.miner_signature as Hex);
    },

    async putTags(miner, offer, sets, signal) {
      const url = new URL(tagsPath(offer.grant.shardId), miner.url);
      url.searchParams.set(GRANT_PARAMETER, encodeGrantOffer(offer));
      let answer: Awaited<ReturnType<typeof client.fetch>>;
      try {
        answer = await client.fetch({
          url,
          method: "PUT",
          body: Buffer.concat(sets),
          contentType: "application/octet-stream",
          receiver: miner.hotkey,
          timeoutMs,
          signal,
          maxAnswerBytes: MAX_ANSWER_BYTES,
        });
      } catch (error) {
        throw explainMiner(error, miner);
      }
      if (answer.status !== 200) throw refused(miner, answer.status, answer.body);
      const parsed = SignatureAnswer.safeParse(parseJson(answer.body));
      if (!parsed.success) throw refused(miner, answer.status, answer.body);
      return fromHex(parsed.data.signature as Hex);
    },

    async get(miner, shardId, signal) {
      const url = new URL(shardPath(shardId), miner.url);
      const response = await client.open({ url, receiver: miner.hotkey, timeoutMs, signal });
      if (response.status !== 200) {
        await response.discard();
        throw refused(miner, response.status, new Uint8Array());
      }
      return response.body instanceof Readable ? response.body : Readable.from(response.body);
    },

    async forget(miner, shardId, signal) {
      const url = new URL(shardPath(shardId), miner.url);
      const { status, body } = await ask(miner, { url, method: "DELETE", signal });
      if (status !== 204) throw refused(miner, status, body);
    },

    async renew(miner, offer, signal) {
      const url = new URL(`${shardPath(offer.receipt.shardId)}/receipt`, miner.url);
      url.searchParams.set(RECEIPT_PARAMETER, encodeOffer(offer));
      const { status, body } = await ask(miner, { url, method: "PUT", signal });
      const parsed = SignatureAnswer.safeParse(parseJson(body));
      if (status !== 200 || !parsed.success) throw refused(miner, status, body);
      return fromHex(parsed.data.signature as Hex);
    },
  };
}

/** Whether the miner or the way to it is at fault. */
export function explainMiner(error: unknown, miner: ServingMiner): unknown {
  if (error instanceof CodedError) return error;
  return new CodedError<ValidatorCode>(
    "MINER_UNREACHABLE",
    `miner ${miner.hotkey} did not take or give the shard; try again or use another`,
    { miner: miner.hotkey },
    { cause: error },
  );
}

function refused(miner: ServingMiner, status: number, body: Uint8Array) {
  const answered = parseJson(body);
  const code =
    typeof answered === "object" && answered !== null && "code" in answered
      ? String(answered.code).slice(0, 64)
      : "";
  return new CodedError<ValidatorCode>(
    "MINER_REFUSED",
    `miner ${miner.hotkey} answered ${status} ${code}; use another`.replace("  ", " "),
    { miner: miner.hotkey, status, code },
  );
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString("utf8"));
  } catch {
    return undefined;
  }
}
