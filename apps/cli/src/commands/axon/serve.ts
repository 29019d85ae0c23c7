import { isIP } from "node:net";
import { CodedError } from "@neurond/primitives";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import type { Call } from "../../call.ts";
import { CHAIN_OPTIONS, netuidOf, withChain } from "../../chain.ts";
import type { UsageCode } from "../../failures.ts";
import { readInput } from "../../input.ts";
import { describeSubmission, submissionExitCode } from "../../submission.ts";
import { SIGNER_OPTIONS, signerOf } from "../../wallet.ts";
import type { AxonServedShape } from "./schemas.ts";

/** `neurond axon serve` */
export const serveAxon = defineAction<z.infer<typeof AxonServedShape>>({
  name: "serve",
  summary: "announce on chain where a hotkey can be reached",
  options: [
    { flags: "--axon-version <number>", description: "version to announce (default: 0)" },
    {
      flags: "--certificate-file <file>",
      description: "announce for TLS: algorithm byte, then public key",
    },
  ],
  shared: ["netuid", "axon.external_ip", "axon.external_port", ...SIGNER_OPTIONS, ...CHAIN_OPTIONS],
  examples: [
    "neurond axon serve --netuid 1 -w miner -H first --axon.external_ip 203.0.113.7 --axon.port 8091",
  ],
  schema: async () => (await import("./schemas.ts")).AxonServedShape,
  run: async (call) => {
    const netuid = netuidOf(call);
    const ip = ipOf(call);
    const port = call.integer("axon.external_port", { min: 1, max: 65_535 }) ?? 8091;
    const version = call.integer("axon-version", { min: 0, max: 2 ** 32 - 1 }) ?? 0;
    const file = call.given("certificate-file");
    const certificate = file === undefined ? undefined : await readInput(call, file);
    const axon = { netuid, ip, port, version, ...(certificate && { certificate }) };
    const signer = await signerOf(call, "hotkey");
    const { signal } = call;
    return withChain(call, async (chain) => ({
      hotkey: String(signer),
      netuid,
      ip,
      port,
      submission: await chain.serveAxon(signer, axon, { signal }),
    })).finally(() => signer.wipe());
  },
  human: ({ hotkey, ip, port, submission }, view) =>
    view.pairs([
      ["hotkey", hotkey],
      ["axon", `${ip} port ${port}`],
      ["outcome", describeSubmission(submission)],
    ]),
  exitCode: ({ submission }) => submissionExitCode(submission),
});

function ipOf(call: Call): string {
  const ip = call.text("axon.external_ip");
  if (ip !== undefined && isIP(ip) !== 0) return ip;
  const text = "give --axon.external_ip, an IPv4 or IPv6 address";
  throw new CodedError<UsageCode>("USAGE", text);
}
