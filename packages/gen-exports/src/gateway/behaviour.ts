/** How the mock gateway treats one request. */
export type GatewayBehaviour =
  | { readonly kind: "well" }
  /** So many targets fail before one answers; five are all of them. */
  | { readonly kind: "retries"; readonly failures: number }
  /** Says that it has no capacity, and tries nobody. */
  | { readonly kind: "overload" }
  /** Answers with this status, and tries nobody. */
  | { readonly kind: "refuses"; readonly status: number }
  /** One line of so many bytes before the answer. */
  | { readonly kind: "huge-line"; readonly sizeBytes: number }
  /** Hangs up after the target was named. */
  | { readonly kind: "cut" }
  /** Lines that are no events, before the answer. */
  | { readonly kind: "garbage" }
  /** Names the target, and then nothing comes any more. */
  | { readonly kind: "silent" };

/** Targets that one request is tried on at most. */
export const MAX_ATTEMPTS = 5;
