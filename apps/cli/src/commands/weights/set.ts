import type { Metagraph, RevealableWeights } from "@neurond/chain";
import { CodedError, type Hotkey } from "@neurond/primitives";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import type { Call } from "../../call.ts";
import { CHAIN_OPTIONS, mecidOf, netuidOf, withChain } from "../../chain.ts";
import type { UsageCode } from "../../failures.ts";
import { describeSubmission, submissionExitCode } from "../../submission.ts";
import { SIGNER_OPTIONS, signerOf } from "../../wallet.ts";
import type { RevealShape, WeightsSetShape } from "./schemas.ts";
import { type GivenScore, parseLists, parseScore } from "./scores.ts";

const MAX_U64 = 2n ** 64n - 1n;

/** `neurond weights set` */
export const setWeights = defineAction<z.infer<typeof WeightsSetShape>>({
  name: "set",
  summary: "set a validator's weights",
  description:
    "Submits the way the subnet asks for: at once, as a hash to reveal later, or sealed until a drand round. Scores are relative. A uid stands for the hotkey that holds it now.",
  args: [{ flags: "[scores...]", description: "hotkey=score or uid=score" }],
  options: [
    { flags: "--uids <list>", description: "uids with commas between, as in btcli" },
    { flags: "--weights <list>", description: "their scores, as in btcli" },
    {
      flags: "--version-key <number>",
      description: "version of the validator's code (default: 0)",
    },
  ],
  shared: ["netuid", "mecid", ...SIGNER_OPTIONS, ...CHAIN_OPTIONS],
  examples: [
    "neurond weights set --netuid 1 -w validator 2=0.7 3=0.3",
    "neurond weights set --netuid 1 --uids 2,3 --weights 0.7,0.3 --json > commit.json",
    "neurond weights set --netuid 1 -n local --uri //Alice 5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty=1",
  ],
  schema: async () => (await import("./schemas.ts")).WeightsSetShape,
  run: async (call) => {
    const id = { netuid: netuidOf(call), mecid: mecidOf(call) };
    const given = givenScores(call);
    const versionKey = versionKeyOf(call);
    const signer = await signerOf(call, "hotkey");
    return withChain(call, async (chain) => {
      const metagraph = await chain.metagraph(id);
      const scores = byHotkey(given, metagraph);
      const weights = { ...id, scores, versionKey, scoredAt: metagraph.block };
      const { signal } = call;
      const sent = await chain.submitWeights(signer, weights, { signal });
      return {
        hotkey: String(signer),
        path: sent.path,
        weights: [...sent.weights],
        dropped: [...sent.dropped],
        recycled: [...sent.recycled],
        submission: sent.submission,
        revealBlock: sent.revealBlock ?? null,
        round: sent.round?.toString() ?? null,
        reveal: sent.reveal === undefined ? null : plainReveal(sent.reveal),
      };
    }).finally(() => signer.wipe());
  },
  human: (sent, view) =>
    view.pairs([
      ["hotkey", sent.hotkey],
      ["weights", sent.weights.map(({ uid, value }) => `${uid}=${value}`).join(" ")],
      ["left out", sent.dropped.join(" ") || undefined],
      ["changed hands", sent.recycled.join(" ") || undefined],
      ["way", sent.path],
      ["outcome", describeSubmission(sent.submission)],
      ["reveal block", sent.revealBlock?.toString()],
      ["reveal with", sent.reveal === null ? undefined : JSON.stringify(sent.reveal)],
    ]),
  exitCode: ({ submission }) => submissionExitCode(submission),
});

function givenScores(call: Call): readonly GivenScore[] {
  const words = call.args;
  const uids = call.given("uids");
  const weights = call.given("weights");
  if (uids !== undefined && weights !== undefined && words.length === 0) {
    return parseLists(uids, weights);
  }
  if (uids !== undefined || weights !== undefined || words.length === 0) {
    const text = "give scores as uid=score, or with --uids and --weights together";
    throw new CodedError<UsageCode>("USAGE", text);
  }
  return words.map(parseScore);
}

function byHotkey(given: readonly GivenScore[], { neurons }: Metagraph): Map<Hotkey, bigint> {
  const scores = new Map<Hotkey, bigint>();
  for (const one of given) {
    const hotkey = "hotkey" in one ? one.hotkey : neurons[one.uid]?.hotkey;
    if (hotkey === undefined || scores.has(hotkey)) {
      const problem = hotkey === undefined ? "nobody holds the uid" : "it is given twice";
      const text = `no score can be taken for ${"uid" in one ? one.uid : hotkey}: ${problem}`;
      throw new CodedError<UsageCode>("INPUT_INVALID", text);
    }
    scores.set(hotkey, one.score);
  }
  return scores;
}

function versionKeyOf(call: Call): bigint {
  const text = call.text("version-key") ?? "0";
  if (/^\d{1,20}$/.test(text) && BigInt(text) <= MAX_U64) return BigInt(text);
  throw new CodedError<UsageCode>("USAGE", "--version-key is a whole number of 64 bits", { text });
}

function plainReveal(reveal: RevealableWeights): z.infer<typeof RevealShape> {
  const { netuid, mecid = 0, weights, versionKey = 0n, salt } = reveal;
  return {
    netuid,
    mecid,
    weights: [...weights],
    versionKey: versionKey.toString(),
    salt: [...salt],
  };
}
