import type { Chain } from "@neurond/chain";
import {
  type BlockNumber,
  CodedError,
  type Hex,
  type Netuid,
  parseHotkey,
  type Rao,
  toBlockNumber,
  type Uid,
} from "@neurond/primitives";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import type { Call } from "../../call.ts";
import { CHAIN_OPTIONS, parseBlock, withChain } from "../../chain.ts";
import type { UsageCode } from "../../failures.ts";
import { parseUids } from "./parse-uids.ts";
import type { UidsShape } from "./schemas.ts";
import { storageNetuidOf, VPERMIT_OPTION, vpermitLimitOf } from "./settings.ts";

type Result = z.infer<typeof UidsShape>;

/** What a draw is made from beside what the line says. */
interface Ground {
  readonly block: BlockNumber;
  readonly blockHash: Hex;
  readonly candidates: readonly Uid[];
  readonly final: boolean | null;
}

const PURPOSES = ["challenge", "store", "retrieve", "monitor"] as const;
const RULES = ["sha256", "python"] as const;

/** `neurond uids` */
export const drawUids = defineAction<Result>({
  name: "uids",
  summary: "show which miners of a storage subnet are asked in a round",
  description:
    "Who is asked follows from a block hash and the metagraph, so anybody can compute it: the hash of the round's first block, and the miners that serve at that block. Without --block it is the round of the newest final one, and without --netuid subnet 21. With --block-hash and --candidates nothing is asked of a chain; the hash is then that of --block itself.",
  options: [
    { flags: "--k <count>", description: "how many are drawn (default: 10)" },
    { flags: "--purpose <purpose>", description: `${PURPOSES.join(", ")} (default: challenge)` },
    {
      flags: "--rule <rule>",
      description: "sha256, or python for the draw of the first release (default: sha256)",
    },
    { flags: "--validator <ss58>", description: "the draw of one validator" },
    { flags: "--exclude <uids>", description: "leave these uids out, like 0,7-9" },
    { flags: "--neuron.blocks-per-step <count>", description: "blocks of a round (default: 3)" },
    VPERMIT_OPTION,
    { flags: "--block-hash <hash>", description: "offline: hash of the block" },
    { flags: "--candidates <uids>", description: "offline: who may be drawn, like 0-255" },
  ],
  shared: ["netuid", "block", ...CHAIN_OPTIONS],
  examples: [
    "neurond uids --block 3000000 --k 10 -n archive",
    "neurond uids --k 3 --purpose store --rule python --json",
    "neurond uids --block 3000000 --k 10 --candidates 0-255 --block-hash 0x0b30557a9fc4e90e33587da2c7ec11365b80a5caef14395e83a8cdf2173c6186",
  ],
  schema: async () => (await import("./schemas.ts")).UidsShape,
  run: async (call) => {
    const { candidateHash, roundOf, selectUids } = await import("@neurond/storage-rules");
    const rule = call.choice("rule", RULES) ?? "sha256";
    const purpose = call.choice("purpose", PURPOSES) ?? "challenge";
    const given = call.given("validator");
    const validator = given === undefined ? undefined : parseHotkey(given);
    const count = call.integer("k", { min: 0, max: 65_536 }) ?? 10;
    const blocks = call.integer("neuron.blocks-per-step", { min: 1, max: 1_000_000 }) ?? 3;
    const netuid = storageNetuidOf(call);
    const { block, blockHash, final, ...ground } =
      offlineGround(call) ?? (await chainGround(call, netuid, blocks));
    const excluded = new Set(parseExcluded(call));
    const candidates = ground.candidates.filter((uid) => !excluded.has(uid));
    const draw = { rule, netuid, block, blockHash, purpose, validator, candidates, count };
    return {
      rule,
      netuid,
      round: roundOf(block, blocks),
      block,
      blockHash,
      final,
      purpose,
      validator: validator ?? null,
      candidates: [...candidates],
      candidatesHash: candidateHash(candidates),
      uids: [...selectUids(draw)],
    };
  },
  human: (result, view) =>
    view.pairs([
      ["block", `${result.block}${result.final === false ? " (not final yet)" : ""}`],
      ["block_hash", result.blockHash],
      ["purpose", `${result.purpose}, by ${result.rule}`],
      ["validator", result.validator ?? undefined],
      ["candidates", `${result.candidates.length}, ${result.candidatesHash}`],
      ["miner_uids", `[${result.uids.join(", ")}]`],
    ]),
});

function offlineGround(call: Call): Ground | null {
  const hash = call.given("block-hash");
  const candidates = call.given("candidates");
  if (hash === undefined && candidates === undefined) return null;
  if (hash === undefined || candidates === undefined) {
    throw new CodedError<UsageCode>("USAGE", "give --block-hash and --candidates, or neither");
  }
  if (!isHash(hash)) {
    throw new CodedError<UsageCode>("USAGE", "--block-hash is 0x and 64 digits");
  }
  const block = Number(call.given("block"));
  if (!Number.isSafeInteger(block)) {
    throw new CodedError<UsageCode>("USAGE", "give the height that the hash belongs to as --block");
  }
  return {
    block: toBlockNumber(block),
    blockHash: hash,
    candidates: parseUids(candidates),
    final: null,
  };
}

async function chainGround(call: Call, netuid: Netuid, blocks: number): Promise<Ground> {
  const { candidateUids, drawBlock } = await import("@neurond/storage-rules");
  const asked = parseBlock(call.given("block") ?? "finalized");
  const vpermitLimit: Rao = vpermitLimitOf(call);
  return withChain(call, async (chain: Chain) => {
    const [head, last] = await Promise.all([
      chain.head({ at: asked }),
      chain.head({ at: "finalized" }),
    ]);
    const at = drawBlock(head.number, blocks);
    const { block, blockHash, neurons } = await chain.metagraph({ netuid }, { at });
    const candidates = candidateUids(neurons, { vpermitLimit });
    return { block, blockHash, candidates, final: at <= last.number };
  });
}

function parseExcluded(call: Call): readonly Uid[] {
  const text = call.given("exclude");
  return text === undefined ? [] : parseUids(text);
}

function isHash(text: string): text is Hex {
  return /^0x[0-9a-fA-F]{64}$/.test(text);
}
