import type { Verify } from "@neurond/crypto";
import { canonicalJson, domainHash, fromHex, publicKeyOf, toHex } from "@neurond/primitives";
import { z } from "zod";
import { field } from "./fields.ts";

const DOMAIN = "filetao/read/v1";
/** The longest text that is read as a grant; it travels in a request's target. */
export const MAX_READ_GRANT = 1_024;

/**
 * An owner's word that a hotkey may be given a file's manifest and sealed shards. It opens nothing:
 * the key is in the manifest's box for `to`, and the grant ends when that box is taken out.
 */
const ReadGrant = z.strictObject({
  file_id: field.hash,
  /** Who may ask. */
  reader: field.hotkey,
  /** The X25519 key whose box in the manifest this goes with. */
  to: field.hash,
  /** The owner's. */
  sig: field.signature,
});
export type ReadGrant = z.infer<typeof ReadGrant>;

/** Signs a grant as the owner of the file; the text is fit for a URL. */
export function signReadGrant(
  unsigned: Omit<ReadGrant, "sig">,
  sign: (digest: Uint8Array) => Uint8Array,
): string {
  return writeText({ ...unsigned, sig: toHex(sign(digestOf(unsigned))) });
}

/** What must be known of a file to say who may read it. */
export interface GrantedFile {
  readonly fileId: string;
  readonly owner: ReadGrant["reader"];
  /** X25519 keys of the boxes in the manifest that is kept now. */
  readonly boxes: readonly string[];
}

/** Whether a text is the owner's grant to this reader, and was not taken back. */
export function isReadGranted(
  text: string,
  reader: ReadGrant["reader"],
  { fileId, owner, boxes }: GrantedFile,
  verify: Verify,
): boolean {
  const grant = readText(text);
  if (grant === null || grant.file_id !== fileId || grant.reader !== reader) return false;
  if (!boxes.includes(grant.to)) return false;
  return verify(publicKeyOf(owner), digestOf(grant), fromHex(grant.sig));
}

function digestOf({ file_id, reader, to }: Omit<ReadGrant, "sig">): Uint8Array {
  return domainHash(DOMAIN, canonicalJson({ file_id, reader, to }));
}

/** Fields in their order, joined by what none of them holds. */
function writeText({ file_id, reader, to, sig }: ReadGrant): string {
  return [file_id, reader, to, sig].join(".");
}

function readText(text: string): ReadGrant | null {
  if (text.length > MAX_READ_GRANT) return null;
  const [file_id, reader, to, sig, ...more] = text.split(".");
  const parsed = ReadGrant.safeParse({ file_id, reader, to, sig });
  return parsed.success && more.length === 0 ? parsed.data : null;
}
