import { randomBytes } from "node:crypto";
import type { Hotkey } from "@neurond/primitives";
import type { Credential, Credentials } from "@neurond/s3";
import type { AccessKeyRecord, AccessKeys } from "@neurond/store";
import type { SecretBox } from "./box.ts";

/** A new access key; its secret is shown once. */
export interface NewKey {
  readonly accessKeyId: string;
  readonly secret: string;
  readonly owner: Hotkey;
}

export interface KeyRingDeps {
  readonly keys: AccessKeys;
  readonly box: SecretBox;
  readonly now: () => number;
}

/** How long a key that was removed elsewhere still opens, at most. */
const CACHE_MS = 5_000;
const CACHED = 1_000;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Access keys of the S3 gateway: made for an owner, kept encrypted, looked up per request. */
export class KeyRing implements Credentials {
  readonly #deps: KeyRingDeps;
  readonly #cache = new Map<
    string,
    { readonly found: Credential | null; readonly untilMs: number }
  >();

  constructor(deps: KeyRingDeps) {
    this.#deps = deps;
  }

  async add(owner: Hotkey, label: string): Promise<NewKey> {
    const { keys, box, now } = this.#deps;
    // 80 and 240 random bits.
    const accessKeyId = `NK${letters(16)}`;
    const secret = randomBytes(30).toString("base64url");
    const boxedSecret = box.seal(secret, contextOf({ accessKeyId, owner }));
    await keys.add({ accessKeyId, owner, boxedSecret, label, createdMs: now() });
    return { accessKeyId, secret, owner };
  }

  async find(accessKeyId: string): Promise<Credential | null> {
    const { keys, box, now } = this.#deps;
    const cached = this.#cache.get(accessKeyId);
    if (cached && cached.untilMs > now()) return cached.found;
    const record = await keys.find(accessKeyId);
    const found = record && {
      owner: record.owner,
      secret: box.open(record.boxedSecret, contextOf(record)),
    };
    // Ids that strangers make up come and go; those in use come back at once.
    if (this.#cache.size >= CACHED) this.#cache.clear();
    this.#cache.set(accessKeyId, { found, untilMs: now() + CACHE_MS });
    return found;
  }
}

/** A boxed secret opens only for the id and the owner it was made for. */
const contextOf = ({ accessKeyId, owner }: Pick<AccessKeyRecord, "accessKeyId" | "owner">) =>
  `${accessKeyId} ${owner}`;

const letters = (count: number) =>
  [...randomBytes(count)].map((byte) => ALPHABET[byte & 31]).join("");
