import { expandHome } from "@neurond/chain/wallet";
import type { Progress } from "@neurond/storage-client";
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

/** How far a transfer is, in words for one line: share, rate and the time that is left. */
export class TransferLine {
  readonly #what: string;
  #progress: Progress = { bytes: 0, totalBytes: null, bytesPerSecond: 0, etaSeconds: null };

  constructor(what: string) {
    this.#what = what;
  }

  readonly onProgress = (progress: Progress): void => {
    this.#progress = progress;
  };

  readonly label = (): string => {
    const { bytes, totalBytes, bytesPerSecond, etaSeconds } = this.#progress;
    const megabytes = (count: number) => (count / 1e6).toFixed(1);
    const total = totalBytes === null ? "" : ` of ${megabytes(totalBytes)}`;
    const part = totalBytes ? Math.min(1, bytes / totalBytes) : 0;
    const share = totalBytes ? `${bar(part)} ${Math.floor(100 * part)} %, ` : "";
    const left = etaSeconds === null ? "" : `, ${duration(etaSeconds)} left`;
    return `${this.#what} ${share}${megabytes(bytes)}${total} MB, ${megabytes(bytesPerSecond)} MB/s${left}`;
  };
}

const BAR_WIDTH = 20;

function bar(part: number): string {
  const full = Math.floor(part * BAR_WIDTH);
  return `[${"#".repeat(full)}${"-".repeat(BAR_WIDTH - full)}]`;
}

function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  return whole < 3600 ? `${Math.ceil(whole / 60)} min` : `${(whole / 3600).toFixed(1)} h`;
}
