import { randomUUID } from "node:crypto";
import { type Attempt, type Micros, SECOND_US, type TraceFault } from "@neurond/incentive";
import {
  type BlindProbe,
  type SyntheticStore,
  type SyntheticType,
  type TracedProbe,
  tracedProbe,
} from "@neurond/synthetics";

/** What an answer did that it must not: in its trace, or with what it says of itself. */
export type ProbeFault =
  | TraceFault
  /** An id that no export can hold. */
  | "id_malformed"
  /** The id of a request before. */
  | "id_reused"
  /** An answer without any id: it cannot be looked for. */
  | "id_missing"
  /** A time far from ours, at which nobody would look. */
  | "clock_off"
  /** A trace was asked for, and the answer names no target. */
  | "targets_missing";

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const PRINTABLE = /^[\x21-\x7e]{1,128}$/;
/** Further from our clock than this, a stated time is not believed. */
const MAX_SKEW_US = 60 * SECOND_US;

/**
 * Puts on record what one request led to. What a gateway says of it decides what it is looked for by, never
 * whether: an id that cannot be or was there before is replaced by one of ours, which no row has, and a
 * time far from ours by ours.
 */
export class Recorder {
  readonly #type: SyntheticType;
  readonly #store: Pick<SyntheticStore, "save" | "known">;
  readonly #now: () => Micros;
  readonly #probes = new Map<string, TracedProbe>();
  readonly #faults = new Set<ProbeFault>();

  constructor(
    type: SyntheticType,
    store: Pick<SyntheticStore, "save" | "known">,
    now: () => Micros,
  ) {
    this.#type = type;
    this.#store = store;
    this.#now = now;
  }

  get probes(): readonly TracedProbe[] {
    return [...this.#probes.values()];
  }

  get faults(): readonly ProbeFault[] {
    return [...this.#faults];
  }

  /** An attempt was begun or settled, now. */
  async attempt(attempt: Attempt): Promise<void> {
    const before = this.#probes.get(attempt.invocationId);
    const probe: TracedProbe = {
      ...tracedProbe(this.#type, attempt),
      invocationId: before?.invocationId ?? (await this.#idFor(attempt.invocationId)),
      parentInvocationId: this.#id(attempt.parentInvocationId) ?? "",
      chuteId: printable(attempt.chuteId),
      functionName: printable(attempt.functionName),
      instanceId: printable(attempt.instanceId),
      minerHotkey: printable(attempt.minerHotkey),
      attemptedAt: before?.attemptedAt ?? this.#near(attempt.attemptedAt),
      settledAt: attempt.settledAt === null ? null : this.#near(attempt.settledAt),
    };
    this.#probes.set(attempt.invocationId, probe);
    await this.#store.save([probe]);
  }

  /** The last target gave the answer: the tokens are of its attempt. */
  async tokens(tokensIn: number | null, tokensOut: number | null): Promise<void> {
    const [key, last] = [...this.#probes].at(-1) ?? [];
    if (key === undefined || last === undefined || last.hasError || last.settledAt === null) return;
    const probe = { ...last, tokensIn, tokensOut };
    this.#probes.set(key, probe);
    await this.#store.save([probe]);
  }

  /** A request whose targets are not known, under the id of its header. */
  async blind(
    stated: string | null,
    probe: Omit<BlindProbe, "kind" | "type" | "parentInvocationId">,
  ): Promise<BlindProbe | null> {
    if (stated === null || stated === "") {
      this.#faults.add("id_missing");
      return null;
    }
    const parentInvocationId = await this.#idFor(stated);
    const kept: BlindProbe = { kind: "blind", type: this.#type, parentInvocationId, ...probe };
    await this.#store.save([kept]);
    return kept;
  }

  fault(fault: ProbeFault): void {
    this.#faults.add(fault);
  }

  /** The id to look for: the stated one, or where that is none or not new, one that is in no export. */
  async #idFor(stated: string): Promise<string> {
    const id = this.#id(stated);
    if (id === null) return randomUUID();
    if (!(await this.#store.known([id])).has(id)) return id;
    this.#faults.add("id_reused");
    return randomUUID();
  }

  #id(stated: string): string | null {
    if (UUID.test(stated)) return stated;
    this.#faults.add("id_malformed");
    return null;
  }

  #near(stated: Micros): Micros {
    const now = this.#now();
    if (Math.abs(stated - now) <= MAX_SKEW_US) return stated;
    this.#faults.add("clock_off");
    return now;
  }
}

/** What databases and logs take; anything else is no id or key of this subnet, and matches no row. */
function printable(text: string): string {
  return PRINTABLE.test(text) ? text : "";
}
