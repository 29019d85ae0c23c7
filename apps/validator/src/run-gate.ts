/**
 * Guards the record of runs: observations are written only while their run is open, and whoever
 * settles its scores first waits until the last writer has left. So nothing is recorded after the
 * scores that should have counted it.
 */
export class RunGate {
  readonly #visits = new Map<
    number,
    { readonly stop: AbortController; readonly end: Promise<void> }
  >();
  #closedBefore = 0;

  /** Does `work` while the run is open; its signal fires when the run is closed. False when it was. */
  async enter(
    index: number,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<void>,
  ): Promise<boolean> {
    if (index < this.#closedBefore || this.#visits.has(index)) return false;
    const stop = new AbortController();
    const end = work(AbortSignal.any([signal, stop.signal]));
    this.#visits.set(index, { stop, end: end.catch(() => undefined) });
    try {
      await end;
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    } finally {
      this.#visits.delete(index);
    }
    return true;
  }

  /** Closes a run and all before it, and waits for whoever is inside. */
  async close(index: number): Promise<void> {
    this.#closedBefore = Math.max(this.#closedBefore, index + 1);
    const inside = [...this.#visits].filter(([visited]) => visited <= index);
    for (const [, { stop }] of inside) stop.abort();
    await Promise.all(inside.map(([, { end }]) => end));
  }
}
