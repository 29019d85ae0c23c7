import type { Body } from "../body/body.ts";

/** Longer bodies are images; parsing one to find a name in it would hold up everybody else. */
const MAX_PARSED_BYTES = 4 * 1024 * 1024;
const MAX_ID_LENGTH = 200;

/** The `job_id` of a JSON body, or null: where there is none, where it is no text, where the body is too long. */
export async function readJobId(body: Body): Promise<string | null> {
  const text = await readText(body);
  if (text === null) return null;
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== "object" || parsed === null || !("job_id" in parsed)) return null;
    const { job_id: id } = parsed;
    return typeof id === "string" && id.length > 0 && id.length <= MAX_ID_LENGTH ? id : null;
  } catch {
    return null;
  }
}

async function readText(body: Body): Promise<string | null> {
  if (body.kind === "memory")
    return body.bytes.length > MAX_PARSED_BYTES ? null : body.bytes.toString("utf8");
  if (body.kind !== "file" || body.sizeBytes > MAX_PARSED_BYTES) return null;
  const chunks: Buffer[] = [];
  for await (const chunk of body.open()) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
