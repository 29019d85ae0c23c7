/** Fields that every line has, or that are told elsewhere in it. */
const COMMON = new Set(["level", "time", "name", "msg"]);

/** Writes log lines as the first proxy did: `time | level | name - message`, and then the fields. */
export function textLog(write: (line: string) => void): { write(json: string): void } {
  return {
    write(json) {
      const { level, time, name, msg, ...fields } = JSON.parse(json) as Record<string, unknown>;
      const rest = Object.entries(fields)
        .filter(([key]) => !COMMON.has(key))
        .map(
          ([key, value]) => ` ${key}=${typeof value === "string" ? value : JSON.stringify(value)}`,
        );
      const severity = String(level).toUpperCase().padEnd(8);
      write(`${String(time)} | ${severity} | ${String(name)} - ${String(msg)}${rest.join("")}\n`);
    },
  };
}
