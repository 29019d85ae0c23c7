import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { type Keypair, keypairFromUri } from "@neurond/crypto";
import { RequestSigner } from "@neurond/epistula";
import { hotkeyOf } from "@neurond/primitives";
import { createLogger } from "@neurond/runtime";
import { Config, type Served, settingsOf, startProxy } from "../src/index.ts";

export const alice = keypairFromUri("//Alice");
export const MINER = hotkeyOf(keypairFromUri("//Bob").publicKey);

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** What arrived at the backend, once it has arrived whole: method, target and body. */
export interface Seen {
  readonly line: string;
  readonly request: IncomingMessage;
  readonly body: Buffer;
}

/** A backend that keeps what it has seen, and answers when a request has arrived whole. */
export async function openBackend(answer: Answer = (_request, response) => response.end("ok")) {
  const seen: Seen[] = [];
  const counted = { bytes: 0 };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      seen.push({
        line: `${request.method} ${request.url} ${body.toString("latin1")}`,
        request,
        body,
      });
      answer(request, response);
    });
  });
  server.on("connection", (socket) =>
    socket.on("data", (chunk: Buffer) => {
      counted.bytes += chunk.length;
    }),
  );
  server.keepAliveTimeout = 30_000;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    seen,
    server,
    /** All that any connection ever brought. */
    counted,
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => closeServer(server),
  };
}

export async function closeServer(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, "close");
}

export interface StageOptions {
  readonly url: string;
  readonly sections?: Readonly<Record<string, object>>;
  readonly routes?: readonly object[];
  readonly onServed?: (served: Served) => void;
  readonly signer?: Keypair;
}

/** The whole proxy on a free port: `/open/*` for anybody, `/closed/*` and `/closed` for the signed. */
export async function openStage({
  url,
  sections = {},
  routes = [],
  onServed,
  signer,
}: StageOptions) {
  const methods = ["GET", "HEAD", "POST", "PUT", "DELETE"];
  const config = Config.parse({
    auth: { miner_hotkey: [MINER], open: true, verifyWorkers: 0 },
    upstreams: { backend: { urls: [url] } },
    routes: [
      ...routes,
      { match: "/open/*", methods, upstream: "backend", auth: "none" },
      { match: "/closed/*", methods, upstream: "backend" },
      { match: "/closed", methods, upstream: "backend" },
    ],
    metrics: { enabled: false },
    ...sections,
    server: { host: "127.0.0.1", port: 0, ...sections["server"] },
    limits: { ipPerMinute: 0, provenIpPerMinute: 0, backoffAfter: 0, ...sections["limits"] },
  });
  const log = createLogger("test", "fatal");
  return startProxy({
    settings: settingsOf(config),
    readSubnet: () => Promise.reject(new Error("no chain here")),
    redis: null,
    post: () => Promise.reject(new Error("no telemetry here")),
    version: "test",
    log,
    ...(onServed && { onServed }),
    ...(signer && { signer }),
  });
}

const asAlice = new RequestSigner({ key: alice, schemes: ["epistula"], interval: "none" });

/** Headers that Alice signs a request with. */
export function signed(method: string, target: string, body: Uint8Array | string = "") {
  const bodySha256 = createHash("sha256").update(body).digest();
  const now = Date.now();
  const random = randomBytes(32);
  return asAlice.sign({ method, target, bodySha256, receiver: MINER, now, random });
}

export const asLines = (headers: readonly (readonly [string, string])[]) =>
  headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");

/** Sends bytes as they are and returns all that comes back before the connection closes. */
export async function sendRaw(port: number, raw: string | Buffer, end = false): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.on("error", () => undefined);
  const bytes = typeof raw === "string" ? Buffer.from(raw, "latin1") : raw;
  if (end) socket.end(bytes);
  else socket.write(bytes);
  await once(socket, "close");
  return Buffer.concat(chunks).toString("latin1");
}

/** Status codes of the final answers in a stream of bytes. */
export function statusesOf(answers: string): number[] {
  return [...answers.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
}
