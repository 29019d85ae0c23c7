import { createHash } from "node:crypto";
import { once } from "node:events";
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { keypairFromUri } from "@neurond/crypto";
import { EPISTULA, verifyEpistulaResponse } from "@neurond/epistula";
import { expect, test } from "vitest";
import { MINER, openBackend, openStage, signed } from "../stage.ts";

test.each([
  ["a short answer in its header", { "Content-Length": "8" }],
  ["an answer of unknown length in its trailer", {}],
])("a caller who asks has proof of what it got: %s", async (_name, fields) => {
  await using backend = await openBackend((_request, response) => {
    response.writeHead(200, fields);
    response.end("answered");
  });
  const signer = keypairFromUri("//Bob");
  await using stage = await openStage({ url: backend.url, signer });
  const headers = signed("POST", "/closed", "{}");
  const wanted = ["epistula-want-response-signature", "1", "content-length", "2"];
  const sent = request({
    port: stage.port,
    method: "POST",
    path: "/closed",
    headers: ["host", "m", ...headers.flat(), ...wanted],
    agent: false,
  });
  sent.end("{}");
  const [response] = await once(sent, "response");
  const body = await text(response);
  const name = EPISTULA.responseSignature.toLowerCase();
  const signature = response.headers[name] ?? response.trailers[name];
  const of = (field: string) => headers.find(([one]) => one === field)?.[1] ?? "";
  const bodySha256 = createHash("sha256").update(body).digest();
  const answer = {
    bodySha256,
    uuid: of(EPISTULA.uuid),
    timestamp: of(EPISTULA.timestamp),
    responder: MINER,
  };
  expect(body).toBe("answered");
  expect(await verifyEpistulaResponse(answer, signature)).toBe(true);
});
