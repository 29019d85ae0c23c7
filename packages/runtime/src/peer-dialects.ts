import type { AuthScheme } from "@neurond/epistula";
import type { Hotkey } from "@neurond/primitives";

/** How a request is signed: both ways at once, or in the one way a peer is known to take. */
export type Dialect = "both" | AuthScheme;

/** What of a refusal tells which dialect its peer speaks. */
export interface DoorAnswer {
  readonly status: number;
  /** The `WWW-Authenticate` header. */
  readonly offers: string;
  /** `code` and `detail` of the body, or its text; for what other servers say. */
  readonly words: string;
}

/** Enough for every neuron of the largest subnets. */
const MAX_PEERS = 4096;
const BTAUTH = /\bbtauth\/1\b/;
/** Ours, then the words of the field's servers (epistula.md section 9). */
const EPISTULA_WANTED =
  /MISSING_AUTHORIZATION|MISSING_HEADERS|MALFORMED_AUTH|UNSUPPORTED_VERSION|SCHEME_NOT_ALLOWED|Authorization header required|Missing Epistula|Unknown Epistula version/;
const BTAUTH_WANTED = /SCHEME_NOT_ALLOWED|MISSING_AUTHORIZATION|SIGNATURE_HEADER_CONFLICT/;
/** A door that stumbles over two schemes at once. */
const ONE_WANTED = /SIGNATURE_HEADER_CONFLICT|MALFORMED_AUTH|signature mismatch/;
const HEADERS_TOO_LARGE = 431;

/**
 * What each peer was found to take, by its hotkey. A peer nobody knows gets both; what it advertises or
 * refuses narrows that down, and what it then took is used from there on.
 */
export class PeerDialects {
  /** The least recently learnt first. */
  readonly #known = new Map<Hotkey, AuthScheme>();
  readonly #maxPeers: number;

  constructor(maxPeers = MAX_PEERS) {
    this.#maxPeers = maxPeers;
  }

  /** How to sign for a peer. */
  of(peer: Hotkey): Dialect {
    return this.#known.get(peer) ?? "both";
  }

  /** Takes the `auth` list of a peer's `/status`; the stronger scheme goes first. */
  advertised(peer: Hotkey, auth: readonly string[]): void {
    if (auth.includes("btauth/1")) this.#learn(peer, "btauth");
    else if (auth.includes("epistula/2")) this.#learn(peer, "epistula");
  }

  /**
   * A peer let a request in that was signed so. One that offers btauth/1 needs nothing beside it, which
   * saves its caller four signatures of five.
   */
  took(peer: Hotkey, dialect: Dialect, offers = ""): void {
    if (BTAUTH.test(offers)) this.#learn(peer, "btauth");
    else if (dialect !== "both") this.#learn(peer, dialect);
  }

  /**
   * What to try in place of a dialect that was refused, or undefined where the refusal has another
   * reason. A peer that offers btauth/1 gets it next time, whatever the reason was.
   */
  afterRefusal(peer: Hotkey, sent: Dialect, answer: DoorAnswer): AuthScheme | undefined {
    const offersBtauth = BTAUTH.test(answer.offers);
    const other = otherThan(sent, offersBtauth, answer);
    if (sent === "epistula" && offersBtauth) this.#learn(peer, "btauth");
    return other;
  }

  #learn(peer: Hotkey, scheme: AuthScheme): void {
    this.#known.delete(peer);
    this.#known.set(peer, scheme);
    if (this.#known.size <= this.#maxPeers) return;
    for (const oldest of this.#known.keys()) {
      this.#known.delete(oldest);
      return;
    }
  }
}

function otherThan(
  sent: Dialect,
  offersBtauth: boolean,
  { status, words }: DoorAnswer,
): AuthScheme | undefined {
  if (sent === "btauth") return EPISTULA_WANTED.test(words) ? "epistula" : undefined;
  if (sent === "epistula") return offersBtauth && BTAUTH_WANTED.test(words) ? "btauth" : undefined;
  if (status !== HEADERS_TOO_LARGE && !ONE_WANTED.test(words)) return undefined;
  return offersBtauth ? "btauth" : "epistula";
}
