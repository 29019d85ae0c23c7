import { randomBytes } from "node:crypto";
import { rm, stat } from "node:fs/promises";
import { basename } from "node:path";
import { CodedError, isCoded } from "@neurond/primitives";
import { forgetUpload, putFile, type ValidatorNetwork } from "@neurond/storage-client";
import {
  type Manifest,
  planOfSize,
  type RsPlan,
  SEGMENT_BYTES,
  shareWith,
  signManifest,
} from "@neurond/workload-storage/file";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import type { Call } from "../../call.ts";
import type { UsageCode } from "../../failures.ts";
import { SIGNER_OPTIONS } from "../../wallet.ts";
import { namedNode } from "./api-node.ts";
import { findCustodian, handOver } from "./custodian.ts";
import { CUSTODIAN } from "./entrust.ts";
import {
  answeringValidators,
  noValidator,
  VALIDATOR_SHARED,
  validatorOptions,
} from "./find-validator.ts";
import { HASH_OPTION, hashFileOf } from "./hash-file.ts";
import { EVERYBODYS_ADDRESS } from "./open-key.ts";
import { spread } from "./other-validators.ts";
import { openBoxKey, openSignatory, type Signatory } from "./owner.ts";
import { putUpstream } from "./put-upstream.ts";
import { blocksOf, DEFAULT_TTL_S, keptSeconds, remember } from "./remember.ts";
import type { PutOutcome, PutShape } from "./schemas.ts";
import { ACCEPTED_OPTIONS, argumentOrOption } from "./seed-options.ts";
import { StallWatch, TIMEOUT_SENTENCE } from "./stall-watch.ts";
import { DIRECTORY_OPTION, localFilesOf, TransferLine } from "./store-options.ts";
import { openJournal } from "./upload-journal.ts";

/** `neurond store put` */
export const putStored = defineAction<z.infer<typeof PutOutcome>>({
  name: "put",
  summary: "encrypt a file and store it with miners, through a validator",
  description: `The file is encrypted here and cut into segments, each coded into shards of which some are enough to restore it; every shard is sealed for a miner of its own. Without --rs, files below 64 KiB are copied four times and larger ones coded 10 of 24, or as far as there are miners. Keys and name are boxed under the coldkey and stand in a record that is kept here and with the validator: without the coldkey nobody reads the file, its owner included. Requests are signed with the hotkey. Interrupted, the same command goes on where it was. Name and id are remembered for \`retrieve list\`. With --api a node does the cutting, and keeps the file under its own key: it is encrypted here before, so that the node cannot read it, unless --noencrypt leaves it to the node. ${TIMEOUT_SENTENCE}`,
  args: [{ flags: "[file]", description: "file to store; asked for when it is not given" }],
  options: [
    { flags: "--filepath <file>", description: "the same, as an option" },
    HASH_OPTION,
    {
      flags: "--noencrypt",
      description: "let whoever has the record read the file; only the owner is given it",
    },
    { flags: "--encrypt", description: "encrypt, which is done anyway" },
    {
      flags: "--ttl <seconds>",
      description: `for how long miners are to promise it, an hour at least; a note says when the validator has them promise less (default: ${DEFAULT_TTL_S})`,
    },
    {
      flags: "--rs <k,n>",
      description: "any k of n shards restore a segment (default: by size and miners)",
    },
    { flags: "--copies <number>", description: "whole copies of each segment: --rs 1,<number>" },
    {
      flags: "--min-shards <number>",
      description: "shards of a segment that must find a miner at once (default: all)",
    },
    {
      flags: "--custodian <node>",
      description: `${CUSTODIAN} that is to repair it, as \`store entrust\` has it`,
    },
    { flags: "--restart", description: "begin anew where an interrupted attempt would be resumed" },
    {
      flags: "--segment-bytes <number>",
      description: `length of a segment, at most what miners take (default: ${SEGMENT_BYTES})`,
    },
    {
      flags: "--api <url>",
      description:
        "store it through an API node by upstream's protocol instead; held in memory, encrypted as upstream's clients do",
    },
    {
      flags: "--api-hotkey <ss58>",
      description: "that node's hotkey, which requests are signed for",
    },
    DIRECTORY_OPTION,
    ...validatorOptions("store"),
    ...ACCEPTED_OPTIONS,
  ],
  shared: [...SIGNER_OPTIONS, ...VALIDATOR_SHARED],
  examples: [
    "neurond store put report.pdf --netuid 1 -w me",
    "neurond store put --filepath report.pdf --hash_basepath hashes --stake_limit 500 --netuid 21 --wallet.name me --no_prompt",
    "neurond store put report.pdf --validator http://127.0.0.1:8092 --uri //Client --rs 2,5 --json",
    "neurond store put report.pdf --api http://127.0.0.1:8095 --api_hotkey 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY -w me",
  ],
  schema: async () => (await import("./schemas.ts")).PutOutcome,
  run: put,
  human: (stored, view) => {
    if ("dataHash" in stored) {
      return view.pairs([
        ["file", stored.name],
        ["id", stored.dataHash],
        ["bytes", String(stored.size)],
        ["node", stored.node],
        ["encrypted", stored.encrypted ? undefined : "no: the node reads it"],
      ]);
    }
    return view.pairs([
      ["file", stored.name],
      ["id", stored.fileId],
      ["bytes", `${stored.size}, encrypted ${stored.encryptedSize}`],
      [
        "shards",
        `${stored.segments} segments, any ${stored.rs[0]} of ${stored.rs[1]}, ${stored.miners.length} miners`,
      ],
      ["resumed", stored.resumedSegments ? `${stored.resumedSegments} segments` : undefined],
      ["missing", stored.missing.length ? `${stored.missing.length} shards` : undefined],
      ["kept until", `block ${stored.expires}`],
      ["record", stored.record],
      ["also kept by", stored.keepers.length ? stored.keepers.join(", ") : undefined],
      ["repaired by", stored.custodian ?? undefined],
      ["encrypted", stored.encrypted ? undefined : "no: whoever has the record reads it"],
    ]);
  },
});

