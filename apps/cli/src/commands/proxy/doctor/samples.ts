/** One line of a Prometheus exposition. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Reads the samples of an exposition (text format 0.0.4); comments and what is malformed are left out. */
export function parseSamples(text: string): readonly Sample[] {
  return text.split("\n").flatMap((line) => {
    const [, name, labels = "", value] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/.exec(line) ?? [];
    return name === undefined
      ? []
      : [{ name, labels: parseLabels(labels), value: numberOf(value ?? "") }];
  });
}

/** Infinity has a spelling of its own there. */
function numberOf(text: string): number {
  return Number(text.replace(/Inf$/, "Infinity"));
}

function parseLabels(text: string): Readonly<Record<string, string>> {
  const pairs = text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g);
  return Object.fromEntries(pairs.map(([, name = "", value = ""]) => [name, value]));
}
