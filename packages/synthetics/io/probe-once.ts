import { SECOND_US } from "@neurond/incentive";
import type { Probe, SyntheticRequest, SyntheticStore } from "@neurond/synthetics";
import { type ProbeFault, Recorder } from "./recorder.ts";
import { type SendOptions, type Sent, send } from "./send.ts";

/** What came of a request, and what of it is on record. */
export interface Probed {
  readonly request: SyntheticRequest;
  readonly sent: Sent;
  readonly probes: readonly Probe[];
  readonly faults: readonly ProbeFault[];
}

const MILLISECOND_US = SECOND_US / 1_000;

/**
 * Sends a request and records its targets as the trace names them, so that a crash between attempt and
 * answer loses neither. One that is refused leaves no record; one that is answered without a word of its
 * targets, asked for or not, is recorded by the id of its header.
 */
export async function probeOnce(
  request: SyntheticRequest,
  options: SendOptions,
  store: Pick<SyntheticStore, "save" | "known">,
  onText: (delta: string) => void,
  signal: AbortSignal,
): Promise<Probed> {
  const recorder = new Recorder(request.type, store, () => options.now() * MILLISECOND_US);
  const onAttempt = (attempt: Parameters<typeof recorder.attempt>[0]) => recorder.attempt(attempt);
  const sent = await send(request, options, { onAttempt, onText }, signal);
  if (sent.kind === "refused") return { request, sent, probes: [], faults: [] };
  const { content, ending, attempts } = sent;
  const { tokensIn, tokensOut } = content;
  await recorder.tokens(tokensIn, tokensOut);
  const probes: Probe[] = [...recorder.probes];
  const isAnswered = ending === "complete" && content.error === null;
  if (attempts.length === 0 && (isAnswered || !options.isTraced)) {
    if (options.isTraced) recorder.fault("targets_missing");
    const blind = await recorder.blind(sent.parentInvocationId, {
      chuteId: request.chuteId,
      attemptedAt: sent.sentMs * MILLISECOND_US,
      settledAt: ending === "complete" ? sent.endedMs * MILLISECOND_US : null,
      hasError: content.error !== null,
      tokensIn,
      tokensOut,
    });
    if (blind !== null) probes.push(blind);
  }
  return { request, sent, probes, faults: [...new Set([...sent.faults, ...recorder.faults])] };
}
