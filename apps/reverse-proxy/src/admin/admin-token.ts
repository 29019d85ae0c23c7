import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { writeWhole } from "@neurond/files";
import { CodedError } from "@neurond/primitives";
import type { Secret } from "@neurond/runtime";
import { z } from "zod";
import type { AdminCode } from "./errors.ts";

const digestText = z.string().regex(/^[0-9a-f]{64}$/);

/** What is kept of a rotation: digests only, so that who reads the file still has no token. */
const Rotated = z.strictObject({
  v: z.literal(1),
  /** Of the configured token that was replaced: once another is configured, that one holds again. */
  replaced: digestText,
  holds: digestText,
});

/** The one token that holds: the configured one, or what it was last replaced by. */
export class AdminToken {
  readonly #path: string;
  #configured: Buffer;
  #holds: Buffer;

  private constructor(path: string, configured: Buffer, holds: Buffer) {
    this.#path = path;
    this.#configured = configured;
    this.#holds = holds;
  }

  /** `path` is where a rotation is kept. */
  static async open(path: string, configured: Secret): Promise<AdminToken> {
    const own = digest(configured.reveal());
    const kept = await readRotated(path);
    const isReplaced = kept !== undefined && kept.replaced === own.toString("hex");
    return new AdminToken(path, own, isReplaced ? Buffer.from(kept.holds, "hex") : own);
  }

  /** Of digests, which are equally long: how much of a guess was right must not show in the time. */
  matches(given: string): boolean {
    return timingSafeEqual(digest(given), this.#holds);
  }

  /** Takes the token of a reloaded configuration; one that has not changed changes nothing. */
  configure(configured: Secret): void {
    const own = digest(configured.reveal());
    if (own.equals(this.#configured)) return;
    this.#configured = own;
    this.#holds = own;
  }

  /** Makes a new token; the old one is dead once this resolves. @throws CodedError TOKEN_UNSAVED */
  async rotate(): Promise<string> {
    const token = randomBytes(32).toString("base64url");
    const holds = digest(token);
    const kept: z.input<typeof Rotated> = {
      v: 1,
      replaced: this.#configured.toString("hex"),
      holds: holds.toString("hex"),
    };
    try {
      await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
      await writeWhole(this.#path, `${JSON.stringify(kept)}\n`);
    } catch (cause) {
      const message = `${this.#path} cannot be written: the old token still holds`;
      throw new CodedError<AdminCode>("TOKEN_UNSAVED", message, { path: this.#path }, { cause });
    }
    this.#holds = holds;
    return token;
  }
}

/** What is damaged is no rotation: the configured token holds, which its operator has. */
async function readRotated(path: string): Promise<z.output<typeof Rotated> | undefined> {
  try {
    return Rotated.safeParse(JSON.parse(await readFile(path, "utf8"))).data;
  } catch {
    return undefined;
  }
}

const digest = (text: string) => createHash("sha256").update(text).digest();
