/** When a drand network publishes its rounds: round r at `genesisSeconds + (r - 1) * periodSeconds`. */
export interface DrandClock {
  readonly genesisSeconds: number;
  readonly periodSeconds: number;
}

/** The clock of drand quicknet, the network whose pulses the chain stores. */
export const QUICKNET_CLOCK: DrandClock = { genesisSeconds: 1_692_803_367, periodSeconds: 3 };

/** The newest round published at a time; 0 before the network's first round. */
export function drandRoundAt(unixSeconds: number, clock: DrandClock = QUICKNET_CLOCK): number {
  const elapsed = Math.floor(unixSeconds) - clock.genesisSeconds;
  return elapsed < 0 ? 0 : Math.floor(elapsed / clock.periodSeconds) + 1;
}

/** The Unix second at which a round is published. */
export function drandRoundTime(round: number, clock: DrandClock = QUICKNET_CLOCK): number {
  return clock.genesisSeconds + (round - 1) * clock.periodSeconds;
}
