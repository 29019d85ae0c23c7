import { type BlockNumber, encodeSs58, type Hex, isCoded } from "@neurond/primitives";
import type { Call } from "../chain.ts";
import type { Rpc } from "../connection/rpc.ts";
import type { ChainContext } from "../context.ts";
import { withDeadline } from "../deadline.ts";
import type { ChainCode } from "../errors.ts";
import type { Head } from "../head.ts";
import type { Signer, WriteOptions } from "../options.ts";
import type { SignedExtrinsic } from "../polkadot.ts";
import { resolveBlock, type State } from "../state.ts";
import type { Refusal, Submission } from "../submission.ts";
import { awaitInclusion, type Inclusion } from "./inclusion.ts";
import { refusedByPool } from "./refusal.ts";

/** A write: the call, and how to tell from state that it took effect. */
export interface Plan {
  readonly call: Call;
  /** True when the state after the including block shows the effect. */
  readonly confirm: (state: State, extrinsicBlock: BlockNumber) => Promise<boolean>;
  /** Blocks until the rate limit of this write opens, for refusals that say "too soon". */
  readonly blocksLeft?: (state: State) => Promise<number>;
}

/** What a check of state says before anything is sent. */
export type Preflight =
  | { readonly kind: "ready"; readonly plan: Plan }
  | Extract<Submission, { kind: "tooSoon" | "rejected" }>;

/** Blocks an extrinsic stays valid: 12.8 minutes at 12 s. */
const MORTAL_BLOCKS = 64;
/** Nonce and runtime may change between reading and sending; more often than this is no race. */
const MAX_SENDS = 3;
/** Failures after which the node certainly does not have the extrinsic. */
const NOT_SENT = ["RPC_LIMITED", "RUNTIME_UNSUPPORTED", "CALL_UNENCODABLE"] as const;
/** For a last look at state when the deadline has passed. */
const LAST_LOOK_MS = 5_000;

/**
 * Checks, signs, sends, finds the extrinsic in a block and its effect in state.
 * Nothing is sent when `check` finds that the chain would refuse it.
 */
export async function submit(
  context: ChainContext,
  signer: Signer,
  check: (state: State) => Promise<Preflight>,
  options: WriteOptions = {},
): Promise<Submission> {
  let sent: Sent | undefined;
  try {
    return await withDeadline("write", options, context.writeTimeoutMs, async (signal) => {
      const account = encodeSs58(signer.publicKey);
      // In turn only until the node has it: then the next nonce is known, and all wait together.
      const begun = await context.inTurn(account, () => {
        signal.throwIfAborted();
        return begin(context, { signer, account, check }, signal, (about) => {
          sent = about;
        });
      });
      if (begun.kind !== "sent") return begun;
      const inclusion = await awaitInclusion(context, begun, options.until ?? "best", signal);
      return conclude(context, begun, inclusion, signal);
    });
  } catch (error) {
    // Once sent it may still happen: only the caller's own abort is an error then.
    if (sent === undefined || !isCoded<ChainCode>(error) || isCoded(error, ...NOT_SENT))
      throw error;
    return lastLook(context, sent, options);
  }
}

/** An extrinsic on its way. */
export interface Sent {
  readonly plan: Plan;
  readonly extrinsic: SignedExtrinsic;
  /** Best block when it was signed. */
  readonly since: BlockNumber;
  /** Last block that may include it. */
  readonly until: number;
}

interface Attempt {
  readonly signer: Signer;
  readonly account: string;
  readonly check: (state: State) => Promise<Preflight>;
}

async function begin(
  context: ChainContext,
  { signer, account, check }: Attempt,
  signal: AbortSignal,
  onSigned: (sent: Sent) => void,
): Promise<({ readonly kind: "sent" } & Sent) | Submission> {
  const preflight = await context.connection.run(signal, async (session) =>
    check(await context.stateOn(session, "best", signal)),
  );
  if (preflight.kind !== "ready") return preflight;
  for (let attempt = 1; ; attempt++) {
    const sent = await sign(context, signer, account, preflight.plan, signal);
    onSigned(sent);
    const refused = await deliver(context, sent.extrinsic.bytes, signal);
    if (refused === undefined) return { kind: "sent", ...sent };
    const stale = refused.code === "NONCE_CONFLICT" || refused.code === "SIGNATURE_INVALID";
    if (!stale || attempt === MAX_SENDS) return refusal(context, sent.plan, refused, signal);
  }
}

