import type { Micros } from "@neurond/exports";
import type { Random } from "../random.ts";
import type { Chute } from "../world/cast.ts";
import type { Instance } from "../world/instance.ts";

/** Which instances of a chute can be called, as time goes on. */
export class ActiveInstances {
  readonly #changes: readonly {
    readonly time: Micros;
    readonly instance: Instance;
    readonly starts: boolean;
  }[];
  readonly #byChute: Instance[][];
  #next = 0;

  constructor(lives: readonly Instance[], chuteCount: number) {
    const changes = lives
      .filter(({ activated }) => Number.isFinite(activated))
      .flatMap((instance) => [
        { time: instance.activated, instance, starts: true },
        { time: instance.deleted, instance, starts: false },
      ]);
    this.#changes = changes
      .filter(({ time }) => Number.isFinite(time))
      .sort((a, b) => a.time - b.time);
    this.#byChute = Array.from({ length: chuteCount }, () => []);
  }

  /** Moves on to a time; it never goes back. */
  advance(now: Micros): void {
    for (;;) {
      const change = this.#changes[this.#next];
      if (change === undefined || change.time > now) return;
      this.#next += 1;
      const list = this.#byChute[change.instance.chute.index] ?? [];
      if (change.starts) list.push(change.instance);
      else list.splice(list.indexOf(change.instance), 1);
    }
  }

  /** One of a chute's, not among `avoid` if it can be helped; null when it has none. */
  draw(chute: Chute, avoid: readonly Instance[], random: Random): Instance | null {
    const list = this.#byChute[chute.index] ?? [];
    const at = random.integer(0, Math.max(0, list.length - 1));
    for (let step = 0; step < list.length; step += 1) {
      const instance = list[(at + step) % list.length];
      if (instance !== undefined && !avoid.includes(instance)) return instance;
    }
    return list[at] ?? null;
  }
}
