import { CodedError, type Hotkey } from "@neurond/primitives";
import {
  isBucketName,
  type ListedObject,
  type Listing,
  type ListStart,
  listObjects,
  MAX_KEY_BYTES,
  readObject,
  type StoredObject,
  type Vault,
} from "@neurond/s3";
import type { ObjectGrants, PostgresObjectIndex, SharedObject } from "@neurond/store";
import type { StorageApiCode } from "./errors.ts";

/** A file by the place it has; a place is a bucket of S3, or the ss58 of an owner. */
export interface FilePlace {
  readonly place: string;
  readonly name: string;
}

export interface NewFile {
  readonly name: string;
  readonly body: AsyncIterable<Uint8Array>;
  /** Bytes that will come, where they were announced. */
  readonly size?: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Known once the body was read, which its signature covers. */
  readonly settle: () => { readonly owner: Hotkey; readonly place: string; readonly etag: string };
  readonly expiresMs?: number;
  readonly signal: AbortSignal;
}

export interface FilesDeps {
  readonly index: PostgresObjectIndex;
  readonly grants: ObjectGrants;
  readonly vault: Vault;
  readonly maxBucketsPerOwner: number;
  readonly now: () => number;
}

const SHARED_LISTED = 1000;

/**
 * Files of hotkeys: each has an owner, who alone writes, deletes and shares, and grantees, who read. The
 * same objects as in S3, so that an object of a bucket can be shared here.
 */
export class Files {
  readonly #deps: FilesDeps;

  constructor(deps: FilesDeps) {
    this.#deps = deps;
  }

  /** Stores a file, replacing one of the same name. @throws CodedError NOT_OWNER, NAME_INVALID, VAULT_FULL */
  async put(file: NewFile): Promise<StoredObject> {
    const { name, size, headers, expiresMs, signal } = file;
    const { index, vault, now } = this.#deps;
    checkName(name);
    const blob = await vault.put(file.body, {
      ...{ name, signal },
      ...(size !== undefined && { size }),
      ...(expiresMs !== undefined && { untilMs: expiresMs }),
    });
    const { owner, place, etag } = file.settle();
    const object = {
      owner,
      size: blob.size,
      etag,
      modifiedMs: now(),
      headers,
      checksum: null,
      parts: [{ blob: blob.id, size: blob.size }],
      ...(expiresMs !== undefined && { expiresMs }),
    };
    const isOpen = await this.#openPlace(owner, place);
    const result = isOpen ? await index.putObject(place, name, object) : "no-bucket";
    if (result === "stored") return { ...object, bucket: place, key: name };
    await index.discard([blob.id]);
    throw notOwner();
  }

  /** A file that its owner or a grantee asks for. @throws CodedError FILE_MISSING */
  async find(reader: Hotkey, { place, name }: FilePlace): Promise<StoredObject> {
    const { index, now } = this.#deps;
    const object = await index.object(place, name);
    const isThere = object !== null && (object.expiresMs ?? Number.POSITIVE_INFINITY) > now();
    if (isThere && (await this.mayRead(object, reader))) return object;
    throw missing();
  }

  /** Whether somebody owns a file or was granted it. */
  async mayRead({ owner, bucket, key }: StoredObject, reader: string): Promise<boolean> {
    return owner === reader || this.#deps.grants.isGranted(bucket, key, reader);
  }

  /** The bytes of a file, or of a stretch of it. */
  read(
    object: StoredObject,
    range: { readonly offset: number; readonly length: number },
    signal: AbortSignal,
  ): AsyncIterable<Uint8Array> {
    return readObject(this.#deps.vault, object, range, signal);
  }

  /** Forgets a file. @throws CodedError NOT_OWNER, FILE_MISSING */
  async delete(owner: Hotkey, { place, name }: FilePlace): Promise<void> {
    await this.#checkOwner(owner, place);
    if (!(await this.#deps.index.deleteObject(place, name))) throw missing();
  }

  /** A page of an owner's files in a place. @throws CodedError NOT_OWNER */
  async list(
    owner: Hotkey,
    query: {
      readonly place: string;
      readonly prefix: string;
      readonly delimiter: string;
      readonly start: ListStart | null;
      readonly limit: number;
    },
  ): Promise<Listing> {
    const { place, ...rest } = query;
    const bucket = await this.#deps.index.bucket(place);
    if (bucket === null && place === owner) return { objects: [], prefixes: [], next: null };
    if (bucket?.owner !== owner) throw notOwner();
    return listObjects(this.#deps.index, { bucket: place, ...rest });
  }

  /** Lets somebody read a file. @throws CodedError NOT_OWNER, FILE_MISSING */
  async share(owner: Hotkey, { place, name }: FilePlace, grantee: Hotkey): Promise<void> {
    await this.#checkOwner(owner, place);
    const { grants, now } = this.#deps;
    if (!(await grants.grant(place, name, grantee, now()))) throw missing();
  }

  /** Ends that. @throws CodedError NOT_OWNER */
  async unshare(owner: Hotkey, { place, name }: FilePlace, grantee: Hotkey): Promise<void> {
    await this.#checkOwner(owner, place);
    await this.#deps.grants.revoke(place, name, grantee);
  }

  /** Who may read a file besides its owner. @throws CodedError NOT_OWNER */
  async grantees(owner: Hotkey, { place, name }: FilePlace): Promise<readonly string[]> {
    await this.#checkOwner(owner, place);
    return this.#deps.grants.grantees(place, name);
  }

  /** What others let somebody read, of one name or all. */
  async sharedWith(reader: Hotkey, name?: string): Promise<readonly SharedObject[]> {
    const query = { limit: SHARED_LISTED, ...(name !== undefined && { key: name }) };
    return this.#deps.grants.grantedTo(reader, query);
  }

  async #checkOwner(owner: Hotkey, place: string): Promise<void> {
    const bucket = await this.#deps.index.bucket(place);
    if (bucket?.owner !== owner) throw notOwner();
  }

  /** An owner's own place is made when it is needed first; buckets are made through S3. */
  async #openPlace(owner: Hotkey, place: string): Promise<boolean> {
    const { index, now, maxBucketsPerOwner } = this.#deps;
    if (place === owner && (await index.bucket(place)) === null) {
      const home = { name: place, owner, createdMs: now() };
      await index.createBucket(home, maxBucketsPerOwner + 1);
    }
    return (await index.bucket(place))?.owner === owner;
  }
}

/** The place that a request names: its caller's own when it names none. @throws CodedError NAME_INVALID */
export function placeOf(caller: Hotkey, named: string | undefined): string {
  if (named === undefined) return caller;
  if (isBucketName(named) || /^[1-9A-HJ-NP-Za-km-z]{46,49}$/.test(named)) return named;
  throw new CodedError<StorageApiCode>("NAME_INVALID", "the bucket is neither a name nor an ss58");
}

function checkName(name: string): void {
  const length = Buffer.byteLength(name);
  if (length > 0 && length <= MAX_KEY_BYTES) return;
  throw new CodedError<StorageApiCode>("NAME_INVALID", `a name has 1 to ${MAX_KEY_BYTES} bytes`);
}

/** A file as lists and answers have it. */
export const describeFile = ({ key, size, etag, modifiedMs, owner }: ListedObject) => ({
  name: key,
  size,
  etag,
  modified: new Date(modifiedMs).toISOString(),
  owner,
});

export const missing = (): CodedError<StorageApiCode> =>
  new CodedError("FILE_MISSING", "there is no such file that the caller may read");

const notOwner = (): CodedError<StorageApiCode> =>
  new CodedError("NOT_OWNER", "the place is another owner's, or there is no such bucket");