async function sign(
  context: ChainContext,
  signer: Signer,
  account: string,
  plan: Plan,
  signal: AbortSignal,
): Promise<Sent> {
  const { connection } = context;
  return connection.run(signal, async (session) => {
    const rpc: Rpc = (method, params) => session.socket.request(method, params, signal);
    // Runtime, era and nonce of one moment; the nonce counts what waits in the pool already.
    const { block: best, runtime } = await context.stateOn(session, "best", signal);
    const birth = await birthBlock(rpc, best);
    const nonce = await rpc("system_accountNextIndex", [account]);
    const extrinsic = await context.builders.sign(runtime, session.genesisHash, plan.call, signer, {
      nonce: Number(nonce),
      block: birth,
      period: MORTAL_BLOCKS,
    });
    return { plan, extrinsic, since: best.number, until: birth.number + MORTAL_BLOCKS };
  });
}

/**
 * The block an era starts from. A final one, because an extrinsic whose birth block is retracted
 * is invalid for ever; the best one where finality stands still and would use the era up.
 */
async function birthBlock(rpc: Rpc, best: Head): Promise<Head> {
  const finalized = await resolveBlock(rpc, "finalized");
  return best.number - finalized.number <= MORTAL_BLOCKS / 4 ? finalized : best;
}

/**
 * Hands the bytes to a node. Repeating them on another connection is harmless: the same bytes have
 * the same hash and nonce. After a lost attempt a used nonce means that the first one arrived: the
 * node looks at the nonce before anything else.
 */
async function deliver(
  context: ChainContext,
  bytes: Hex,
  signal: AbortSignal,
): Promise<Refusal | undefined> {
  let attempts = 0;
  try {
    await context.connection.run(signal, ({ socket }) => {
      attempts += 1;
      return socket.request("author_submitExtrinsic", [bytes], signal);
    });
    return undefined;
  } catch (error) {
    const refused = refusedByPool(error);
    if (refused === undefined) throw error;
    const arrived =
      /already imported/i.test(refused.name) || (attempts > 1 && refused.code === "NONCE_CONFLICT");
    return arrived ? undefined : refused;
  }
}

async function refusal(
  context: ChainContext,
  plan: Plan,
  error: Refusal,
  signal: AbortSignal,
): Promise<Submission> {
  if (error.code !== "RATE_LIMITED" || plan.blocksLeft === undefined) {
    return { kind: "rejected", error };
  }
  const { blocksLeft } = plan;
  const blocks = await context.connection.run(signal, async (session) =>
    blocksLeft(await context.stateOn(session, "best", signal)),
  );
  return { kind: "tooSoon", blocks: Math.max(1, blocks) };
}

async function conclude(
  context: ChainContext,
  { plan, extrinsic, since }: Sent,
  inclusion: Inclusion,
  signal: AbortSignal,
): Promise<Submission> {
  switch (inclusion.kind) {
    case "failed":
      return refusal(context, plan, inclusion.error, signal);
    case "outdated":
      return {
        kind: "rejected",
        error: { code: "EXTRINSIC_OUTDATED", name: "NotIncludedInItsEra", where: "pool" },
      };
    case "found": {
      const { block, hash } = inclusion;
      const shown = await context.connection.run(signal, async (session) =>
        plan.confirm(await context.stateOn(session, hash, signal), block),
      );
      if (shown) return { kind: "included", block, hash, extrinsic: extrinsic.hash };
      return { kind: "unconfirmed", since, extrinsic: extrinsic.hash };
    }
  }
}

/** The deadline has passed: does state show it nevertheless? */
async function lastLook(
  context: ChainContext,
  sent: Sent,
  { signal: outer, until = "best" }: WriteOptions,
): Promise<Submission> {
  const limits = outer === undefined ? {} : { signal: outer };
  try {
    return await withDeadline("last look", limits, LAST_LOOK_MS, async (signal) => {
      const inclusion = await awaitInclusion(context, sent, until, signal);
      return conclude(context, sent, inclusion, signal);
    });
  } catch (error) {
    if (!isCoded<ChainCode>(error)) throw error;
    return { kind: "unconfirmed", since: sent.since, extrinsic: sent.extrinsic.hash };
  }
}
