import { createHash } from "node:crypto";
import type { RawHeaders } from "@neurond/epistula";

/**
 * What the door should let in, written a second time and in another way: it knows the one request
 * that was signed, and asks of changed headers only whether a whole signature of it survived.
 */
export function isStillSigned(original: RawHeaders, sent: RawHeaders): boolean {
  const signed = new Map(original.map(([name, value]) => [name.toLowerCase(), value]));
  const left = new Map<string, string>();
  for (const [name, value] of sent) {
    const key = name.toLowerCase();
    if (left.has(key)) return false;
    left.set(key, value);
  }
  const intact = (name: string) => left.has(name) && left.get(name) === signed.get(name);
  const absent = (name: string) => !left.has(name);

  const bittensor = ["version", "nonce", "signature"].map((part) => `x-bittensor-${part}`);
  if (bittensor.some((name) => left.has(name))) {
    const all = [...bittensor, "x-bittensor-hotkey", "x-bittensor-receiver"];
    const sender = "epistula-signed-by";
    return all.every(intact) && (absent(sender) || intact(sender));
  }

  const fields = ["timestamp", "uuid", "signed-by", "signed-for"].map((part) => `epistula-${part}`);
  if (!fields.every(intact)) return false;
  if (!absent("epistula-version") && !intact("epistula-version")) return false;
  if (!absent("x-bittensor-hotkey") && !intact("x-bittensor-hotkey")) return false;

  const wanted = digits(signed.get("epistula-request-signature") ?? "", true);
  const given: (string | undefined)[] = [];
  const canonical = left.get("epistula-request-signature");
  const authorization = left.get("authorization");
  if (canonical !== undefined) given.push(digits(canonical, true));
  const credentials = /^epistula (.*)$/is.exec(authorization ?? "")?.[1];
  if (credentials !== undefined) given.push(digits(credentials, false));
  else if (canonical === undefined) return false;
  const beside = left.get("epistula-signature");
  if (beside !== undefined) given.push(digits(beside, false));
  return given.length > 0 && given.every((text) => text === wanted);
}

/** Lower-case digits of a signature; only Dippy's headers may lack the prefix. */
function digits(text: string, prefixed: boolean): string | undefined {
  const found = /^(0x)?([0-9a-f]{128})$/i.exec(text);
  if (!found || text.startsWith("0X") || (prefixed && found[1] === undefined)) return undefined;
  return found[2]?.toLowerCase();
}

/** The signed payload of btauth/1 by its description, from Node's own SHA-256. */
export function modelPayload(request: {
  readonly scheme: string;
  readonly method: string;
  readonly target: string;
  readonly body: Uint8Array;
  readonly nonce: string;
  readonly sender: string;
  readonly receiver: string | null;
}): string {
  const { scheme, method, target, body, nonce, sender, receiver } = request;
  const hash = createHash("sha256").update(body).digest("hex");
  return `btauth/1\n${scheme}\n${method.toUpperCase()}\n${target}\n${hash}\n${nonce}\n${sender}\n${receiver || "-"}`;
}