async function put(call: Call): Promise<z.infer<typeof PutOutcome>> {
  const path = await argumentOrOption(call, ["filepath"], "file to store");
  await requireFile(path);
  const rs = planOf(call);
  const isOpen = call.on("noencrypt");
  if (isOpen && call.on("encrypt")) throw usage("give --encrypt or --noencrypt, not both");
  const segmentBytes =
    call.integer("segment-bytes", { min: 65_536, max: 2 ** 30 }) ?? SEGMENT_BYTES;
  const minShards = call.integer("min-shards", { min: rs?.[0] ?? 1, max: rs?.[1] ?? 255 });
  const ttlSeconds = call.integer("ttl", { min: 1, max: 3_155_760_000 }) ?? DEFAULT_TTL_S;
  const node = namedNode(call);
  if (node !== null) return putUpstream(call, path, node, { isOpen, ttlSeconds });
  const hashes = hashFileOf(call);
  // A damaged one is found before anything is sent.
  await hashes?.entries();
  const local = localFilesOf(call);
  await local.prepare();
  using signatory = await openSignatory(call);
  using box = await openBoxKey(call);
  const wanted = call.given("custodian");
  const custodian = wanted === undefined ? null : await findCustodian(call, wanted);
  const [network, ...others] = await answeringValidators(call, signatory.key, "store");
  if (network === undefined) throw noValidator();
  await using journal = await openJournal(
    local,
    [path, signatory.hotkey, network.hotkey],
    call.signal,
  );
  if (call.on("restart")) await rm(journal.path, { force: true });
  const line = new TransferLine(`storing ${basename(path)}`);
  using stall = new StallWatch(call);
  const storing = putFile({
    source: path,
    name: basename(path),
    network,
    ...(rs !== undefined && { rs }),
    ...(minShards !== undefined && { minShards }),
    ttlBlocks: blocksOf(ttlSeconds),
    segmentBytes,
    owner: signatory.hotkey,
    ownerKey: box.bytes,
    sign: (digest) => signatory.key.sign(digest),
    journal: journal.path,
    signal: stall.signal,
    onProgress: (progress) => {
      stall.touch();
      line.onProgress(progress);
    },
  });
  const stored = await call.progress(line.label, storing);
  const made = isOpen ? opened(stored.manifest, signatory, box.bytes) : stored.manifest;
  if (rs === undefined) noteFewMiners(call, made);
  noteShortLife(call, made, ttlSeconds);
  // Here first: whoever has the record gets the file back, whatever the validator forgets.
  const { hotkey: validator, url } = network;
  await local.save({ manifest: made, validator, url: url.href });
  const manifest = await keepOnce(network, made, call.signal);
  const record = await local.save({ manifest, validator, url: url.href });
  if (hashes !== null) {
    const facts = { path, manifest, ownerKey: box.bytes, node: validator };
    await remember(hashes, facts, call.signal);
  }
  const file = { manifest, network, isHome: false, keepers: others, signatory };
  const { keepers } =
    custodian === null
      ? { keepers: await spread(call, manifest, others) }
      : await handOver(call, { ...file, ownerKey: box.bytes }, custodian);
  if (custodian === null) await local.save({ manifest, validator, url: url.href, keepers });
  await forgetUpload(journal.path);
  return describe(manifest, signatory, {
    ...{ name: basename(path), size: stored.size, validator, record },
    ...{ keepers: keepers.map(({ hotkey }) => hotkey), custodian: custodian?.key.hotkey ?? null },
    hashes: hashes?.path ?? null,
    encrypted: !isOpen,
    missing: [...stored.missing],
    resumedSegments: stored.resumedSegments,
  });
}

