import type { CommitmentField } from "@neurond/chain";
import { CodedError } from "@neurond/primitives";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import type { Call } from "../../call.ts";
import { CHAIN_OPTIONS, netuidOf, withChain } from "../../chain.ts";
import type { UsageCode } from "../../failures.ts";
import { MESSAGE_ARGUMENT, MESSAGE_OPTIONS, messageOf } from "../../input.ts";
import { describeSubmission, submissionExitCode } from "../../submission.ts";
import { SIGNER_OPTIONS, signerOf } from "../../wallet.ts";
import { fieldText, plainField } from "./plain-field.ts";
import type { CommitmentSetShape } from "./schemas.ts";

const KINDS = ["raw", "sha-256", "blake2-256", "keccak-256", "sha3-256"] as const;
const HASH_BYTES = 32;

/** `neurond commitments set` */
export const setCommitment = defineAction<z.infer<typeof CommitmentSetShape>>({
  name: "set",
  summary: "commit bytes or a hash on a subnet with the hotkey",
  args: [{ ...MESSAGE_ARGUMENT, description: "what to commit, as text (UTF-8)" }],
  options: [
    ...MESSAGE_OPTIONS,
    {
      flags: "--kind <kind>",
      description: `${KINDS.join(", ")}; a hash is given by its 32 bytes (default: raw)`,
    },
  ],
  shared: ["netuid", ...SIGNER_OPTIONS, ...CHAIN_OPTIONS],
  examples: [
    'neurond commitments set --netuid 1 -w miner "https://miner.example/manifest.json"',
    "neurond commitments set --netuid 1 -n local --uri //Alice --kind sha-256 --hex 0x9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  ],
  schema: async () => (await import("./schemas.ts")).CommitmentSetShape,
  run: async (call) => {
    const netuid = netuidOf(call);
    const field = await fieldOf(call);
    const signer = await signerOf(call, "hotkey");
    const { signal } = call;
    return withChain(call, async (chain) => ({
      hotkey: String(signer),
      netuid,
      field: plainField(field),
      submission: await chain.setCommitment(signer, { netuid, fields: [field] }, { signal }),
    })).finally(() => signer.wipe());
  },
  human: ({ hotkey, field, submission }, view) =>
    view.pairs([
      ["hotkey", hotkey],
      ["commitment", fieldText(field)],
      ["outcome", describeSubmission(submission)],
    ]),
  exitCode: ({ submission }) => submissionExitCode(submission),
});

async function fieldOf(call: Call): Promise<CommitmentField> {
  const kind = call.choice("kind", KINDS) ?? "raw";
  const bytes = await messageOf(call);
  if (kind === "raw") return { kind, bytes };
  if (bytes.length === HASH_BYTES) return { kind, hash: bytes };
  const text = `a ${kind} hash has ${HASH_BYTES} bytes; give them with --hex`;
  throw new CodedError<UsageCode>("INPUT_INVALID", text, { sizeBytes: bytes.length });
}
