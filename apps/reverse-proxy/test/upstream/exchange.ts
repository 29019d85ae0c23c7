import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import type { Principal, RawHeaders } from "@neurond/epistula";
import { coldkeyOf, type Hotkey, type Rao, toUid } from "@neurond/primitives";
import type { Exchange } from "../../src/exchange.ts";
import type { Route } from "../../src/routes.ts";

const ROUTE: Route = {
  name: "/inference",
  methods: ["POST"],
  match: { kind: "exact", path: "/inference" },
  auth: "required",
  schemes: ["epistula"],
  upstream: "inference",
  timeoutMs: 300_000,
  asyncAckAfterMs: 10_000,
  maxBodyBytes: 1 << 20,
  priorityClass: 0,
  forwardAuth: false,
  streamBody: false,
  perMinute: null,
  axonFields: [],
  urlFields: [],
};

const COLDKEY = coldkeyOf(new Uint8Array(32).fill(7));

let made = 0;

export interface ExchangeParts {
  readonly hotkey?: Hotkey;
  readonly stakeTao?: number;
  readonly headers?: RawHeaders;
  readonly route?: Partial<Route>;
  readonly path?: string;
}

/** A request as it stands after authentication, for what needs no listener. */
export function exchangeOf(parts: ExchangeParts = {}): Exchange {
  made += 1;
  const request = new IncomingMessage(new Socket());
  const path = parts.path ?? "/inference";
  return {
    id: `request-${made}`,
    head: { method: "POST", target: path, headers: parts.headers ?? [] },
    path,
    host: "miner:8080",
    ip: "127.0.0.1",
    secure: false,
    receivedAt: Date.now(),
    request,
    response: new ServerResponse(request),
    expectsContinue: false,
    upgrade: null,
    answerHeaders: [],
    route: { ...ROUTE, ...parts.route },
    principal: parts.hotkey === undefined ? null : principalOf(parts.hotkey, parts.stakeTao ?? 0),
  };
}

function principalOf(hotkey: Hotkey, stakeTao: number): Principal {
  return {
    hotkey,
    standing: {
      uid: toUid(7),
      coldkey: COLDKEY,
      stakeRao: (BigInt(stakeTao) * 1_000_000_000n) as Rao,
      validatorPermit: true,
    },
    scheme: "epistula/2",
    dialect: null,
    receiver: null,
    nonce: `nonce-${made}`,
    signedAtMs: Date.now(),
    clockOffsetMs: 0,
    bodySha256: `0x${"00".repeat(32)}`,
    coversBody: true,
    coversTarget: false,
  };
}
