import { parseArgs } from "node:util";

/** What `reverse-proxy --help` prints. */
export const USAGE = `reverse-proxy [--config PATH] [--check-config] [--host H] [--port P] [--log-level L] [--reload]
              [--set section.key=value ...]

PATH is a file (YAML or JSON) or a directory with config.json or config.yaml in it. Settings come from
the command line, then the environment (and .env), then the file, then defaults.`;

/** What the command line asks for. */
export type CommandLine =
  | {
      readonly kind: "run";
      readonly path: string | undefined;
      readonly checkOnly: boolean;
      readonly overrides: Readonly<Record<string, string>>;
    }
  | { readonly kind: "help" }
  | { readonly kind: "wrong"; readonly problem: string };

/** Reads the arguments after the program's name. */
export function readCommandLine(args: readonly string[]): CommandLine {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        config: { type: "string", short: "c" },
        "check-config": { type: "boolean" },
        host: { type: "string" },
        port: { type: "string" },
        "log-level": { type: "string" },
        reload: { type: "boolean" },
        set: { type: "string", multiple: true },
        help: { type: "boolean", short: "h" },
      },
    });
    if (values.help) return { kind: "help" };
    const [path = values.config, ...more] = positionals;
    if (more.length > 0) return { kind: "wrong", problem: "name one configuration" };
    const overrides: Record<string, string> = {
      ...(values.host !== undefined && { "server.host": values.host }),
      ...(values.port !== undefined && { "server.port": values.port }),
      ...(values["log-level"] !== undefined && { "server.log_level": values["log-level"] }),
      ...(values.reload && { "server.reload": "true" }),
    };
    for (const pair of values.set ?? []) {
      const [, name, value] = /^([^=]+)=(.*)$/s.exec(pair) ?? [];
      if (name === undefined || value === undefined)
        return { kind: "wrong", problem: `--set ${pair}: write section.key=value` };
      overrides[name] = value;
    }
    return { kind: "run", path, checkOnly: values["check-config"] ?? false, overrides };
  } catch (error) {
    return { kind: "wrong", problem: (error as Error).message };
  }
}
