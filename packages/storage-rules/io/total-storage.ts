import { open } from "node:fs/promises";

/** How many bytes all miners held, and when. */
export const TOTAL_STORAGE = "total_storage.csv";

/** Appends how many bytes all miners hold to `TOTAL_STORAGE`, with the local time. */
export async function appendTotalStorage(
  path: string,
  totalBytes: bigint,
  time: Date,
): Promise<void> {
  await using file = await open(path, "a");
  const heading = (await file.stat()).size === 0 ? "total_storage,timestamp\n" : "";
  await file.writeFile(`${heading}${totalBytes},${localTime(time)}\n`);
}

/** `YYYY-MM-DD HH:MM:SS` where this machine stands. */
function localTime(time: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const day = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join("-");
  return `${day} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(":")}`;
}
