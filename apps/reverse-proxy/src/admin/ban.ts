import { z } from "zod";

/** A key that may not call, whatever else holds. */
export const Ban = z.strictObject({
  /** ss58 of a hotkey, or of a coldkey: then none of its hotkeys may call. */
  key: z.string().min(1).max(64),
  reason: z.string().max(256),
  /** Unix milliseconds. */
  sinceMs: z.int().min(0),
  /** Null: until it is lifted. */
  untilMs: z.int().min(0).nullable(),
});
export type Ban = z.output<typeof Ban>;

/** Port: where bans outlive a process. */
export interface BanStore {
  read(): Promise<readonly Ban[]>;
  put(ban: Ban): Promise<void>;
  remove(key: string): Promise<void>;
  /** Whether other processes put and remove there too. */
  readonly isShared: boolean;
}
