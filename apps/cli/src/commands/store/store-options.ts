import { expandHome } from "@neurond/chain/wallet";
import type { Parameter } from "../../action.ts";
import type { Call } from "../../call.ts";
import { LocalFiles } from "./local-files.ts";

const DEFAULT_DIRECTORY = "~/.neurond/files";

/** Option that says where records of stored files are. */
export const DIRECTORY_OPTION: Parameter = {
  flags: "--directory <directory>",
  description: `where the records of stored files are kept (default: ${DEFAULT_DIRECTORY})`,
};

/** The records of the files stored from this machine. */
export function localFilesOf(call: Call): LocalFiles {
  return new LocalFiles(expandHome(call.given("directory") ?? DEFAULT_DIRECTORY, call.env));
}

/** How far a transfer is, in words for one line. */
export class Meter {
  readonly #what: string;
  readonly #totalBytes: number;
  #bytes = 0;

  constructor(what: string, totalBytes: number) {
    this.#what = what;
    this.#totalBytes = totalBytes;
  }

  /** Counts a stream as it passes by. */
  async *count(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      this.#bytes += chunk.length;
      yield chunk;
    }
  }

  readonly label = (): string => {
    const share = this.#totalBytes === 0 ? 1 : Math.min(1, this.#bytes / this.#totalBytes);
    const [done, all] = [this.#bytes, this.#totalBytes].map((bytes) => (bytes / 1e6).toFixed(1));
    return `${this.#what} ${Math.floor(share * 100)} %, ${done} of ${all} MB`;
  };
}
