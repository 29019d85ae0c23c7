/** Misbehaviour on order, for clients to be tried against. */
export interface Faults {
  /** Answers come so many milliseconds late; those of `dev_*` methods do not. */
  delayMs: number;
  /** Subscriptions are answered and then stay silent. */
  muted: boolean;
  /** Cuts every open socket without a word. */
  dropConnections(): void;
}
