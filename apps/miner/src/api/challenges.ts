import type { Principal } from "@neurond/epistula";
import { CodedError, type Hotkey, isCoded } from "@neurond/primitives";
import {
  type App,
  authenticated,
  type Gate,
  type Lanes,
  type Priority,
  principalOf,
} from "@neurond/runtime";
import type { MinerCode } from "../errors.ts";
import type { MinerMetrics } from "../metrics.ts";
import type { LaneKind, OpenEntry } from "../responders.ts";

export interface ChallengeDeps {
  readonly responders: readonly OpenEntry[];
  readonly gate: Gate;
  /** For answers from a few places, and for those that read whole shards. */
  readonly lanes: Readonly<Record<LaneKind, Lanes>>;
  readonly metrics: MinerMetrics;
  /** Hears of every answer, for reports. */
  readonly onAnswered: (workload: string, validator: Hotkey, seconds: number) => void;
  /** Whose task comes first among those that wait for the disk. */
  readonly priority: (caller: Principal) => Priority;
  /** Longest that an answer is worked on, whatever its validator waits. */
  readonly answerMs: number;
}

/** One route for each workload: a signed task in, signature and answer out. */
export function serveChallenges(app: App, deps: ChallengeDeps): void {
  for (const entry of deps.responders) serveWorkload(app, entry, deps);
}

function serveWorkload(app: App, entry: OpenEntry, deps: ChallengeDeps): void {
  const { gate, lanes, metrics, answerMs, onAnswered } = deps;
  const { workload, path, message } = entry;
  app.post(
    path,
    {
      ...authenticated(gate),
      schema: { summary: `Answers a task of ${workload}`, body: message },
    },
    async (request, reply) => {
      const { validator, deadlineMs, lane, respond } = entry.open(request.body);
      const caller = principalOf(request);
      if (caller.hotkey !== validator) throw wrongCaller();
      const turn = deps.priority(caller);
      const signal = AbortSignal.timeout(Math.min(answerMs, deadlineMs));
      const began = performance.now();
      const end = metrics.challengeSeconds.startTimer({ workload });
      try {
        const answer = await lanes[lane].run(signal, () => respond(signal), turn);
        metrics.challenges.inc({ workload, result: "answered" });
        onAnswered(workload, validator, (performance.now() - began) / 1_000);
        return reply.type("application/octet-stream").send(Buffer.from(answer));
      } catch (error) {
        const result = isCoded(error) ? error.code.toLowerCase() : "error";
        metrics.challenges.inc({ workload, result });
        throw error;
      } finally {
        end();
      }
    },
  );
}

function wrongCaller(): CodedError<MinerCode> {
  return new CodedError("CALLER_WRONG", "the task is another validator's: only it may put it");
}
