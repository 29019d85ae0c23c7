import { createHash, randomBytes } from "node:crypto";
import { keypairFromUri } from "@neurond/crypto";
import { signBtauthResponse, signEpistulaResponse } from "@neurond/epistula";
import { hotkeyOf } from "@neurond/primitives";
import { rejectionCode } from "@neurond/testing/coded";
import { describe, expect, it } from "vitest";
import { type Fetch, SignedClient, type SignedRequest } from "../src/index.ts";

const alice = keypairFromUri("//Alice");
const bob = keypairFromUri("//Bob");
const receiver = hotkeyOf(bob.publicKey);
const url = new URL("http://miner.test/x?y=1");
const NOW = 1_763_650_000_000;
const signal = new AbortController().signal;
const ask = (more: Partial<SignedRequest> = {}): SignedRequest => ({
  url,
  receiver,
  timeoutMs: 5_000,
  signal,
  ...more,
});

interface Sent {
  readonly headers: Headers;
  readonly init: RequestInit;
}
type Answer = (sent: Sent, attempt: number) => Response | Error | Promise<Response>;

/** A client whose network is a function. */
function network(answer: Answer, { now = (): number => NOW } = {}) {
  const sent: Sent[] = [];
  const fetch: Fetch = async (_url, init) => {
    const request = { headers: new Headers(init.headers), init };
    sent.push(request);
    const answered = await answer(request, sent.length);
    if (answered instanceof Error) throw answered;
    return answered;
  };
  return { sent, client: new SignedClient({ key: alice, fetch, now }) };
}

const refused = (code: string, headers: Record<string, string> = {}, status = 401) =>
  new Response(JSON.stringify({ code, detail: code }), { status, headers });
const formOf = ({ headers }: Sent) =>
  [headers.has("x-bittensor-signature") && "btauth", headers.has("epistula-uuid") && "epistula"]
    .filter(Boolean)
    .join("+");
const ok = () => new Response("yes");

describe("a signed request", () => {
  it("goes out both ways to a stranger, once", async () => {
    const { client, sent } = network(ok);
    const answer = await client.fetch(ask());
    expect(answer).toMatchObject({ status: 200, proven: false });
    expect(sent.map(formOf)).toEqual(["btauth+epistula"]);
  });

  it("is signed anew in the dialect its peer wants, which is remembered", async () => {
    const { client, sent } = network((request) =>
      formOf(request) === "epistula" ? ok() : refused("Authorization signature mismatch"),
    );
    expect((await client.fetch(ask({ method: "POST" }))).status).toBe(200);
    expect((await client.fetch(ask({ method: "POST" }))).status).toBe(200);
    expect(sent.map(formOf)).toEqual(["btauth+epistula", "epistula", "epistula"]);
    const [first, second] = sent.map(({ headers }) => headers.get("epistula-uuid"));
    expect(first).not.toBe(second);
  });

  it("moves up to btauth when the peer has", async () => {
    const { client, sent } = network((request) =>
      formOf(request) === "btauth"
        ? ok()
        : refused("SCHEME_NOT_ALLOWED", { "www-authenticate": "btauth/1" }),
    );
    client.advertised(receiver, ["epistula/2"]);
    expect((await client.fetch(ask())).status).toBe(200);
    await client.fetch(ask());
    expect(sent.map(formOf)).toEqual(["epistula", "btauth", "btauth"]);
  });

  it("is tried no more than twice, and the caller gets the last refusal whole", async () => {
    const { client, sent } = network(() => refused("MALFORMED_AUTH"));
    const answer = await client.fetch(ask());
    expect(sent.map(formOf)).toEqual(["btauth+epistula", "epistula"]);
    expect({ status: answer.status, body: Buffer.from(answer.body).toString() }).toEqual({
      status: 401,
      body: '{"code":"MALFORMED_AUTH","detail":"MALFORMED_AUTH"}',
    });
    await client.fetch(ask());
    expect(sent.map(formOf).slice(2)).toEqual(["btauth+epistula", "epistula"]);
  });

  it("is not repeated for a refusal that another dialect would not change", async () => {
    const { client, sent } = network(() => refused("REPLAY", { "www-authenticate": "btauth/1" }));
    expect((await client.fetch(ask())).status).toBe(401);
    expect(sent).toHaveLength(1);
  });

  it("is not repeated when its body can be read once only, and is when it can be opened again", async () => {
    const bytes = Buffer.from("streamed");
    const sha256 = createHash("sha256").update(bytes).digest();
    const bodies: string[] = [];
    const { client, sent } = network(async ({ init }) => {
      bodies.push(await new Response(init.body ?? null).text());
      return refused("MALFORMED_AUTH");
    });
    const once = { stream: [bytes], sha256, length: bytes.length };
    await client.fetch(ask({ method: "PUT", body: once }));
    expect(sent).toHaveLength(1);
    await client.fetch(ask({ method: "PUT", body: { ...once, stream: () => [bytes] } }));
    expect(bodies).toEqual(["streamed", "streamed", "streamed"]);
  });

  it("is repeated once on a connection that broke, signed anew, where that does no harm", async () => {
    const broken = () =>
      new TypeError("fetch failed", {
        cause: Object.assign(new Error("reset"), { code: "ECONNRESET" }),
      });
    const answer: Answer = (_, attempt) => (attempt === 1 ? broken() : ok());
    const get = network(answer);
    expect((await get.client.fetch(ask())).status).toBe(200);
    const nonces = get.sent.map(({ headers }) => headers.get("x-bittensor-nonce"));
    expect(new Set(nonces).size).toBe(2);
    const post = network(answer);
    await expect(post.client.fetch(ask({ method: "POST" }))).rejects.toThrow("fetch failed");
    expect(post.sent).toHaveLength(1);
    const down = network(() => broken());
    await expect(down.client.fetch(ask())).rejects.toThrow("fetch failed");
    expect(down.sent).toHaveLength(2);
  });

  it("is sent in the one scheme a client was made for, whatever peers say", async () => {
    const sent: Sent[] = [];
    const fetch: Fetch = async (_url, init) => {
      sent.push({ headers: new Headers(init.headers), init });
      return refused("MALFORMED_AUTH");
    };
    const client = new SignedClient({ key: alice, schemes: ["btauth"], fetch });
    await client.fetch(ask());
    expect(sent.map(formOf)).toEqual(["btauth"]);
  });
});

