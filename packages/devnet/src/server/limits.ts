/** What one client may ask of the server before it is refused or cut off. */
export interface Limits {
  /** Frame or body, bytes. The largest honest one is a runtime upgrade of about 5 MB as hex. */
  readonly messageBytes: number;
  /** JSON inside JSON; a storage query needs 4. */
  readonly depth: number;
  readonly batch: number;
  /** All answers of one batch together, bytes. */
  readonly answerBytes: number;
  /** Tools open a socket per command; a test run has hundreds. */
  readonly sockets: number;
  /** Requests of one socket that are not answered yet. */
  readonly inFlight: number;
  /** Bytes that wait for a client which does not read; metadata is 0.7 MB of them. */
  readonly backlogBytes: number;
  /** A socket that leaves one ping unanswered for this long is dead. */
  readonly pingMs: number;
}

export const LIMITS: Limits = {
  messageBytes: 16 * 1024 * 1024,
  depth: 32,
  batch: 1_000,
  answerBytes: 32 * 1024 * 1024,
  sockets: 1_024,
  inFlight: 4_096,
  backlogBytes: 64 * 1024 * 1024,
  pingMs: 30_000,
};
