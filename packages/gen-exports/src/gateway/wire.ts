import type { IncomingMessage, ServerResponse } from "node:http";
import type { ChuteAnswer } from "./answers.ts";

const MAX_BODY = 16 * 1_048_576;
const PIECE = "x".repeat(65_536);

/** The events of a trace that carry an answer. */
export function* resultEvents(answer: ChuteAnswer): Generator<object> {
  if (answer.kind === "lines") for (const line of answer.lines) yield { result: `${line}\n\n` };
  else if (answer.kind === "json") yield { result: { json: answer.json } };
  else {
    const { contentType, bytes } = answer;
    yield { result: { content_type: contentType, bytes: bytes.toString("base64") } };
  }
}

/** An answer as whoever asks for no trace gets it. */
export function sendAnswer(response: ServerResponse, answer: ChuteAnswer): void {
  if (answer.kind === "json") sendJson(response, 200, JSON.stringify(answer.json));
  else if (answer.kind === "bytes")
    response.writeHead(200, { "content-type": answer.contentType }).end(answer.bytes);
  else {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(answer.lines.map((line) => `${line}\n\n`).join(""));
  }
}

/** One line that no reader wants, at the reader's pace. */
export async function writeHuge(response: ServerResponse, sizeBytes: number): Promise<void> {
  response.write('data: {"result": {"text": "');
  for (let left = sizeBytes; left > 0; left -= PIECE.length) {
    await new Promise((resolve) => response.write(PIECE.slice(0, left), resolve));
    if (response.destroyed) return;
  }
  response.write('"}}\n\n');
}

/** A body of JSON text. */
export function sendJson(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { "content-type": "application/json" }).end(body);
}

/** The JSON that was sent; null when it is none. */
export async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request) {
    length += (piece as Buffer).length;
    if (length > MAX_BODY) throw new RangeError("the body is too long");
    pieces.push(piece as Buffer);
  }
  try {
    return JSON.parse(Buffer.concat(pieces).toString("utf8"));
  } catch {
    return null;
  }
}
