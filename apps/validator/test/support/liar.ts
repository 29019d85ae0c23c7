import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  commitmentOf,
  encodeScoresCommitment,
  type SignedReport,
  signReport,
  toFamilyId,
} from "@neurond/ledger";
import { canonicalJson, type Hotkey, toRunId } from "@neurond/primitives";
import { fieldsOf } from "../../src/scan-commitments.ts";
import { HOST, key, NETUID, type World } from "./world.ts";

/** A validator that says whatever a test wants, to whomever asks. */
export class Liar implements AsyncDisposable {
  readonly uri: string;
  readonly #world: World;
  readonly #server = createServer();
  /** What is answered to the next question for a run, and to all after the last. */
  answers: SignedReport[] = [];

  private constructor(world: World, uri: string) {
    this.#world = world;
    this.uri = uri;
    this.#server.on("request", (request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? "/", "http://liar");
      const next = searchParams.has("validator") ? undefined : this.#next(pathname);
      if (next === undefined) return response.writeHead(404).end();
      return response.setHeader("content-type", "application/json").end(canonicalJson(next));
    });
  }

  #next(pathname: string): SignedReport | undefined {
    const fitting = this.answers.filter(({ run_id }) => pathname.endsWith(`/${run_id}`));
    const [next] = fitting;
    if (fitting.length > 1) this.answers = this.answers.filter((answer) => answer !== next);
    return next;
  }

  static async start(world: World, uri: string): Promise<Liar> {
    const liar = new Liar(world, uri);
    await new Promise<void>((resolve) => liar.#server.listen(0, HOST, resolve));
    const { port } = liar.#server.address() as AddressInfo;
    const axon = { netuid: NETUID, version: 1, ip: HOST, port };
    const sent = await world.chain.serveAxon(key(uri), axon);
    if (sent.kind !== "included") throw new Error(JSON.stringify(sent));
    return liar;
  }

  /** A report of a run that this validator signed. */
  report(run: number, scores: ReadonlyMap<Hotkey, number>): SignedReport {
    const input = {
      runId: toRunId(`run-${run}`),
      familyId: toFamilyId("toy-1"),
      scores,
      taskCounts: new Map(),
      timeMs: Date.now(),
      checkpoint: { size: 0, root: "00".repeat(32) },
      configHash: "00".repeat(32),
      salt: new Uint8Array(32).fill(run),
    };
    return signReport(input, key(this.uri));
  }

  async commit(report: SignedReport): Promise<void> {
    const fields = fieldsOf([encodeScoresCommitment(commitmentOf(report))]);
    const sent = await this.#world.chain.setCommitment(key(this.uri), { netuid: NETUID, fields });
    if (sent.kind !== "included") throw new Error(JSON.stringify(sent));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
