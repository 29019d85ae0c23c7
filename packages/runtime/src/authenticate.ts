import { createHash, type Hash } from "node:crypto";
import { Transform } from "node:stream";
import {
  type AuthPolicy,
  answerRefusal,
  type CheckSignature,
  checkHeaders,
  coverAxonBody,
  finish,
  type Pending,
  type Principal,
  pairRawHeaders,
  type Refusal,
  spendNonce,
} from "@neurond/epistula";
import { CodedError } from "@neurond/primitives";
import type {
  FastifyReply,
  FastifyRequest,
  onRequestHookHandler,
  preHandlerHookHandler,
  preParsingHookHandler,
} from "fastify";

export interface Gate {
  readonly policy: AuthPolicy;
  readonly check: CheckSignature;
  readonly now?: () => number;
  /** Hears of every refusal: for counters and logs. */
  readonly onRefused?: (refusal: Refusal) => void;
  /** Charges a proven caller for a request to a route; a refusal turns it away. */
  readonly charge?: (principal: Principal, route: string) => Refusal | null;
}

interface Visit {
  readonly pending: Pending;
  readonly hash: Hash;
  principal?: Principal;
}

const visits = new WeakMap<FastifyRequest, Visit>();

/** A caller turned away inside a handler; answered like a refusal at the door. */
export class Refused extends CodedError {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.code, refusal.detail);
    this.refusal = refusal;
  }
}

/**
 * Route options that let only signed requests in. Headers are judged before the body is read, the
 * body is hashed as it arrives, the signature is checked and the nonce spent before the handler.
 */
export function authenticated(gate: Gate) {
  return { onRequest: judgeHead(gate), preParsing: hashBody, preHandler: admit(gate) };
}

/**
 * The same for handlers that read the body as a stream: what they read is not proven until they have
 * read it all and `confirm` has answered. Write to a place that can be thrown away before that.
 */
export function authenticatedStream(gate: Gate) {
  return {
    options: { onRequest: judgeHead(gate), preParsing: hashBody },
    confirm: (request: FastifyRequest) => settle(gate, request),
  };
}

/** Who sent an authenticated request. */
export function principalOf(request: FastifyRequest): Principal {
  const principal = visits.get(request)?.principal;
  if (!principal) throw new Error("the route is not behind `authenticated`");
  return principal;
}

const judgeHead =
  (gate: Gate): onRequestHookHandler =>
  async (request, reply) => {
    const { method = "GET", url = "/", rawHeaders } = request.raw;
    const head = { method, target: url, headers: pairRawHeaders(rawHeaders) };
    const judged = checkHeaders(head, gate.policy, (gate.now ?? Date.now)());
    if (judged.kind === "pending") {
      if (isSuperfluous(judged)) reply.header("www-authenticate", "btauth/1");
      visits.set(request, { pending: judged, hash: createHash("sha256") });
      return;
    }
    // Version 1 parses before it authenticates: no route of ours accepts it.
    const refusal: Refusal =
      judged.kind === "refused"
        ? judged
        : { kind: "refused", code: "UNSUPPORTED_VERSION", detail: "sign with version 2" };
    return turnAway(gate, request, reply, refusal);
  };

/** Whether a caller signs in more ways than it need: one that hears of it saves most of its signatures. */
function isSuperfluous({ claim, policy }: Pending): boolean {
  if (claim.kind === "btauth") return claim.uuidBeside !== null;
  return policy.schemes.includes("btauth");
}

const hashBody: preParsingHookHandler = async (request, _reply, payload) => {
  const visit = visits.get(request);
  if (!visit) return payload;
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      visit.hash.update(chunk);
      done(null, chunk);
    },
  });
  // A caller may leave before anybody reads: whoever reads later gets the error, and if nobody does it
  // is nobody's. Unheard, it would end the process.
  hashing.on("error", () => undefined);
  payload.on("error", (error) => hashing.destroy(error));
  return payload.pipe(hashing);
};

const admit =
  (gate: Gate): preHandlerHookHandler =>
  async (request, reply) => {
    const settled = await judgeBody(gate, request, request.body);
    if (settled.kind === "refused") return turnAway(gate, request, reply, settled);
  };

async function settle(gate: Gate, request: FastifyRequest): Promise<Principal> {
  const settled = await judgeBody(gate, request, undefined);
  if (settled.kind !== "refused") return settled.principal;
  gate.onRefused?.(settled);
  throw new Refused(settled);
}

/** `body` is the parsed JSON, of which a dendrite signs declared fields only. */
async function judgeBody(gate: Gate, request: FastifyRequest, body: unknown) {
  const visit = visits.get(request);
  if (!visit) throw new Error("the body was judged before the head");
  const finished = await finish(visit.pending, visit.hash.digest(), gate.check);
  if (finished.kind === "refused") return finished;
  const signed = coverAxonBody(finished, body);
  if (signed.kind === "refused") return signed;
  const admitted = await spendNonce(signed, (gate.now ?? Date.now)());
  if (admitted.kind === "refused") return admitted;
  const route = `${request.method} ${request.routeOptions.url ?? ""}`;
  const refusal = gate.charge?.(admitted.principal, route) ?? null;
  if (refusal !== null) return refusal;
  visit.principal = admitted.principal;
  return admitted;
}

function turnAway(gate: Gate, request: FastifyRequest, reply: FastifyReply, refusal: Refusal) {
  gate.onRefused?.(refusal);
  const { status, headers, body } = answerRefusal(refusal, { requestId: request.id });
  // Whoever was refused for its age learns by how much its clock differs.
  const serverTime = String((gate.now ?? Date.now)());
  return reply.status(status).headers(headers).header("x-server-time", serverTime).send(body);
}
