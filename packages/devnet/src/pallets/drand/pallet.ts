/** The pallet that keeps the pulses which open timelocked commits. */
export const DRAND = { name: "Drand", index: 26 } as const;
