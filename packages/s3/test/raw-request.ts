import { createHash } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { canonicalRequest, signingKey, signText, stringToSign } from "../src/sigv4/sign.ts";
import { headOf } from "./requests.ts";
import { KEYS } from "./serve.ts";

/** What came back on a connection that something was written to: nothing when it was just closed. */
export async function sendRaw(port: number, bytes: Uint8Array | string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk)).on("error", () => undefined);
  socket.end(bytes);
  const timer = setTimeout(() => socket.destroy(), 5_000);
  await once(socket, "close");
  clearTimeout(timer);
  return Buffer.concat(chunks).toString("latin1");
}

export interface RawRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** What the head says of the body; its hash when absent. */
  readonly contentSha256?: string;
}

/** A request as text, with a signature of alice that holds. */
export function signedRequest({ method, url, headers, body, contentSha256 }: RawRequest): Buffer {
  const timestamp = new Date().toISOString().replace(/[-:]|\.\d{3}/g, "");
  const scope = { date: timestamp.slice(0, 8), region: "us-east-1", service: "s3" };
  const hash = contentSha256 ?? createHash("sha256").update(body).digest("hex");
  const all: Record<string, string> = {
    host: "127.0.0.1",
    ...headers,
    "x-amz-date": timestamp,
    "x-amz-content-sha256": hash,
  };
  const signedHeaders = Object.keys(all).sort();
  const { accessKeyId, secretAccessKey } = KEYS.alice;
  const claim = { accessKeyId, scope, signedHeaders, signature: "", timestamp, expiresSec: null };
  const text = stringToSign(claim, canonicalRequest(headOf(method, url, all), claim, hash));
  const signature = signText(signingKey(secretAccessKey, scope), text);
  const credential = `${accessKeyId}/${scope.date}/us-east-1/s3/aws4_request`;
  all["authorization"] =
    `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signedHeaders.join(";")}, Signature=${signature}`;
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `${method} ${url} HTTP/1.1\r\n${lines.join("")}connection: close\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, "latin1"), body]);
}
