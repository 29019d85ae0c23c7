import { SECOND_US } from "@neurond/incentive";
import {
  type Probe,
  type SyntheticRequest,
  type SyntheticStore,
  type TracedProbe,
  tracedProbe,
} from "@neurond/synthetics";
import { type SendOptions, type Sent, send } from "./send.ts";

/** What came of a request, and what of it is on record. */
export interface Probed {
  readonly request: SyntheticRequest;
  readonly sent: Sent;
  readonly probes: readonly Probe[];
}

/**
 * Sends a request and records its targets as the trace names them, so that a crash between attempt and
 * answer loses neither. A request that is refused, or is blind and without an id, leaves no record.
 */
export async function probeOnce(
  request: SyntheticRequest,
  options: SendOptions,
  store: Pick<SyntheticStore, "save">,
  onText: (delta: string) => void,
  signal: AbortSignal,
): Promise<Probed> {
  const probes = new Map<string, TracedProbe>();
  const onAttempt = async (attempt: Parameters<typeof tracedProbe>[1]) => {
    const probe = tracedProbe(request.type, attempt);
    probes.set(probe.invocationId, probe);
    await store.save([probe]);
  };
  const sent = await send(request, options, { onAttempt, onText }, signal);
  if (sent.kind === "refused") return { request, sent, probes: [] };
  const { tokensIn, tokensOut } = sent.content;
  if (options.isTraced) {
    const last = [...probes.values()].at(-1);
    // Tokens are those of the attempt that answered.
    if (last !== undefined && !last.hasError && last.settledAt !== null) {
      probes.set(last.invocationId, { ...last, tokensIn, tokensOut });
      await store.save([...probes.values()].slice(-1));
    }
    return { request, sent, probes: [...probes.values()] };
  }
  const { parentInvocationId, content, ending } = sent;
  if (parentInvocationId === null) return { request, sent, probes: [] };
  const blind: Probe = {
    kind: "blind",
    type: request.type,
    parentInvocationId,
    chuteId: request.chuteId,
    attemptedAt: sent.sentMs * (SECOND_US / 1_000),
    settledAt: ending === "complete" ? sent.endedMs * (SECOND_US / 1_000) : null,
    hasError: content.error !== null,
    tokensIn,
    tokensOut,
  };
  await store.save([blind]);
  return { request, sent, probes: [blind] };
}
