// Our door and our signer, for clients in other languages: door.ts check|sign <json>
import { keypairFromUri } from "@neurond/crypto";
import {
  type AuthPolicyOptions,
  admitAnyone,
  checkHeaders,
  coverAxonBody,
  defineAuthPolicy,
  finish,
  type RawHeaders,
  RequestSigner,
  type RequestSignerOptions,
  replayMemory,
  spendNonce,
} from "@neurond/epistula";
import { fromHex, hotkeyOf, parseHotkey, toNetuid } from "@neurond/primitives";
import { sha256 } from "@noble/hashes/sha2.js";

interface Request {
  readonly method: string;
  readonly target: string;
  readonly body: string;
}

interface ToCheck extends Request {
  readonly headers: RawHeaders;
  readonly policy?: Pick<AuthPolicyOptions, "schemes" | "axonFields">;
}

interface ToSign extends Request {
  readonly receiver: string;
  readonly options: Pick<RequestSignerOptions, "schemes" | "dialect">;
}

const bob = keypairFromUri("//Bob");
const alice = keypairFromUri("//Alice");

/** What Bob's door says to a request, and to its copy. */
async function check({ method, target, headers, body, policy: more }: ToCheck) {
  const policy = defineAuthPolicy({
    receivers: [hotkeyOf(bob.publicKey)],
    netuid: toNetuid(1),
    replay: replayMemory({ retentionMs: 90_000, now: Date.now }),
    admit: admitAnyone,
    ...more,
  });
  const pending = checkHeaders({ method, target, headers }, policy, Date.now());
  if (pending.kind !== "pending") return pending;
  const bytes = fromHex(body);
  const signed = await finish(pending, sha256(bytes));
  if (signed.kind === "refused") return signed;
  const parsed: unknown = bytes.length > 0 ? JSON.parse(new TextDecoder().decode(bytes)) : null;
  const covered = coverAxonBody(signed, parsed);
  if (covered.kind === "refused") return covered;
  const first = await spendNonce(covered, Date.now());
  const copy = await spendNonce(covered, Date.now());
  return { ...first, copy: copy.kind === "refused" ? copy.code : copy.kind };
}

/** The headers of a request by Alice. */
function sign({ method, target, body, receiver, options }: ToSign): RawHeaders {
  return new RequestSigner({ key: alice, ...options }).sign({
    method,
    target,
    bodySha256: sha256(fromHex(body)),
    receiver: parseHotkey(receiver),
    now: Date.now(),
    random: crypto.getRandomValues(new Uint8Array(32)),
  });
}

const [what, text = ""] = process.argv.slice(2);
const said: unknown = what === "sign" ? sign(JSON.parse(text)) : await check(JSON.parse(text));
process.stdout.write(`${JSON.stringify(said)}\n`);
