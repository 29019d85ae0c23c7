/** Whether requests for backends are taken: an operator pauses and resumes, stopping is for good. */
export class ServiceState {
  #isPaused = false;
  #isStopping = false;

  get name(): "running" | "paused" | "stopping" {
    if (this.#isStopping) return "stopping";
    return this.#isPaused ? "paused" : "running";
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  get isStopping(): boolean {
    return this.#isStopping;
  }

  pause(paused: boolean): void {
    this.#isPaused = paused;
  }

  stop(): void {
    this.#isStopping = true;
  }
}
