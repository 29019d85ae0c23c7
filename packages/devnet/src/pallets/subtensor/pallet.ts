/** The pallet that is the field: neurons, weights, epochs, stake. */
export const SUBTENSOR = { name: "SubtensorModule", index: 7 } as const;
