import { createHash, randomUUID } from "node:crypto";
import type { SigningKey } from "@neurond/epistula";
import { AXON, type AxonField, signAxonResponse } from "@neurond/epistula";
import { CodedError, isCoded } from "@neurond/primitives";
import { type App, authenticated, type Gate, principalOf } from "@neurond/runtime";
import type { StoredObject } from "@neurond/s3";
import { z } from "zod";
import type { StorageApiCode } from "../errors.ts";
import { type Files, missing } from "../files.ts";
import type { Lanes } from "../lanes.ts";
import { dataHash } from "./data-hash.ts";

export interface WireRouteDeps {
  readonly files: Files;
  readonly gate: (fields: readonly AxonField[]) => Gate;
  readonly lanes: Lanes;
  readonly maxFileBytes: number;
  readonly identifiers: "data_hash" | "cid";
  readonly signer: SigningKey;
  readonly now: () => number;
}

const text = (name: string): AxonField => ({ name, type: "str" });
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
/** Of an owner's files those that came by wire; their names are hashes, so nothing else is in the way. */
const PREFIX = "wire/";
const PAYLOAD = "x-neurond-encryption-payload";
const WIRE_MS = 120_000;
const MAX_PAYLOAD = 65_536;
const MAX_TTL_SEC = 3_155_760_000;

const identifier = z.string().regex(/^[0-9a-z]{1,100}$/);
const payload = z.string().max(MAX_PAYLOAD);
const StoreUser = z.looseObject({
  encrypted_data: z.string(),
  encryption_payload: payload,
  ttl: z.number().int().min(1).max(MAX_TTL_SEC).nullish(),
});
const RetrieveUser = z.looseObject({ data_hash: identifier });
const DeleteUser = z.looseObject({ data_hash: identifier, encryption_payload: payload.nullish() });

/** The synapses of API nodes, for dendrites and for signed callers alike: JSON, bytes in Base64. */
export function serveWire(app: App, deps: WireRouteDeps): void {
  const { files, maxFileBytes, identifiers, now } = deps;
  const stored = [text("encrypted_data"), text("encryption_payload")];
  const bodyLimit = Math.ceil((maxFileBytes * 4) / 3) + MAX_PAYLOAD * 2;

  serve(
    app,
    deps,
    { name: "StoreUser", fields: stored, schema: StoreUser, bodyLimit },
    async ({ encrypted_data: encoded, encryption_payload, ttl }, caller) => {
      const bytes = decode(encoded, maxFileBytes);
      const id = dataHash(bytes, identifiers);
      const signal = AbortSignal.timeout(WIRE_MS);
      await files.put({
        name: PREFIX + id,
        body: once(bytes),
        size: bytes.length,
        headers: { "content-type": "application/octet-stream", [PAYLOAD]: encryption_payload },
        settle: () => ({
          owner: caller,
          place: caller,
          etag: createHash("md5").update(bytes).digest("hex"),
        }),
        ...(ttl && { expiresMs: now() + ttl * 1000 }),
        signal,
      });
      return { encrypted_data: "", encryption_payload: "", data_hash: id };
    },
  );

  const asked = {
    name: "RetrieveUser",
    fields: [text("data_hash")],
    schema: RetrieveUser,
  } as const;
  serve(app, deps, { ...asked, bodyLimit: MAX_PAYLOAD }, async ({ data_hash: id }, caller) => {
    const object = await findFor(files, caller, id);
    if (object.size > maxFileBytes) throw tooLarge(maxFileBytes);
    const range = { offset: 0, length: object.size };
    const bytes = await Array.fromAsync(files.read(object, range, AbortSignal.timeout(WIRE_MS)));
    return {
      encrypted_data: Buffer.concat(bytes).toString("base64"),
      encryption_payload: object.headers[PAYLOAD] ?? "{}",
      data_hash: id,
    };
  });

  const deleted = [text("data_hash"), text("encryption_payload")];
  const gone = { name: "DeleteUser", fields: deleted, schema: DeleteUser } as const;
  serve(app, deps, { ...gone, bodyLimit: MAX_PAYLOAD * 2 }, async ({ data_hash: id }, caller) => {
    await files.delete(caller, { place: caller, name: PREFIX + id });
    return { data_hash: id, deleted: true };
  });
}

interface Synapse<Schema extends z.ZodType> {
  readonly name: string;
  /** What a dendrite signs of its body, in the order of `required_hash_fields`. */
  readonly fields: readonly AxonField[];
  readonly schema: Schema;
  readonly bodyLimit: number;
}

type Caller = ReturnType<typeof principalOf>["hotkey"];

function serve<Schema extends z.ZodType>(
  app: App,
  { gate, lanes, signer, now }: WireRouteDeps,
  { name, fields, schema, bodyLimit }: Synapse<Schema>,
  answer: (body: z.infer<Schema>, caller: Caller) => Promise<Record<string, unknown>>,
): void {
  const door = authenticated(gate(fields));
  const uuid = randomUUID();
  app.post(
    `/${name}`,
    {
      ...door,
      bodyLimit,
      // A lane is taken before the body is read into memory, and left when the answer is out.
      onRequest: [
        async (_request, reply) => {
          const release = lanes.take();
          reply.raw.once("close", release);
        },
        door.onRequest,
      ],
      onSend: async (_request, reply) => sayHow(reply),
      schema: { summary: `The synapse ${name}, with its JSON`, body: schema },
    },
    async (request, reply) => {
      const { hotkey } = principalOf(request);
      const result = await answer(request.body as z.infer<Schema>, hotkey);
      const nonce = String(BigInt(now()) * 1_000_000n);
      const proof = signAxonResponse(
        signer,
        { nonce, uuid, requester: hotkey },
        new Uint8Array(32),
      );
      return reply.headers(Object.fromEntries(proof)).send({ name, ...result });
    },
  );
}

interface Said {
  readonly statusCode: number;
  header(name: string, value: string): unknown;
}

/** A dendrite takes from these how its request went. */
function sayHow(reply: Said): void {
  const { statusCode } = reply;
  reply.header(AXON.statusCode, String(statusCode));
  reply.header(AXON.statusMessage, statusCode < 400 ? "Success" : "Failure");
}

function decode(encoded: string, maxBytes: number): Buffer {
  if (!BASE64.test(encoded)) {
    throw new CodedError<StorageApiCode>("BODY_WRONG", "encrypted_data is not Base64");
  }
  const bytes = Buffer.from(encoded, "base64");
  if (bytes.length > maxBytes) throw tooLarge(maxBytes);
  return bytes;
}

/** A caller's own file, or one of this hash that somebody shared with it. */
async function findFor(files: Files, caller: Caller, id: string): Promise<StoredObject> {
  const name = PREFIX + id;
  try {
    return await files.find(caller, { place: caller, name });
  } catch (error) {
    if (!isCoded<StorageApiCode>(error, "FILE_MISSING")) throw error;
  }
  const [shared] = await files.sharedWith(caller, name);
  if (shared === undefined) throw missing();
  return files.find(caller, { place: shared.bucket, name });
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const tooLarge = (maxBytes: number) =>
  new CodedError<StorageApiCode>(
    "FILE_TOO_LARGE",
    `a file of more than ${maxBytes} bytes; stream it with /v1/files`,
  );
