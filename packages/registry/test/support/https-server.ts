import type { IncomingMessage, RequestListener } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { type TestCertificate, testCertificate } from "@neurond/testing/certificate";
import { onTestFinished } from "vitest";

/** A TLS server of one test. */
export interface HttpsServer {
  readonly port: number;
  readonly ca: string;
  /** What it was asked, in order. */
  readonly asked: readonly IncomingMessage[];
}

/** Serves on loopback with a certificate for `hosts` until the test ends. */
export async function serveHttps(
  listener: RequestListener,
  { key, cert }: TestCertificate = testCertificate(["127.0.0.1", "miner.example"]),
): Promise<HttpsServer> {
  const asked: IncomingMessage[] = [];
  const server = createServer({ key, cert }, (request, response) => {
    asked.push(request);
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, ca: cert, asked };
}
