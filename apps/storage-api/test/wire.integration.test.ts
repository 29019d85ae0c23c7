import { randomBytes, randomUUID } from "node:crypto";
import { AXON, axonBodyHash, verifyAxonResponse } from "@neurond/epistula";
import { hotkeyOf, toHex } from "@neurond/primitives";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dataHash } from "../src/api/data-hash.ts";
import { alice, ask, bob, nameOf, node, type ServedNode, serveNode, stranger } from "./harness.ts";

let served: ServedNode;
beforeAll(async () => {
  served = await serveNode({ wire: { maxFileBytes: 1_000_000, atOnce: 2 } });
});
afterAll(() => served[Symbol.asyncDispose]());

const post = (key: typeof alice, name: string, body: object) =>
  ask(served, key, { method: "POST", path: `/${name}`, body });

test("files are named by the hashes of the specification", () => {
  const bytes = Buffer.from("filetao");
  expect(dataHash(bytes, "data_hash")).toBe(
    "10452482978985143649811726337599923632298439716093053722476338088517550481551",
  );
  expect(dataHash(bytes, "cid")).toBe(
    "bafkreie4ugpt5ybmdb3umazcgntrg22f7thmnfqyxwrhyj3joykvbkgmia",
  );
});

describe("StoreUser, RetrieveUser and DeleteUser", () => {
  const bytes = randomBytes(50_000);
  const encrypted_data = bytes.toString("base64");
  const id = dataHash(bytes, "data_hash");

  test("keep a file for its owner, with its payload, until he deletes it", async () => {
    const stored = await post(alice, "StoreUser", {
      encrypted_data,
      encryption_payload: '{"a": "b"}',
    });
    expect(stored.json()).toMatchObject({ data_hash: id, encrypted_data: "" });
    const got = (await post(alice, "RetrieveUser", { data_hash: id })).json();
    expect(got).toMatchObject({ encrypted_data, encryption_payload: '{"a": "b"}' });
    expect((await post(bob, "RetrieveUser", { data_hash: id })).status).toBe(404);
    expect((await post(bob, "DeleteUser", { data_hash: id })).status).toBe(403);
    const grant = `/v1/grants/${nameOf(bob)}?name=wire/${id}`;
    await ask(served, alice, { method: "PUT", path: grant });
    expect((await post(bob, "RetrieveUser", { data_hash: id })).json()).toMatchObject({
      encrypted_data,
    });
    expect((await post(alice, "DeleteUser", { data_hash: id })).json()).toMatchObject({
      deleted: true,
    });
    expect((await post(alice, "RetrieveUser", { data_hash: id })).status).toBe(404);
    expect((await post(bob, "RetrieveUser", { data_hash: id })).status).toBe(404);
  });

  test("keep the same file of two owners apart", async () => {
    for (const key of [alice, bob]) {
      await post(key, "StoreUser", { encrypted_data, encryption_payload: nameOf(key) });
    }
    await post(alice, "DeleteUser", { data_hash: id });
    const got = (await post(bob, "RetrieveUser", { data_hash: id })).json();
    expect(got["encryption_payload"]).toBe(nameOf(bob));
  });

  test("refuse strangers, what is no Base64, and what is too long", async () => {
    const refused = async (key: typeof alice, body: object) =>
      (await post(key, "StoreUser", { encryption_payload: "{}", ...body })).status;
    expect(await refused(stranger, { encrypted_data })).toBe(403);
    expect(await refused(alice, { encrypted_data: "***" })).toBe(400);
    expect(await refused(alice, { encrypted_data: 5 })).toBe(400);
    const long = Buffer.alloc(1_000_001).toString("base64");
    expect(await refused(alice, { encrypted_data: long })).toBe(413);
    expect((await post(alice, "RetrieveUser", { data_hash: "../../x" })).status).toBe(400);
  });
});

describe("a dendrite", () => {
  const send = async (
    name: string,
    fields: readonly string[],
    body: Record<string, unknown>,
    sent = body,
  ) => {
    const hash = axonBodyHash(fields.map((field) => String(body[field])));
    const nonce = `${Date.now()}${String(process.hrtime.bigint() % 1_000_000n).padStart(6, "0")}`;
    const uuid = randomUUID();
    const [sender, receiver] = [nameOf(alice), nameOf(node)];
    const message = Buffer.from(`${nonce}.${sender}.${receiver}.${uuid}.${hash}`);
    const answer = await fetch(new URL(`/${name}`, served.api.http.url), {
      method: "POST",
      body: JSON.stringify({ name, timeout: 12, ...sent }),
      headers: {
        "content-type": "application/json",
        name,
        timeout: "12.0",
        [AXON.axonHotkey]: receiver,
        [AXON.nonce]: nonce,
        [AXON.uuid]: uuid,
        [AXON.dendriteHotkey]: sender,
        [AXON.signature]: toHex(alice.sign(message, randomBytes(32))),
        [AXON.bodyHash]: hash,
      },
    });
    return { answer, body: (await answer.json()) as Record<string, unknown> };
  };
  const encrypted_data = Buffer.from("by dendrite").toString("base64");
  const stored = { encrypted_data, encryption_payload: "{}" };

  test("stores and retrieves with its own signature, and is told how it went", async () => {
    const { answer, body } = await send(
      "StoreUser",
      ["encrypted_data", "encryption_payload"],
      stored,
    );
    expect(answer.status).toBe(200);
    expect(answer.headers.get(AXON.statusCode)).toBe("200");
    const data_hash = String(body["data_hash"]);
    const got = await send("RetrieveUser", ["data_hash"], { data_hash });
    expect(got.body["encrypted_data"]).toBe(encrypted_data);
    const said = (name: string) => answer.headers.get(name) ?? "";
    const response = {
      nonce: said(AXON.axonNonce),
      uuid: said(AXON.axonUuid),
      requester: nameOf(alice),
      responder: hotkeyOf(node.publicKey),
    };
    expect(await verifyAxonResponse(response, said(AXON.axonSignature))).toBe(true);
    const gone = await send("RetrieveUser", ["data_hash"], { data_hash: "1" });
    expect([gone.answer.status, gone.answer.headers.get(AXON.statusCode)]).toEqual([404, "404"]);
  });

  test("has signed its data: another body is refused", async () => {
    const other = { ...stored, encrypted_data: Buffer.from("evil").toString("base64") };
    const fields = ["encrypted_data", "encryption_payload"];
    const { answer, body } = await send("StoreUser", fields, stored, other);
    expect([answer.status, body["code"]]).toEqual([401, "BAD_SIGNATURE"]);
    const id = dataHash(Buffer.from("evil"), "data_hash");
    expect((await post(alice, "RetrieveUser", { data_hash: id })).status).toBe(404);
  });
});
