import { CodedError, toMecid, toNetuid, toUid } from "@neurond/primitives";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import type { Call } from "../../call.ts";
import { CHAIN_OPTIONS, withChain } from "../../chain.ts";
import type { UsageCode } from "../../failures.ts";
import { readInput } from "../../input.ts";
import { describeSubmission, submissionExitCode } from "../../submission.ts";
import { SIGNER_OPTIONS, signerOf } from "../../wallet.ts";
import type { RevealShape, WeightsRevealShape } from "./schemas.ts";

/** `neurond weights reveal` */
export const revealWeights = defineAction<z.infer<typeof WeightsRevealShape>>({
  name: "reveal",
  summary: "reveal weights that were committed as a hash",
  args: [{ flags: "<file>", description: "what weights set printed with --json, - for stdin" }],
  shared: [...SIGNER_OPTIONS, ...CHAIN_OPTIONS],
  examples: ["neurond weights reveal commit.json -w validator"],
  schema: async () => (await import("./schemas.ts")).WeightsRevealShape,
  run: async (call) => {
    const reveal = await revealOf(call);
    const weights = {
      netuid: toNetuid(reveal.netuid),
      mecid: toMecid(reveal.mecid),
      weights: reveal.weights.map(({ uid, value }) => ({ uid: toUid(uid), value })),
      versionKey: BigInt(reveal.versionKey),
      salt: reveal.salt,
    };
    const signer = await signerOf(call, "hotkey");
    const { signal } = call;
    return withChain(call, async (chain) => ({
      hotkey: String(signer),
      submission: await chain.revealWeights(signer, weights, { signal }),
    })).finally(() => signer.wipe());
  },
  human: ({ submission }) => describeSubmission(submission),
  exitCode: ({ submission }) => submissionExitCode(submission),
});

/** The `reveal` of a commit's result, or that object itself. */
async function revealOf(call: Call): Promise<z.infer<typeof RevealShape>> {
  const bytes = await readInput(call, call.args[0] ?? "-");
  const { RevealShape, WeightsSetShape } = await import("./schemas.ts");
  const { z } = await import("zod");
  const Either = z.union([RevealShape, WeightsSetShape.transform(({ reveal }) => reveal)]);
  const parsed = Either.safeParse(parseJson(new TextDecoder().decode(bytes)));
  if (parsed.success && parsed.data !== null) return parsed.data;
  const text = "the file holds nothing to reveal; give the JSON that weights set printed";
  throw new CodedError<UsageCode>("INPUT_INVALID", text);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
