import {
  type Checkpoint,
  type Log,
  type LogStorage,
  proveEntry,
  proveGrowth,
  rootAt,
  type Signer,
  signCheckpoint,
} from "@neurond/ledger";
import { type BlockNumber, CodedError, type Netuid } from "@neurond/primitives";
import type { App } from "@neurond/runtime";
import { z } from "zod";
import type { ValidatorCode } from "../errors.ts";
import { param } from "./params.ts";

const MAX_ENTRIES = 256;
const MAX_BYTES = 4_194_304;
/** Signed heads kept in memory: an auditor asks for the one it has just seen on chain. */
const MAX_SIGNED = 256;

/** What serving the log needs. */
export interface LogDeps {
  readonly netuid: Netuid;
  readonly signer: Signer;
  readonly record: Log;
  readonly storage: LogStorage;
  readonly head: () => BlockNumber;
}

/** Serves the append-only record and proofs about it. */
export function serveLog(app: App, deps: LogDeps): void {
  const signed = new Map<number, Checkpoint>();
  const checkpointOf = async (size: number): Promise<Checkpoint> => {
    const known = signed.get(size);
    if (known !== undefined) return known;
    const root = await rootAt(deps.storage, size);
    if (root === null) throw unknownSize(size);
    const checkpoint = signCheckpoint(
      { size, root },
      { netuid: deps.netuid, block: deps.head() },
      deps.signer,
    );
    if (signed.size >= MAX_SIGNED) signed.clear();
    signed.set(size, checkpoint);
    return checkpoint;
  };

  app.get("/v1/log/checkpoint", { schema: { summary: "The signed head of the log" } }, async () =>
    checkpointOf((await deps.record.head()).size),
  );
  app.get(
    "/v1/log/checkpoint/:size",
    {
      schema: {
        summary: "The signed head the log had when it was `size` entries long",
        params: z.object({ size: param.index }),
      },
    },
    async (request) => checkpointOf(request.params.size),
  );
  serveEntries(app, deps);
  serveProofs(app, deps);
}

function serveEntries(app: App, { storage }: LogDeps): void {
  app.get(
    "/v1/log/entries",
    {
      schema: {
        summary: `Entries of the log, at most ${MAX_ENTRIES} and 4 MiB at once`,
        querystring: z.object({ from: param.index, to: param.index }),
      },
    },
    async (request) => {
      const { from, to } = request.query;
      if (to < from) throw badRange(`${from} to ${to} is no range`);
      const texts = await storage.read(from, Math.min(to, from + MAX_ENTRIES));
      return { from, entries: withinBytes(texts) };
    },
  );
}

/** The first entries that fit; always one, so that a reader gets on. */
function withinBytes(texts: readonly string[]): readonly string[] {
  let bytes = 0;
  const end = texts.findIndex((text) => {
    bytes += Buffer.byteLength(text);
    return bytes > MAX_BYTES;
  });
  return end < 0 ? texts : texts.slice(0, Math.max(1, end));
}

function serveProofs(app: App, { storage }: LogDeps): void {
  const requireOrder = async (first: number, second: number, what: string) => {
    if (first > second || second > (await storage.size())) throw badRange(what);
  };
  app.get(
    "/v1/log/proof/growth",
    {
      schema: {
        summary: "Proof that the log of `to` entries begins with the log of `from`",
        querystring: z.object({ from: param.index, to: param.index }),
      },
    },
    async (request) => {
      const { from, to } = request.query;
      await requireOrder(from, to, `the log never grew from ${from} to ${to}`);
      return { hashes: await proveGrowth(storage, from, to) };
    },
  );
  app.get(
    "/v1/log/proof/entry",
    {
      schema: {
        summary: "Proof that an entry is in the log of `size` entries",
        querystring: z.object({ index: param.index, size: param.index }),
      },
    },
    async (request) => {
      const { index, size } = request.query;
      await requireOrder(index + 1, size, `entry ${index} is not among the first ${size}`);
      return { hashes: await proveEntry(storage, index, size) };
    },
  );
}

const badRange = (message: string) => new CodedError<ValidatorCode>("LOG_RANGE_INVALID", message);

const unknownSize = (size: number) =>
  new CodedError<ValidatorCode>("CHECKPOINT_UNKNOWN", `the log never had ${size} entries`, {
    size,
  });