/** An attempt that was stopped just before its end may have had its manifest kept: then that one holds. */
async function keepOnce(
  network: ValidatorNetwork,
  manifest: Manifest,
  signal: AbortSignal,
): Promise<Manifest> {
  try {
    await network.keep(manifest, signal);
    return manifest;
  } catch (error) {
    const isKept = isCoded(error, "VALIDATOR_REFUSED") && error.context["code"] === "FILE_EXISTS";
    if (isKept) return network.manifest(manifest.id, signal);
    throw error;
  }
}

/** The same file, its key boxed for everybody too. */
function opened(manifest: Manifest, { key }: Signatory, ownerKey: Uint8Array): Manifest {
  const shared = shareWith(manifest, ownerKey, EVERYBODYS_ADDRESS, randomBytes(32));
  return signManifest(shared, (digest) => key.sign(digest));
}

function planOf(call: Call): RsPlan | undefined {
  const copies = call.integer("copies", { min: 1, max: 255 });
  const text = call.given("rs");
  if (text === undefined) return copies === undefined ? undefined : [1, copies];
  const [k = 0, n = 0] = /^\d{1,3},\d{1,3}$/.test(text) ? text.split(",").map(Number) : [];
  if (copies === undefined && k >= 1 && k <= n && n <= 255) return [k, n];
  throw usage("--rs is k,n with 1 <= k <= n <= 255, such as 10,24, and goes without --copies");
}

function noteFewMiners(call: Call, { rs: [k, n], size }: Manifest): void {
  const [wantedK, wantedN] = planOfSize(size);
  if (n >= wantedN) return;
  call.note(
    `only ${n} miners serve: stored ${k} of ${n} instead of ${wantedK} of ${wantedN}; store again when there are more`,
  );
}

function noteShortLife(call: Call, manifest: Manifest, ttlSeconds: number): void {
  const kept = keptSeconds(manifest);
  if (kept >= ttlSeconds) return;
  const days = (seconds: number) => (seconds / 86_400).toFixed(1);
  call.note(
    `kept for some ${days(kept)} days, and wanted for ${days(ttlSeconds)}: renew it before`,
  );
}

async function requireFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile()) return;
  throw new CodedError<UsageCode>("INPUT_INVALID", `${path} is not a file that can be read`);
}

function describe(
  { id, size: encryptedSize, segments, rs, created, expires }: Manifest,
  { hotkey: owner }: Signatory,
  file: Pick<
    z.infer<typeof PutShape>,
    | "name"
    | "size"
    | "validator"
    | "record"
    | "keepers"
    | "custodian"
    | "hashes"
    | "encrypted"
    | "missing"
    | "resumedSegments"
  >,
): z.infer<typeof PutShape> {
  const miners = new Set(segments.flatMap(({ shards }) => shards.map(({ miner }) => miner)));
  return {
    fileId: id,
    encryptedSize,
    segments: segments.length,
    rs,
    miners: [...miners].sort(),
    owner,
    created,
    expires,
    ...file,
  };
}

const usage = (message: string) => new CodedError<UsageCode>("USAGE", message);
