import { readFileSync } from "node:fs";
import { z } from "zod";

const Manifest = z.object({ version: z.string() });

/** The version of this package, as it is installed. */
export function readVersion(): string {
  const path = new URL("../package.json", import.meta.url);
  return Manifest.parse(JSON.parse(readFileSync(path, "utf8"))).version;
}
