/** Bounds of what is parked: requests whose clients were told to ask again. */
export interface ParkingSettings {
  /** Requests still at work; beyond, clients go on waiting for their answer. */
  readonly maxJobs: number;
  /** Of one answer; of a longer one only its status is kept. */
  readonly maxResultBytes: number;
  /** Of all answers in memory; beyond, the oldest are forgotten, or read from the store. */
  readonly maxTotalBytes: number;
  /** How long an outcome can be asked for. */
  readonly statusRetentionSec: number;
}

export const PARKING_DEFAULTS = {
  maxJobs: 256,
  maxResultBytes: 32 * 1024 * 1024,
  maxTotalBytes: 256 * 1024 * 1024,
  statusRetentionSec: 3_600,
} as const satisfies ParkingSettings;
