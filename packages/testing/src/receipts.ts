import { createHash } from "node:crypto";
import { keypairFromUri, MemoryNodes, MerkleBuilder, peakPlaces } from "@neurond/crypto";
import { RequestSigner } from "@neurond/epistula";
import type { Signer } from "@neurond/ledger";
import { hotkeyOf, toHex } from "@neurond/primitives";
import {
  encodeReceipt,
  makeCheckpoint,
  RECEIPT_TREE,
  type Receipt,
  type RequestReceipt,
  receiptLeaf,
} from "@neurond/receipts";

const ANSWER_MS = 40;

/** A ledger of receipts in memory, as a miner's proxy keeps one on disk. */
export class SampleLedger {
  readonly #signer: Signer;
  readonly #ledgerId: string;
  readonly texts: string[] = [];

  constructor(signer: Signer, ledgerId = "ab".repeat(16)) {
    this.#signer = signer;
    this.#ledgerId = ledgerId;
  }

  /** Adds a receipt, whatever it says. */
  add(receipt: Receipt): void {
    this.texts.push(encodeReceipt(receipt));
  }

  /** Adds a request that a caller signed and that was answered; other members replace its own. */
  serve(callerUri: string, timeMs: number, change: Partial<RequestReceipt> = {}): void {
    this.add({ ...this.#requestOf(callerUri, timeMs), ...change });
  }

  /** An export of receipts from `first` up to `size`, by the last of which a head is signed. */
  async exported(first: number, size = this.texts.length): Promise<string> {
    const tree = new MerkleBuilder(RECEIPT_TREE);
    const nodes = new MemoryNodes();
    for (const text of this.texts.slice(0, size)) nodes.add(tree.append(receiptLeaf(text)));
    const head = { ledgerId: this.#ledgerId, size, root: tree.root(), timeMs: 1 };
    const header = {
      kind: "neurond/receipts-export/v1",
      checkpoint: makeCheckpoint(head, this.#signer),
      first,
      peaks: (await nodes.readNodes(peakPlaces(first))).map(toHex),
      from_ms: 0,
      to_ms: 0,
    };
    return [JSON.stringify(header), ...this.texts.slice(first, size), ""].join("\n");
  }

  #requestOf(callerUri: string, timeMs: number): RequestReceipt {
    const key = keypairFromUri(callerUri);
    const receiver = hotkeyOf(this.#signer.publicKey);
    const target = "/inference?seed=7";
    const sha256 = (text: string) => createHash("sha256").update(text).digest();
    const bodySha256 = sha256("{}");
    const random = sha256(`${this.texts.length}`);
    const signer = new RequestSigner({ key, schemes: ["epistula"] });
    const wish = { method: "POST", target, bodySha256, receiver, now: timeMs, random };
    const proof = signer.sign(wish).map(([name, value]): [string, string] => [name, value]);
    const find = (name: string) => proof.find(([own]) => own.toLowerCase() === name)?.[1] ?? "";
    return {
      caller: {
        covers_body: true,
        covers_target: false,
        hotkey: hotkeyOf(key.publicKey),
        nonce: find("epistula-uuid"),
        receiver,
        scheme: "epistula/2",
        signed_ms: Number(find("epistula-timestamp")),
        uid: 3,
      },
      code: null,
      ended_ms: timeMs + ANSWER_MS,
      failure: null,
      first_byte_ms: 12,
      kind: "request",
      method: "POST",
      outcome: "forwarded",
      proof,
      queued_ms: 1,
      received_ms: timeMs,
      request: { bytes: 2, sha256: bodySha256.toString("hex") },
      request_id: `request-${this.texts.length}`,
      response: { bytes: 6, sha256: sha256("pixels").toString("hex") },
      route: "inference",
      status: 200,
      target,
      target_sha256: sha256(target).toString("hex"),
      upstream: "inference",
      upstream_status: 200,
      v: 1,
    };
  }
}
