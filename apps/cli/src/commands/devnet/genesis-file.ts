import { readFile } from "node:fs/promises";
import type { DevnetOptions, GenesisSubnet } from "@neurond/devnet";
import { CodedError, decodeSs58, parseTao, toHex } from "@neurond/primitives";
import { parseDocument } from "yaml";
import { z } from "zod";
import type { UsageCode } from "../../failures.ts";

const account = parsedBy((text) => toHex(decodeSs58(text)));
const tao = parsedBy(parseTao);
const blocks = z.int().min(0).max(0xffff);

/** A subnet of block 0 and accounts with money, as a file says it. */
const GenesisFile = z.strictObject({
  netuid: z.int().min(2).max(0xffff),
  /** Blocks between epochs. */
  tempo: blocks.optional(),
  weightsRateLimit: blocks.optional(),
  servingRateLimit: blocks.optional(),
  maxValidators: z.int().min(1).max(0xffff).optional(),
  /** Whether weights are committed first, timelocked, and revealed an epoch later. */
  commitReveal: z.boolean().default(false),
  owner: z.strictObject({ hotkey: account, coldkey: account }),
  /** In order of uid. */
  neurons: z.array(
    z.strictObject({
      hotkey: account,
      coldkey: account,
      /** Alpha staked by the coldkey. */
      stake: tao.optional(),
      validatorPermit: z.boolean().default(false),
    }),
  ),
  funded: z.array(z.strictObject({ account, tao })).default([]),
});

/** A genesis file before it is checked: accounts in ss58, amounts in decimal text. */
export type GenesisFile = z.input<typeof GenesisFile>;

/** What a genesis file founds a chain with. @throws CodedError INPUT_INVALID */
export async function readGenesis(path: string): Promise<DevnetOptions> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw invalid(path, "it cannot be read", cause);
  });
  const document = parseDocument(text);
  const [problem] = document.errors;
  if (problem) throw invalid(path, `it is not YAML: ${problem.message.split("\n")[0]}`, problem);
  const parsed = GenesisFile.safeParse(document.toJS());
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(path, `${issue?.path.join(".")}: ${issue?.message}`, parsed.error);
  }
  const { funded, ...subnet } = parsed.data;
  return {
    subnets: [subnetOf(subnet)],
    funded: funded.map(({ account, tao }) => ({ account, rao: tao })),
  };
}

function subnetOf(file: Omit<z.output<typeof GenesisFile>, "funded">): GenesisSubnet {
  const { tempo, weightsRateLimit, servingRateLimit, maxValidators, ...rest } = file;
  return {
    ...rest,
    neurons: file.neurons.map(({ stake, ...neuron }) => ({
      ...neuron,
      ...(stake !== undefined && { stakeRao: stake }),
    })),
    ...(tempo !== undefined && { tempo }),
    ...(weightsRateLimit !== undefined && { weightsRateLimit }),
    ...(servingRateLimit !== undefined && { servingRateLimit }),
    ...(maxValidators !== undefined && { maxValidators }),
  };
}

/** Text that a parser takes; its refusal is reported with the place in the file. */
function parsedBy<Value>(parse: (text: string) => Value) {
  return z.string().transform((text, context): Value => {
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      context.addIssue({ code: "custom", message: error.message });
      return z.NEVER;
    }
  });
}

function invalid(path: string, reason: string, cause: unknown): CodedError<UsageCode> {
  const message = `genesis file ${path}: ${reason.replaceAll("\n", " ")}`;
  return new CodedError("INPUT_INVALID", message, { path }, { cause });
}
