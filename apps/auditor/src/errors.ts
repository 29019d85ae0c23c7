/** Codes this app throws. */
export type AuditorCode = "FINDING_UNKNOWN" | "RUN_UNKNOWN";

/** The HTTP status of each code a route may throw. */
export const HTTP_STATUS: Readonly<Record<AuditorCode, number>> = {
  FINDING_UNKNOWN: 404,
  RUN_UNKNOWN: 404,
};
