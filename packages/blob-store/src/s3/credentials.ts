import { readFile } from "node:fs/promises";
import { blobError } from "../errors.ts";

/** What requests are signed with. */
export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of credentials that expire. */
  readonly sessionToken?: string | undefined;
}

/** Asked for before each request, so that credentials which are replaced take effect at once. */
export type CredentialsSource = () => S3Credentials | Promise<S3Credentials>;

/**
 * Credentials from a file as the tools of AWS keep it: `[profile]` and lines of `name = value`.
 * @throws CodedError BLOB_CREDENTIALS_MISSING, from the returned function
 */
export function fileCredentials(path: string, profile = "default"): CredentialsSource {
  return async () => {
    const text = await readFile(path, "utf8").catch((error: Error) => {
      throw missing(`${path} cannot be read: ${error.message}`);
    });
    const values = sectionOf(text, profile);
    const [accessKeyId, secretAccessKey] = ["aws_access_key_id", "aws_secret_access_key"].map(
      (name) => values.get(name),
    );
    if (!accessKeyId || !secretAccessKey)
      throw missing(`${path} has no credentials of [${profile}]`);
    return { accessKeyId, secretAccessKey, sessionToken: values.get("aws_session_token") };
  };
}

function sectionOf(text: string, profile: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  let isWithin = false;
  for (const line of text.split(/\r?\n/)) {
    const [, section] = /^\s*\[\s*(?:profile\s+)?([^\]]*?)\s*\]/.exec(line) ?? [];
    if (section !== undefined) isWithin = section === profile;
    const [, name, value] = /^\s*([a-z_]+)\s*=\s*(\S+)\s*$/.exec(line) ?? [];
    if (isWithin && name !== undefined && value !== undefined) values.set(name, value);
  }
  return values;
}

const missing = (message: string) => blobError("BLOB_CREDENTIALS_MISSING", message);
