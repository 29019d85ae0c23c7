/** The pallet in which hotkeys publish short records. */
export const COMMITMENTS = { name: "Commitments", index: 18 } as const;
