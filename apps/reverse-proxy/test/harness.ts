import { createHash, randomBytes } from "node:crypto";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { Subnet, SubnetNeuron } from "@neurond/admission";
import { type Keypair, keypairFromUri } from "@neurond/crypto";
import { RequestSigner, type RequestSignerOptions } from "@neurond/epistula";
import {
  CodedError,
  coldkeyOf,
  type Hotkey,
  hotkeyOf,
  toBlockNumber,
  toNetuid,
  toRao,
  toUid,
} from "@neurond/primitives";
import {
  Config,
  type ProxyDeps,
  type ReverseProxy,
  type Settings,
  settingsOf,
  startProxy,
} from "@neurond/reverse-proxy";
import { createLogger, createRegistry, type Logger } from "@neurond/runtime";

export const alice = keypairFromUri("//Alice");
export const bob = keypairFromUri("//Bob");
export const charlie = keypairFromUri("//Charlie");
export const MINER = hotkeyOf(bob.publicKey);
export const SENDER = hotkeyOf(alice.publicKey);

/** Part of a configuration, as a file has it. */
export type Raw = Readonly<Record<string, Readonly<Record<string, unknown>> | readonly unknown[]>>;

/** Settings of a proxy on a free port: Alice may call Bob, and servers are asked at `backend`. */
export function settingsFor(backend: string, raw: Raw = {}): Settings {
  const section = (name: string) => raw[name] as Record<string, unknown> | undefined;
  const config = Config.parse({
    ...raw,
    server: { host: "127.0.0.1", port: 0, ...section("server") },
    auth: {
      miner_hotkey: [MINER],
      allowed_senders: [SENDER],
      verifyWorkers: 0,
      ...section("auth"),
    },
    services: {
      training_server_url: backend,
      inference_server_url: backend,
      ...section("services"),
    },
    limits: {
      ipPerMinute: 0,
      provenIpPerMinute: 0,
      backoffAfter: 0,
      hotkey: WIDE,
      coldkey: WIDE,
      ...section("limits"),
    },
    metrics: { listen: "127.0.0.1:0", ...section("metrics") },
  });
  return settingsOf(config);
}

const WIDE = { base: 1_000_000, perDecade: 0 };

/** A logger whose lines are kept. */
export const logInto = (lines: Record<string, unknown>[]): Logger =>
  createLogger("reverse-proxy", "debug", {
    write: (line) => lines.push(JSON.parse(line)),
  });

/** A proxy in this process, with what it logs. */
export interface Opened {
  readonly proxy: ReverseProxy;
  readonly lines: Record<string, unknown>[];
  readonly call: (wish: Wish) => Promise<Answer>;
}

export async function openProxy(
  settings: Settings,
  more: Partial<ProxyDeps> = {},
): Promise<Opened> {
  const lines: Record<string, unknown>[] = [];
  const proxy = await startProxy({
    settings,
    redis: null,
    readSubnet: () => Promise.reject(new CodedError("NO_CHAIN", "no chain in this test")),
    post: () => Promise.reject(new Error("no telemetry in this test")),
    version: "1.2.3",
    log: logInto(lines),
    registry: createRegistry("test"),
    ...more,
  });
  return { proxy, lines, call: (wish: Wish) => call(proxy.url, wish) };
}

/** One request, signed unless `key` is null. */
export interface Wish
  extends Pick<RequestSignerOptions, "schemes" | "dialect" | "binding" | "interval"> {
  readonly method?: string;
  readonly target: string;
  readonly body?: string | Buffer;
  readonly key?: Keypair | null;
  readonly receiver?: Hotkey | null;
  readonly now?: number;
  /** Put in place of, or beside, those of the signature; null leaves one out. */
  readonly headers?: Readonly<Record<string, string | null>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: unknown;
}

/** The headers a signer would send. */
export function signed(wish: Wish): Record<string, string> {
  const {
    method = "POST",
    target,
    body = "",
    key = alice,
    receiver = MINER,
    now = Date.now(),
  } = wish;
  const { schemes = ["epistula"], dialect, binding, interval = "none" } = wish;
  if (key === null) return {};
  const signer = new RequestSigner({
    key,
    schemes,
    interval,
    ...(dialect && { dialect }),
    ...(binding !== undefined && { binding }),
  });
  const bodySha256 = createHash("sha256").update(body).digest();
  const random = randomBytes(32);
  return Object.fromEntries(signer.sign({ method, target, bodySha256, receiver, now, random }));
}

/** Sends a request as it is wished for. */
export function call(url: string, wish: Wish): Promise<Answer> {
  const { method = "POST", target, body = "" } = wish;
  const headers: Record<string, string> = { "content-type": "application/json", ...signed(wish) };
  for (const [name, value] of Object.entries(wish.headers ?? {})) {
    if (value === null) delete headers[name];
    else headers[name] = value;
  }
  return send(url, method, target, headers, body);
}

/** Sends bytes with exactly these headers. */
export async function send(
  url: string,
  method: string,
  target: string,
  headers: Readonly<Record<string, string>>,
  body: string | Buffer = "",
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const { hostname, port } = new URL(url);
  const length = body.length > 0 ? { "content-length": String(Buffer.byteLength(body)) } : {};
  const sent = request({
    hostname,
    port,
    method,
    path: target,
    headers: { ...headers, ...length },
    agent: false,
  });
  sent.once("response", resolve).once("error", reject).end(body);
  const response = await promise;
  const content = await text(response);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text: content,
    json: parseJson(content),
  };
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}

/** A server behind the proxy, and what it has seen. */
export async function openBackend(
  answer: (request: IncomingMessage, response: ServerResponse, body: string) => void = (
    _,
    response,
  ) => response.setHeader("content-type", "application/json").end('{"ok":true}'),
) {
  const seen: { method: string; url: string; headers: IncomingHttpHeaders; body: string }[] = [];
  const server = createServer(async (incoming, response) => {
    const body = await text(incoming).catch(() => "");
    seen.push({
      method: incoming.method ?? "",
      url: incoming.url ?? "",
      headers: incoming.headers,
      body,
    });
    answer(incoming, response, body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A subnet of which every named hotkey is a validator with so much alpha, in TAO. */
export function subnetOf(stakes: Readonly<Record<string, bigint>>, netuid = 11): Subnet {
  const neurons = Object.entries(stakes).map(([uri, tao], uid): SubnetNeuron => {
    const { publicKey } = keypairFromUri(uri);
    const stake = toRao(tao * 1_000_000_000n);
    return {
      uid: toUid(uid),
      hotkey: hotkeyOf(publicKey),
      coldkey: coldkeyOf(keypairFromUri(`${uri}//cold`).publicKey),
      validatorPermit: true,
      alphaStake: stake,
      totalStake: stake,
    };
  });
  return {
    netuid: toNetuid(netuid),
    block: toBlockNumber(1),
    byHotkey: new Map(neurons.map((neuron) => [neuron.hotkey, neuron])),
  };
}
