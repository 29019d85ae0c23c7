import { formatIsoTime, type InvocationRow, type Micros } from "@neurond/exports";
import type { Random } from "../random.ts";
import type { GatewayChute, GatewayFunction, GatewayInstance } from "./cast.ts";

/** What an attempt takes, in the gateway's account of it. */
const ATTEMPT_US = 250_000;

/** One request on its way through the gateway: its attempts, and the trace that tells them. */
export class ServedRequest {
  readonly parentId: string;
  readonly rows: InvocationRow[] = [];
  readonly #chute: GatewayChute;
  readonly #functionName: GatewayFunction;
  readonly #random: Random;
  #now: Micros;

  constructor(chute: GatewayChute, functionName: GatewayFunction, random: Random, now: Micros) {
    this.#chute = chute;
    this.#functionName = functionName;
    this.#random = random;
    this.#now = now;
    this.parentId = random.uuid();
  }

  get chuteId(): string {
    return this.#chute.chuteId;
  }

  /** An event that names no target. */
  said(message: string): string {
    return this.#trace(message, null);
  }

  /** Begins an attempt: its row is there before the target is called. */
  attempts(instance: GatewayInstance): string {
    const { chuteId } = this.#chute;
    const childId = this.#random.uuid();
    this.rows.push({
      parent_invocation_id: this.parentId,
      invocation_id: childId,
      chute_id: chuteId,
      chute_user_id: null,
      function_name: this.#functionName,
      image_id: null,
      image_user_id: null,
      instance_id: instance.instanceId,
      miner_uid: instance.minerUid,
      miner_hotkey: instance.minerHotkey,
      started_at: this.#now,
      completed_at: null,
      error_message: null,
      compute_multiplier: 1,
      bounty: 0,
      metrics: null,
    });
    return this.#trace(`attempting to query ${targetOf(instance)}`, childId);
  }

  succeeds(instance: GatewayInstance, metrics: InvocationRow["metrics"]): string {
    const childId = this.#settle({ metrics });
    const message = `successfully called function='${this.#functionName}' on ${targetOf(instance)}`;
    return this.#trace(message, childId);
  }

  fails(instance: GatewayInstance, error: string): string {
    const childId = this.#settle({ error_message: error });
    const message = `error encountered while querying ${targetOf(instance)}: exc=${error}`;
    return this.#trace(message, childId);
  }

  #settle(outcome: Partial<InvocationRow>): string {
    this.#now += ATTEMPT_US;
    const last = this.rows.pop();
    if (last === undefined) throw new Error("nothing was attempted");
    this.rows.push({ ...last, ...outcome, completed_at: this.#now });
    return last.invocation_id;
  }

  #trace(message: string, childId: string | null): string {
    const trace = {
      timestamp: formatIsoTime(this.#now),
      invocation_id: this.parentId,
      ...(childId === null ? {} : { child_id: childId }),
      chute_id: this.#chute.chuteId,
      function: this.#functionName,
      message,
    };
    return eventLine({ trace });
  }
}

/** One event of a trace and the blank line after it. */
export const eventLine = (event: unknown): string => `data: ${JSON.stringify(event)}\n\n`;

const targetOf = ({ instanceId, minerUid, minerHotkey, minerColdkey }: GatewayInstance): string =>
  `target=${instanceId} uid=${minerUid} hotkey=${minerHotkey} coldkey=${minerColdkey}`;
