import type { Chain, CommitmentField, Submission } from "@neurond/chain";
import type { Keypair } from "@neurond/crypto";
import { CodedError, type Hotkey, hotkeyOf, isCoded, type Netuid } from "@neurond/primitives";
import {
  ENTRY_WARNINGS,
  type Registration,
  type RegistryCode,
  registrationOf,
  warningsOf,
} from "@neurond/registry";
import type { ProbeTarget } from "@neurond/registry/io";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import type { Call } from "../../call.ts";
import { CHAIN_OPTIONS, netuidOf, networkOf, withChain } from "../../chain.ts";
import { exitCodeOf, failureOf, type UsageCode } from "../../failures.ts";
import { describeSubmission, submissionExitCode } from "../../submission.ts";
import { SIGNER_OPTIONS, signerOf, walletOf } from "../../wallet.ts";
import { checkText, fetchOf, plainCheck, REACH_OPTIONS } from "./reach.ts";
import type { RegisteredShape } from "./schemas.ts";
import { judge, standingOf, standingText } from "./standing.ts";

type Registered = z.infer<typeof RegisteredShape>;

/** `neurond registry register` */
export const registerEndpoint = defineAction<Registered>({
  name: "register",
  summary: "say on chain where a miner serves, as address:port",
  description:
    "Without --online nothing is sent. The hotkey signs; of the coldkey only its public file is read. A hotkey has one commitment on a subnet: what it held before is replaced.",
  options: [
    { flags: "--address <host>", description: "host name or IP address, at most 45 bytes" },
    { flags: "--port <number>", description: "port, 1 to 65535" },
    { flags: "--online", description: "send it; without it this is a dry run" },
    { flags: "--verify", description: "ask the endpoint first, and register only what answers" },
    { flags: "--replace", description: "overwrite a commitment that is no endpoint" },
    { flags: "--wait-finalized", description: "wait until the block is final" },
    ...REACH_OPTIONS,
  ],
  shared: ["netuid", ...SIGNER_OPTIONS, ...CHAIN_OPTIONS],
  examples: [
    "neurond registry register --netuid 11 --address miner.example --port 8443 -w miner",
    "neurond registry register --netuid 11 --address miner.example --port 8443 -w miner --verify --online --wait-finalized",
  ],
  schema: async () => (await import("./schemas.ts")).RegisteredShape,
  run: async (call) => {
    const netuid = netuidOf(call);
    const made = registrationOfCall(call);
    const signer = await signerOf(call, "hotkey");
    try {
      return await register(call, netuid, made, signer);
    } finally {
      signer.wipe();
    }
  },
  human: (result, view) => {
    const { standing, check, outcome, submission } = result;
    return view.pairs([
      ["coldkey", result.coldkey ?? "no public file"],
      ["hotkey", result.hotkey],
      ["network", result.network],
      ["netuid", String(result.netuid)],
      ["commitment", result.commitment],
      ["length", String(result.length)],
      ["on chain", standing === null ? undefined : standingText(standing)],
      ["Check Endpoint", check === null ? undefined : checkText(check)],
      ...result.warnings.map((name): [string, string] => {
        return ["warning", ENTRY_WARNINGS[name]];
      }),
      ["outcome", submission === null ? OUTCOMES[outcome] : describeSubmission(submission)],
    ]);
  },
  exitCode: ({ outcome, submission }) => {
    if (submission !== null) return submissionExitCode(submission);
    return outcome === "would-overwrite" || outcome === "unverified" ? 1 : 0;
  },
});

const OUTCOMES: Readonly<Record<Registered["outcome"], string>> = {
  "dry-run": "dry run: nothing was sent; add --online",
  unchanged: "the chain says so already; nothing was sent",
  "would-overwrite": "refused: what is on chain is no endpoint; add --replace to overwrite it",
  unverified: "refused: the endpoint is not valid; nothing was sent",
  submitted: "submitted",
};

type Made = Registration & { readonly ok: true };

function registrationOfCall(call: Call): Made {
  const [address, port] = [call.given("address"), call.given("port")];
  if (address === undefined || port === undefined) {
    throw new CodedError<UsageCode>("USAGE", "give --address and --port");
  }
  const made = registrationOf(address, port);
  if (made.ok) return made;
  const text = made.problems.map(({ message }) => message).join("; ");
  const problems = made.problems.map(({ code }) => code);
  throw new CodedError<RegistryCode>("ENTRY_INVALID", text, { problems });
}

async function register(
  call: Call,
  netuid: Netuid,
  { endpoint, text }: Made,
  signer: Keypair,
): Promise<Registered> {
  const hotkey = hotkeyOf(signer.publicKey);
  const isOnline = call.on("online");
  const { isPrivateAddress } = await import("@neurond/chain");
  const about = {
    coldkey: await coldkeyOf(call, hotkey),
    hotkey,
    network: networkOf(call).name,
    netuid,
    commitment: text,
    length: text.length,
    warnings: [...warningsOf({ endpoint, legacyIpv6: false }, isPrivateAddress)],
  };
  const check = await verified(call, { hotkey, endpoint });
  const field: CommitmentField = { kind: "raw", bytes: Buffer.from(text, "latin1") };
  const decide = async (chain: Chain): Promise<Registered> => {
    const held = await chain.commitment({ netuid, hotkey });
    const standing = held === undefined ? null : standingOf(held);
    const outcome = judge(held, { text, check, mayReplace: call.on("replace"), isOnline });
    const submission = outcome === "submitted" ? await send(chain) : null;
    return { ...about, standing, check, outcome, submission };
  };
  const send = (chain: Chain): Promise<Submission> => {
    const until = call.on("wait-finalized") ? "finalized" : "best";
    return chain.setCommitment(signer, { netuid, fields: [field] }, { signal: call.signal, until });
  };
  try {
    return await withChain(call, decide);
  } catch (error) {
    // A dry run is of use without a chain; what it would replace is then not known.
    const failure = failureOf(error);
    if (isOnline || (await exitCodeOf(failure)) !== 3) throw error;
    call.note(`warning: what stands on chain is not known: ${failure.message}`);
    const outcome = check?.valid === false ? "unverified" : "dry-run";
    return { ...about, standing: null, check, outcome, submission: null };
  }
}

async function verified(call: Call, target: ProbeTarget): Promise<Registered["check"]> {
  if (!call.on("verify")) return null;
  const fetch = await fetchOf(call);
  const { probeEndpoint } = await import("@neurond/registry/io");
  const probing = probeEndpoint(target, { fetch, signal: call.signal });
  return plainCheck(await call.progress("asking the endpoint", probing));
}

/** The coldkey of the hotkey's wallet, from its public file; nobody is asked for its password. */
async function coldkeyOf(call: Call, hotkey: Hotkey): Promise<string | null> {
  if (call.given("uri") !== undefined) return null;
  const wallet = walletOf(call);
  try {
    // The hotkey may come from elsewhere; then the wallet's coldkey says nothing about it.
    return (await wallet.hotkeyAddress()) === hotkey ? await wallet.coldkeyAddress() : null;
  } catch (error) {
    if (isCoded(error, "FILE_NOT_FOUND")) return null;
    throw error;
  }
}
