import type { Checksum, ObjectHeaders, StoredObject, Upload, UploadPart } from "@neurond/s3";
import type { Selectable } from "kysely";
import { keyText } from "./keys.ts";
import type { ObjectsTable, UploadPartsTable, UploadsTable } from "./tables.ts";

/** An object as its rows say. */
export function objectOf(
  row: Selectable<ObjectsTable>,
  parts: StoredObject["parts"],
): StoredObject {
  return {
    bucket: row.bucket,
    key: keyText(row.key),
    owner: row.owner,
    size: row.size,
    etag: row.etag,
    modifiedMs: row.modified_ms,
    headers: JSON.parse(row.headers) as ObjectHeaders,
    checksum: checksumOf(row.checksum),
    ...(row.expires_ms !== null && { expiresMs: row.expires_ms }),
    parts,
  };
}

/** An upload as its row says. */
export function uploadOf(row: Selectable<UploadsTable>): Upload {
  return {
    uploadId: row.upload_id,
    bucket: row.bucket,
    key: keyText(row.key),
    owner: row.owner,
    initiatedMs: row.initiated_ms,
    headers: JSON.parse(row.headers) as ObjectHeaders,
    algorithm: row.algorithm as Upload["algorithm"],
    checksumType: row.checksum_type as Upload["checksumType"],
  };
}

/** A part as its row says. */
export function partOf(row: Selectable<UploadPartsTable>): UploadPart {
  return {
    number: row.number,
    size: row.size,
    etag: row.etag,
    checksum: checksumOf(row.checksum),
    modifiedMs: row.modified_ms,
    blob: row.blob,
  };
}

const checksumOf = (text: string | null) => (text === null ? null : (JSON.parse(text) as Checksum));

/** A checksum as its column has it. */
export const checksumText = (checksum: Checksum | null): string | null =>
  checksum === null ? null : JSON.stringify(checksum);
