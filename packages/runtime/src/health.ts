/** Why something is not well, in a few words; undefined when it is. */
export type Check = () => string | undefined;

export interface Verdict {
  readonly ok: boolean;
  readonly problems: Readonly<Record<string, string>>;
}

/** What `/livez` and `/readyz` answer: a table of checks, each asked when somebody asks. */
export class Health {
  readonly #live = new Map<string, Check>();
  readonly #ready = new Map<string, Check>();

  /** A failed check means that only a restart helps. */
  requireLive(name: string, check: Check): void {
    this.#live.set(name, check);
  }

  /** A failed check means: send no work here now. */
  requireReady(name: string, check: Check): void {
    this.#ready.set(name, check);
  }

  live(): Verdict {
    return judge(this.#live);
  }

  ready(): Verdict {
    return judge(new Map([...this.#live, ...this.#ready]));
  }
}

function judge(checks: ReadonlyMap<string, Check>): Verdict {
  const problems: Record<string, string> = {};
  for (const [name, check] of checks) {
    const problem = check();
    if (problem !== undefined) problems[name] = problem;
  }
  return { ok: Object.keys(problems).length === 0, problems };
}
