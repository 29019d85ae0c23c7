/** Where an upstream's answer goes: to the client, or, once that was told to wait, to the parking. */
export interface ResponseSink {
  /** `headers` flat as on the wire: name, value, name, value; hop-by-hop headers are gone. */
  start(status: number, headers: readonly string[]): void;
  /** False asks to wait for `resume` of `onDrain`. */
  write(chunk: Buffer): boolean;
  onDrain(resume: () => void): void;
  end(trailers: readonly string[]): void;
  /** The answer broke off; before `start` the sink answers in its own words. */
  fail(failure: UpstreamFailure): void;
}

/** Why an upstream gave no whole answer. `timeout` means that it took the request, and may be at work. */
export type UpstreamFailure = "unreachable" | "timeout" | "broken" | "client-left";