describe("a clock that differs", () => {
  const skewOf = async (
    headers: Record<string, string>,
    code = "STALE",
    now = (): number => NOW,
  ) => {
    const { client, sent } = network(() => refused(code, headers), { now });
    const outcome: unknown = await client.fetch(ask()).catch((error: unknown) => error);
    expect(sent).toHaveLength(1);
    return outcome;
  };

  it("is reported with what it was measured to be, by the peer's exact time", async () => {
    const times = [NOW, NOW + 200];
    const now = () => times.shift() ?? NOW + 200;
    const error = await skewOf({ "x-server-time": String(NOW + 9_100) }, "STALE", now);
    expect(error).toMatchObject({
      code: "CLOCK_SKEW",
      context: { offsetMs: 9_000, url: "http://miner.test" },
      message: "our clock is 9000 ms behind that of http://miner.test: synchronise the clocks",
    });
  });

  it("is reported by the date of an answer that tells no other", async () => {
    const error = await skewOf({ date: new Date(NOW - 10_000).toUTCString() }, "FUTURE");
    expect(error).toMatchObject({ code: "CLOCK_SKEW", context: { offsetMs: -9_500 } });
  });

  it("is not blamed where it agrees, or where the refusal was for something else", async () => {
    const agreeing = { "x-server-time": String(NOW + 1_000) };
    expect(await skewOf(agreeing)).toMatchObject({ status: 401 });
    expect(await skewOf({ "x-server-time": "1" })).toMatchObject({ status: 401 });
    const far = { "x-server-time": String(NOW + 60_000) };
    expect(await skewOf(far, "BAD_SIGNATURE")).toMatchObject({ status: 401 });
  });

  it("does not move ours", async () => {
    const { client, sent } = network((_, attempt) =>
      attempt === 1 ? refused("STALE", { "x-server-time": String(NOW + 60_000) }) : ok(),
    );
    expect(await rejectionCode(client.fetch(ask()))).toBe("CLOCK_SKEW");
    await client.fetch(ask());
    expect(sent[1]?.headers.get("epistula-timestamp")).toBe(String(NOW));
  });
});

describe("the proof of an answer", () => {
  const body = "the answer";
  const signed = (key = bob, said = body, status = 200): Answer => {
    return ({ headers }) => {
      const bodySha256 = createHash("sha256").update(body).digest();
      const nonce = headers.get("x-bittensor-nonce") ?? "";
      const of = { status: 200, bodySha256, nonce, requester: hotkeyOf(alice.publicKey) };
      const [name, value] = signBtauthResponse(key, of, randomBytes(32));
      return new Response(said, { status, headers: { [name]: value } });
    };
  };
  const outcome = async (answer: Answer, proof: "required" | "wanted") => {
    const { client } = network(answer);
    try {
      return (await client.fetch(ask({ proof }))).proven;
    } catch (error) {
      return (error as { code?: string }).code;
    }
  };

  it("holds for exactly the body and status its receiver signed", async () => {
    expect(await outcome(signed(), "required")).toBe(true);
    expect(await outcome(signed(), "wanted")).toBe(true);
    for (const wrong of [signed(alice), signed(bob, "another"), signed(bob, body, 201)]) {
      expect(await outcome(wrong, "required")).toBe("ANSWER_UNPROVEN");
      expect(await outcome(wrong, "wanted")).toBe("ANSWER_UNPROVEN");
    }
  });

  it("is missed only where it is required of a success", async () => {
    expect(await outcome(ok, "wanted")).toBe(false);
    expect(await outcome(ok, "required")).toBe("ANSWER_UNPROVEN");
    expect(await outcome(() => refused("BUSY", {}, 503), "required")).toBe(false);
  });

  it("holds for Epistula, which covers the body", async () => {
    const epistula =
      (said: string): Answer =>
      ({ headers }) => {
        const of = {
          bodySha256: createHash("sha256").update(body).digest(),
          uuid: headers.get("epistula-uuid") ?? "",
          timestamp: headers.get("epistula-timestamp") ?? "",
        };
        const [name, value] = signEpistulaResponse(bob, of, randomBytes(32));
        return new Response(said, { headers: { [name]: value } });
      };
    expect(await outcome(epistula(body), "required")).toBe(true);
    expect(await outcome(epistula("another"), "wanted")).toBe("ANSWER_UNPROVEN");
  });
});
