import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { Wallet, writeColdkey, writeHotkey } from "@neurond/chain/wallet";
import { keypairFromUri } from "@neurond/crypto";
import { hotkeyOf } from "@neurond/primitives";
import { cidOf, FILETAO_PLAIN, filetaoKey, hashData, sealFiletao } from "@neurond/workload-storage";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { GetShape } from "../src/commands/store/schemas.ts";
import { run } from "./run.ts";
import { temporaryDirectory } from "./temporary.ts";

const plain = randomBytes(10_000);
const node = hotkeyOf(keypairFromUri("//Node").publicKey);
let sealed: { readonly ciphertext: Uint8Array; readonly payload: string };

beforeAll(async () => {
  const key = await filetaoKey(keypairFromUri("//Cold").exportSecret());
  const [aesKey, nonce, boxNonce] = [randomBytes(32), randomBytes(16), randomBytes(24)];
  sealed = sealFiletao(plain, key, { aesKey, nonce, boxNonce });
});

/** An API node as upstream's are, as far as a client sees; what it answers to RetrieveUser. */
async function apiNode(answer: (id: string) => object | undefined): Promise<string> {
  const server = createServer(async (request, response) => {
    const { data_hash } = (await json(request)) as { readonly data_hash: string };
    const found = request.url === "/RetrieveUser" ? answer(data_hash) : undefined;
    response.statusCode = found === undefined ? 404 : 200;
    response.end(JSON.stringify(found ?? { detail: "not found", code: "FILE_MISSING" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function retrieve(url: string, wanted: string, hashes: object = {}) {
  const root = await temporaryDirectory();
  const { places } = Wallet.open({ name: "me", hotkey: "hot", path: root, env: {} });
  await writeColdkey(places, { keypair: keypairFromUri("//Cold") });
  await writeHotkey(places, { keypair: keypairFromUri("//Hot") });
  await mkdir(join(root, "hashes"));
  await writeFile(join(root, "hashes", "me.json"), JSON.stringify(hashes));
  const wallet = ["--wallet.name", "me", "--wallet.hotkey", "hot", "--wallet.path", root];
  const where = ["--hash_basepath", join(root, "hashes"), "--storage_basepath", join(root, "back")];
  const api = ["--api", url, "--api_hotkey", node];
  const line = ["r", "get", "--data_hash", wanted, ...wallet, ...where, ...api, "--json"];
  const { exitCode, stdout } = await run(line, { env: { HOME: root } });
  return { exitCode, json: JSON.parse(stdout) };
}

describe("a file that upstream's client stored through an API node", () => {
  const answer = ({ ciphertext, payload }: typeof sealed) => ({
    encrypted_data: Buffer.from(ciphertext).toString("base64"),
    encryption_payload: payload,
  });

  test("is brought back by its number or by its remembered name, and decrypted", async () => {
    const id = hashData(sealed.ciphertext);
    const url = await apiNode((asked) => (asked === id ? answer(sealed) : undefined));
    const got = GetShape.parse((await retrieve(url, "notes.txt", { "notes.txt": id })).json);
    expect(got).toMatchObject({ fileId: id, name: "notes.txt", size: plain.length });
    expect(await readFile(got.output)).toEqual(plain);
  });

  test("that was not encrypted comes as it is, by its CID", async () => {
    const id = cidOf(plain);
    const url = await apiNode(() => answer({ ciphertext: plain, payload: FILETAO_PLAIN }));
    const got = GetShape.parse((await retrieve(url, id)).json);
    expect(got.output.endsWith(id)).toBe(true);
    expect(await readFile(got.output)).toEqual(plain);
  });

  test.each([
    [
      "another file",
      () => answer({ ciphertext: randomBytes(10), payload: FILETAO_PLAIN }),
      /another file/,
    ],
    ["no file", () => ({ hello: "world" }), /no file/],
    ["a refusal", () => undefined, /answered 404/],
  ])("is not taken from a node that sends %s", async (_, sent, reason) => {
    const { exitCode, json: said } = await retrieve(await apiNode(sent), hashData(plain));
    expect([exitCode, said.error.code]).toEqual([1, "API_NODE_FAILED"]);
    expect(said.error.message).toMatch(reason);
  });
});
