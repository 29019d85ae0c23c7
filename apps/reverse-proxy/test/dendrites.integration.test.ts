import { axonBodyHash } from "@neurond/epistula";
import { type Hotkey, hotkeyOf, toHex } from "@neurond/primitives";
import { expect, test } from "vitest";
import { type DoorOptions, openDoor } from "./door.ts";
import { alice, charlie, MINER, type Raw, SENDER, send } from "./harness.ts";

const CHARLIE = hotkeyOf(charlie.publicKey);
const BODY = '{"text":"hello"}';
const HASHED = axonBodyHash(["hello"]);
const ROUTES = [
  {
    match: "/Echo",
    upstream: "inference",
    auth: ["axon"],
    axonFields: [{ name: "text", type: "str" }],
  },
];

/** Headers as a dendrite makes them. */
function dendriteHeaders(bodyHash = HASHED, receiver: Hotkey = MINER): Record<string, string> {
  const nonce = `${Date.now()}000000`;
  const uuid = crypto.randomUUID();
  const message = `${nonce}.${SENDER}.${receiver}.${uuid}.${bodyHash}`;
  return {
    name: "Echo",
    timeout: "12.0",
    bt_header_axon_hotkey: receiver,
    bt_header_dendrite_version: "10002000",
    bt_header_dendrite_nonce: nonce,
    bt_header_dendrite_uuid: uuid,
    bt_header_dendrite_hotkey: SENDER,
    bt_header_dendrite_signature: toHex(alice.sign(Buffer.from(message))),
    computed_body_hash: bodyHash,
  };
}

async function door(raw: Raw = {}, options: DoorOptions = {}) {
  const opened = await openDoor({ routes: ROUTES, ...raw }, options);
  return Object.assign(opened, {
    echo: (headers: Record<string, string>, body = BODY) =>
      send(opened.proxy.url, "POST", "/Echo", headers, body),
  });
}

test("a dendrite is let in where a route says so, for the fields that it declares", async () => {
  await using at = await door();
  expect(await at.echo(dendriteHeaders())).toMatchObject({ status: 200 });
  const other = await at.echo(dendriteHeaders(), '{"text":"other"}');
  expect(other).toMatchObject({ status: 401, json: { code: "BAD_SIGNATURE" } });
  const elsewhere = await send(at.proxy.url, "POST", "/edit", dendriteHeaders(), BODY);
  expect(elsewhere).toMatchObject({ status: 401, json: { code: "MISSING_AUTHORIZATION" } });
  expect(at.backend.seen).toHaveLength(1);
});

test("a dendrite is told how its request went in its own headers, unless its axon did", async () => {
  await using plain = await door();
  const { headers } = await plain.echo(dendriteHeaders());
  expect(headers).toMatchObject({
    bt_header_axon_status_code: "200",
    bt_header_axon_status_message: "Success",
  });
  await using axon = await door(
    {},
    {
      answer: (_, response) => response.setHeader("bt_header_axon_status_code", "203").end("{}"),
    },
  );
  const said = (await axon.echo(dendriteHeaders())).headers;
  expect(said["bt_header_axon_status_code"]).toBe("203");
});

test("a dendrite that is refused reads why as from an axon, whoever refuses it", async () => {
  const limits = { hotkey: { base: 1, perDecade: 0 } };
  await using at = await door({ limits, services: { inference_server_url: "http://127.0.0.1:1" } });
  const sent = dendriteHeaders();
  const cases = [
    [sent, 502, "UPSTREAM_UNREACHABLE"],
    [sent, 401, "REPLAY"],
    [dendriteHeaders(), 429, "RATE_LIMITED"],
  ] as const;
  for (const [headers, status, code] of cases) {
    const answer = await at.echo(headers);
    const { detail } = answer.json as { readonly detail: string };
    expect(answer, code).toMatchObject({ status, json: { code, message: detail } });
    expect(answer.headers).toMatchObject({
      bt_header_axon_status_code: String(status),
      bt_header_axon_status_message: detail,
      bt_header_dendrite_uuid: headers["bt_header_dendrite_uuid"],
    });
  }
});

test("each of several hotkeys behind one door is reached by the dendrites that mean it", async () => {
  const raw = {
    auth: { miner_hotkey: [MINER, CHARLIE] },
    tenants: [{ hotkey: CHARLIE, netuid: 12, upstreams: { inference: "other" } }],
    upstreams: { other: { urls: ["http://127.0.0.1:1"] } },
  };
  await using at = await door(raw);
  expect(await at.echo(dendriteHeaders())).toMatchObject({ status: 200 });
  expect(await at.echo(dendriteHeaders(HASHED, CHARLIE))).toMatchObject({ status: 502 });
  expect(await at.echo(dendriteHeaders(HASHED, SENDER))).toMatchObject({ status: 401 });
});
