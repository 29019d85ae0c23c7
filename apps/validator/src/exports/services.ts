import { serviceUuid } from "@neurond/exports";
import { familyOf, type Observation } from "@neurond/ledger";
import type { Hotkey, Micro } from "@neurond/primitives";
import type { RunChanges, Service, ServiceRun, SettledRun } from "@neurond/store";
import { indexOf } from "../api/scores.ts";
import { nativeUuid } from "./node-hash.ts";

/** The service that an observation counts for. */
export type InstanceOf = (
  seen: Pick<Observation, "validator" | "run_id" | "workload" | "miner">,
) => string;

/** A settled run of one family with what it came to. */
export interface RunResult {
  readonly run: SettledRun;
  readonly workload: string;
  readonly scores: ReadonlyMap<Hotkey, Micro>;
  /** Index of the family's run before it that is known; null for the first. */
  readonly before: number | null;
}

/**
 * What a run changes: whoever earned something begins or goes on to serve, whoever did not has ended. Where the
 * validator left out a run, services end with its last one and through no fault of the miner's.
 */
export function serviceChanges(
  { run, workload, scores, before }: RunResult,
  live: readonly Service[],
  validator: Hotkey,
  lastEndUs: number | null,
): RunChanges {
  const { index, family, startedUs, endedUs, settledUs } = run;
  const own = live.filter((service) => service.family === family);
  const isNext = before === index - 1;
  const earning = (miner: Hotkey) => scores.get(miner) ?? 0;
  const ended = own
    .filter(({ miner }) => !isNext || earning(miner) === 0)
    .map((service): Service => {
      const gap = { atUs: lastEndUs ?? startedUs, reason: `run-${index - 1} was not measured` };
      const idle = { atUs: endedUs, reason: `run-${index} earned nothing` };
      const end = isNext ? idle : gap;
      return { ...service, ended: { ...end, settledUs, unmeasured: !isNext } };
    });
  const over = new Set(ended.map(({ instanceId }) => instanceId));
  const going = new Map(
    own.filter(({ instanceId }) => !over.has(instanceId)).map((one) => [one.miner, one]),
  );
  const serving = [...scores].flatMap(([miner, multiplierMicro]): readonly Service[] => {
    if (multiplierMicro === 0) return [];
    const known = going.get(miner);
    if (known !== undefined) return [{ ...known, multiplierMicro }];
    const instanceId = serviceUuid(
      validator,
      { workload, miner, since: `run-${index}` },
      nativeUuid,
    );
    return [{ instanceId, family, miner, since: index, startedUs, ended: null, multiplierMicro }];
  });
  const earned = serving.map(({ instanceId, multiplierMicro }): ServiceRun => {
    return { instanceId, runIndex: index, multiplierMicro, startedUs, endedUs, settledUs };
  });
  return { services: [...ended, ...serving], earned };
}

/**
 * Names the service of each observation: the one the miner was in, also for the run that ended it, or the one
 * that begins if it earns something in that run.
 */
export function serviceNames(
  services: readonly Service[],
  earned: readonly ServiceRun[],
): InstanceOf {
  const lastRun = new Map<string, number>();
  for (const { instanceId, runIndex } of earned)
    lastRun.set(instanceId, Math.max(runIndex, lastRun.get(instanceId) ?? 0));
  const byMiner = Map.groupBy(services, ({ miner }) => miner);
  const names = new Map<string, string>();
  return ({ validator, run_id, workload, miner }) => {
    const key = `${run_id} ${workload} ${miner}`;
    const known = names.get(key);
    if (known !== undefined) return known;
    const index = indexOf(run_id) ?? -1;
    const holds = ({ instanceId, family, since, ended }: Service) =>
      family === familyOf(workload) &&
      since <= index &&
      (ended === null || index <= (lastRun.get(instanceId) ?? since) + 1);
    const name =
      byMiner.get(miner)?.findLast(holds)?.instanceId ??
      serviceUuid(validator, { workload, miner, since: run_id }, nativeUuid);
    names.set(key, name);
    return name;
  };
}
