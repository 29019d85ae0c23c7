/** A subnet's epoch state as stored on chain after some block; all fields are integers. */
export interface EpochSchedule {
  /** Blocks between automatic epochs (`Tempo`); 0 switches epochs off. */
  readonly tempo: number;
  /** Block of the last epoch (`LastEpochBlock`). */
  readonly lastEpochBlock: number;
  /** Block from which a requested or deferred epoch is due (`PendingEpochAt`); 0 is none. */
  readonly pendingEpochAt: number;
  /** Epochs so far (`SubnetEpochIndex`). */
  readonly epochIndex: number;
  /** Blocks since an epoch took emission (`BlocksSinceLastStep`). */
  readonly blocksSinceLastStep: number;
}

/** `MaxTempo` of pallet_subtensor: past this many blocks an epoch is due whatever the tempo says. */
export const MAX_TEMPO = 50_400;

/** Whether the subnet runs an epoch in `block`, by the state before that block (pallet `should_run_epoch`). */
export function isEpochDue(schedule: EpochSchedule, block: number): boolean {
  const { tempo, lastEpochBlock, pendingEpochAt, blocksSinceLastStep } = schedule;
  if (tempo === 0) return false;
  const requested = pendingEpochAt > 0 && block >= pendingEpochAt;
  return requested || blocksSinceLastStep > MAX_TEMPO || block - lastEpochBlock >= tempo;
}

/** The epoch that commits and reveals in `block` belong to; looks ahead at an epoch due in it. */
export function epochAt(schedule: EpochSchedule, block: number): number {
  return schedule.epochIndex + (isEpochDue(schedule, block) ? 1 : 0);
}

/** The next scheduled epoch's block (`get_next_epoch_start_block`); undefined when epochs are off. */
export function nextEpochBlock(schedule: EpochSchedule): number | undefined {
  const { tempo, lastEpochBlock, pendingEpochAt } = schedule;
  if (tempo === 0) return undefined;
  const automatic = lastEpochBlock + tempo;
  return pendingEpochAt > 0 ? Math.min(automatic, pendingEpochAt) : automatic;
}

/** The state after `block` was initialised, when the epoch was neither deferred nor skipped. */
export function advanceSchedule(schedule: EpochSchedule, block: number): EpochSchedule {
  const counted = { ...schedule, blocksSinceLastStep: schedule.blocksSinceLastStep + 1 };
  if (!isEpochDue(counted, block)) return counted;
  return {
    tempo: schedule.tempo,
    lastEpochBlock: block,
    pendingEpochAt: 0,
    epochIndex: schedule.epochIndex + 1,
    blocksSinceLastStep: 0,
  };
}
