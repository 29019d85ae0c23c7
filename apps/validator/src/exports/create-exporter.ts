import type { ComposedValidator } from "../compose.ts";
import type { Config } from "../config.ts";
import { ExportFiles } from "./export-files.ts";
import type { Exporter } from "./exporter.ts";

const US_PER_SECOND = 1_000_000;
const US_PER_DAY = 86_400 * US_PER_SECOND;

/** What publishes a validator's record; null where that is not wanted. */
export function createExporter(
  validator: ComposedValidator,
  { enabled, directory, sliceMinutes, delaySeconds, retentionDays }: Config["exports"],
): Exporter | null {
  if (!enabled) return null;
  return {
    validator,
    files: new ExportFiles(directory),
    stores: validator.stores.exports,
    rules: {
      lengthUs: sliceMinutes * 60 * US_PER_SECOND,
      delayUs: Math.round(delaySeconds * US_PER_SECOND),
    },
    retentionUs: retentionDays * US_PER_DAY,
  };
}
