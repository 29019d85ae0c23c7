import type {
  Bucket,
  ListQuery,
  ListStart,
  NewObject,
  ObjectIndex,
  PutCondition,
  PutResult,
  StoredObject,
  Upload,
  UploadPart,
} from "./object-index.ts";

interface OpenUpload {
  readonly upload: Upload;
  readonly parts: Map<number, UploadPart>;
}
type Completed = StoredObject & { readonly uploadId: string | null };

const compare = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
const idOf = (bucket: string, key: string) => `${bucket}/${key}`;

/** An index in memory, for tests and examples: nothing outlives the process. */
export class MemoryIndex implements ObjectIndex {
  readonly #buckets = new Map<string, Bucket>();
  readonly #objects = new Map<string, Completed>();
  readonly #uploads = new Map<string, OpenUpload>();
  readonly #refs = new Map<string, number>();
  /** Blobs to be removed from the vault. */
  readonly garbage = new Set<string>();

  async createBucket(bucket: Bucket, maxPerOwner: number) {
    if (this.#buckets.has(bucket.name)) return "exists";
    if ((await this.buckets(bucket.owner)).length >= maxPerOwner) return "too-many";
    this.#buckets.set(bucket.name, bucket);
    return "created";
  }

  async bucket(name: string) {
    return this.#buckets.get(name) ?? null;
  }

  async buckets(owner: string) {
    const own = [...this.#buckets.values()].filter((bucket) => bucket.owner === owner);
    return own.sort((a, b) => compare(a.name, b.name));
  }

  async deleteBucket(name: string) {
    if (!this.#buckets.has(name)) return "missing";
    if ([...this.#objects.values()].some(({ bucket }) => bucket === name)) return "not-empty";
    for (const { bucket, uploadId } of [...this.#uploads.values()].map(({ upload }) => upload)) {
      if (bucket === name) await this.abortUpload(uploadId);
    }
    this.#buckets.delete(name);
    return "deleted";
  }

  async object(bucket: string, key: string) {
    return this.#objects.get(idOf(bucket, key)) ?? null;
  }

  async putObject(bucket: string, key: string, object: NewObject, condition?: PutCondition) {
    return this.#put(bucket, key, object, null, condition);
  }

  async copyObject(bucket: string, key: string, object: NewObject, condition?: PutCondition) {
    if (object.parts.some(({ blob }) => !this.#refs.has(blob))) return "no-blob";
    return this.#put(bucket, key, object, null, condition);
  }

  async deleteObject(bucket: string, key: string) {
    const found = this.#objects.get(idOf(bucket, key));
    if (found === undefined) return false;
    this.#objects.delete(idOf(bucket, key));
    this.#release(found.parts.map(({ blob }) => blob));
    return true;
  }

  async list(bucket: string, { prefix, start, limit }: ListQuery) {
    return [...this.#objects.values()]
      .filter((one) => one.bucket === bucket && one.key.startsWith(prefix))
      .filter(({ key }) => isBehind(key, start))
      .sort((a, b) => compare(a.key, b.key))
      .slice(0, limit);
  }

  async createUpload(upload: Upload) {
    if (!this.#buckets.has(upload.bucket)) return "no-bucket";
    this.#uploads.set(upload.uploadId, { upload, parts: new Map() });
    return "stored";
  }

  async upload(uploadId: string) {
    return this.#uploads.get(uploadId)?.upload ?? null;
  }

  async putPart(uploadId: string, part: UploadPart) {
    const open = this.#uploads.get(uploadId);
    if (open === undefined) return false;
    const before = open.parts.get(part.number);
    this.#keep(blobsOf([part]));
    open.parts.set(part.number, part);
    if (before) this.#release(blobsOf([before]));
    return true;
  }

  async parts(uploadId: string, after: number, limit: number) {
    const parts = [...(this.#uploads.get(uploadId)?.parts.values() ?? [])];
    const wanted = parts.filter(({ number }) => number > after);
    return wanted.sort((a, b) => a.number - b.number).slice(0, limit);
  }

  async abortUpload(uploadId: string) {
    const open = this.#uploads.get(uploadId);
    if (open === undefined) return false;
    this.#uploads.delete(uploadId);
    this.#release(blobsOf([...open.parts.values()]));
    return true;
  }

  async completeUpload(
    uploadId: string,
    numbers: readonly number[],
    object: NewObject,
    condition?: PutCondition,
  ) {
    const open = this.#uploads.get(uploadId);
    if (open === undefined) return "no-upload";
    const { upload } = open;
    const blobs = numbers.flatMap((number) => {
      const part = open.parts.get(number);
      return part ? blobsOf([part]) : ["missing"];
    });
    if (blobs.join() !== object.parts.map(({ blob }) => blob).join()) return "changed";
    const result = this.#put(upload.bucket, upload.key, object, uploadId, condition);
    if (result === "stored") await this.abortUpload(uploadId);
    return result;
  }

  async completed(uploadId: string) {
    return [...this.#objects.values()].find((one) => one.uploadId === uploadId) ?? null;
  }

  async uploads(bucket: string, { prefix, after, limit }: Parameters<ObjectIndex["uploads"]>[1]) {
    return [...this.#uploads.values()]
      .map(({ upload }) => upload)
      .filter((one) => one.bucket === bucket && one.key.startsWith(prefix))
      .sort((a, b) => compare(a.key, b.key) || compare(a.uploadId, b.uploadId))
      .filter(({ key, uploadId }) => {
        if (after === null) return true;
        const order = compare(key, after.key);
        return order > 0 || (order === 0 && after.uploadId !== null && uploadId > after.uploadId);
      })
      .slice(0, limit);
  }

  async discard(blobs: readonly string[]) {
    for (const blob of blobs) if (!this.#refs.has(blob)) this.garbage.add(blob);
  }

  #put(
    bucket: string,
    key: string,
    object: NewObject,
    uploadId: string | null,
    condition: PutCondition = {},
  ): PutResult {
    if (!this.#buckets.has(bucket)) return "no-bucket";
    const before = this.#objects.get(idOf(bucket, key));
    const failure = failureOf(condition, before);
    if (failure !== null) return failure;
    this.#keep(object.parts.map(({ blob }) => blob));
    this.#objects.set(idOf(bucket, key), { ...object, bucket, key, uploadId });
    if (before) this.#release(before.parts.map(({ blob }) => blob));
    return "stored";
  }

  #keep(blobs: readonly string[]): void {
    for (const blob of blobs) this.#refs.set(blob, (this.#refs.get(blob) ?? 0) + 1);
  }

  #release(blobs: readonly string[]): void {
    for (const blob of blobs) {
      const left = (this.#refs.get(blob) ?? 0) - 1;
      if (left > 0) {
        this.#refs.set(blob, left);
        continue;
      }
      this.#refs.delete(blob);
      this.garbage.add(blob);
    }
  }
}

/** Why a write must not be made; null when it may. */
function failureOf(condition: PutCondition, before: NewObject | undefined): PutResult | null {
  if (condition.ifAbsent && before) return "precondition-failed";
  if (condition.ifMatch === undefined) return null;
  if (before === undefined) return "no-object";
  const isSame = condition.ifMatch === "*" || condition.ifMatch === before.etag;
  return isSame ? null : "precondition-failed";
}

function isBehind(key: string, start: ListStart | null): boolean {
  if (start === null) return true;
  if ("after" in start) return compare(key, start.after) > 0;
  return compare(key, start.past) > 0 && !key.startsWith(start.past);
}

const blobsOf = (parts: readonly UploadPart[]) =>
  parts.flatMap(({ blob }) => (blob === null ? [] : [blob]));
