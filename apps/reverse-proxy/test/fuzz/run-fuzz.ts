import { connect } from "node:net";
import type { Served } from "../../src/index.ts";
import { openBackend, openStage, signed } from "../stage.ts";
import { drawFrom, mutate, unsignedRequests } from "./mutate.ts";

/** Every route asks for a signature, also where an open one would be. */
const CLOSED = {
  match: "/open/*",
  methods: ["GET", "HEAD", "POST", "PUT", "DELETE"],
  upstream: "backend",
};
const AT_ONCE = 128;
/** A request that gets no answer for so long is one that waits for more bytes. */
const SILENCE_MS = 100;

/** What came of a run; a run is good when `forwarded`, `bytesBehind` and `faults` are 0 and `alive`. */
export interface FuzzResult {
  readonly sent: number;
  readonly forwarded: number;
  /** Of any kind, on any connection to the backend. */
  readonly bytesBehind: number;
  /** Answers of 500: something threw. */
  readonly faults: number;
  readonly firstFault: string | null;
  /** Whether a signed request goes through afterwards, so that silence meant refusal. */
  readonly alive: boolean;
}

/** Throws mutated requests that nobody signed at a proxy whose routes all ask for a signature. */
export async function runFuzz(requests: number, seed: number): Promise<FuzzResult> {
  await using backend = await openBackend();
  let forwarded = 0;
  const onServed = ({ ending }: Served) => {
    if (ending.kind === "forwarded" || ending.kind === "parked") forwarded += 1;
  };
  await using stage = await openStage({ url: backend.url, routes: [CLOSED], onServed });
  const bases = unsignedRequests();
  const draw = drawFrom(seed);
  let sent = 0;
  let faults = 0;
  let firstFault: string | null = null;
  const worker = async () => {
    while (sent < requests) {
      sent += 1;
      const request = mutate(bases, draw);
      // One address has only so many ports.
      const answer = await send(stage.port, request, `127.0.0.${1 + (sent % 250)}`);
      if (!answer.includes("HTTP/1.1 500 ")) continue;
      faults += 1;
      firstFault ??= request;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const bytesBehind = backend.counted.bytes;
  const unsigned = forwarded;
  const headers = Object.fromEntries(signed("POST", "/closed", "{}"));
  const answer = await fetch(`${stage.url}/closed`, { method: "POST", headers, body: "{}" });
  const alive = answer.status === 200 && backend.counted.bytes > bytesBehind;
  return { sent, forwarded: unsigned, bytesBehind, faults, firstFault, alive };
}

/** The answer so far when the other side closes, answers or is silent. */
function send(port: number, request: string, localAddress: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", localAddress });
    let answer = "";
    const finish = () => socket.destroy();
    const timer = setTimeout(finish, SILENCE_MS);
    socket.on("data", (chunk: Buffer) => {
      answer += chunk.toString("latin1");
      timer.refresh();
      if (answer.includes("\r\n\r\n")) setImmediate(finish);
    });
    socket.on("error", finish);
    socket.on("close", () => {
      clearTimeout(timer);
      resolve(answer);
    });
    socket.write(request, "latin1");
  });
}
