import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { naclKey, Wallet, writeColdkey, writeHotkey } from "@neurond/chain/wallet";
import { keypairFromUri } from "@neurond/crypto";
import { fromHex, hotkeyOf, toHex } from "@neurond/primitives";
import {
  cidOf,
  FILETAO_PLAIN,
  hashData,
  openFiletao,
  sealFiletao,
} from "@neurond/workload-storage/file";
import { describe, expect, onTestFinished, test } from "vitest";
import { GetShape, PutApiShape } from "../src/commands/store/schemas.ts";
import { run } from "./run.ts";
import { temporaryDirectory } from "./temporary.ts";

const plain = randomBytes(10_000);
const node = hotkeyOf(keypairFromUri("//Node").publicKey);
/** What `//Cold` derives, which takes four seconds of a core: so each test lets the command alone do it. */
const COLD_KEY = fromHex("a3c12953888a0d812cac0c6a1cb0b18562a3d3b37c327f072579f69267f8c1dc");
const random = { aesKey: randomBytes(32), nonce: randomBytes(16), boxNonce: randomBytes(24) };
const sealed = sealFiletao(plain, COLD_KEY, random);

/** What a client sends with StoreUser. */
interface Kept {
  readonly encrypted_data: string;
  readonly encryption_payload: string;
  readonly ttl: number;
}

/** An API node as upstream's are, as far as a client sees; what it answers to its two synapses. */
async function apiNode(
  answer: (id: string) => object | undefined,
  keep: (question: Kept) => object | undefined = () => undefined,
): Promise<string> {
  const server = createServer(async (request, response) => {
    const question = (await json(request)) as Kept & { readonly data_hash: string };
    const answers: Record<string, () => object | undefined> = {
      "/RetrieveUser": () => answer(question.data_hash),
      "/StoreUser": () => keep(question),
    };
    const found = answers[request.url ?? ""]?.();
    response.statusCode = found === undefined ? 404 : 200;
    response.end(JSON.stringify(found ?? { detail: "not found", code: "FILE_MISSING" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A directory with a wallet and its hash file. */
async function home(hashes: object): Promise<string> {
  const root = await temporaryDirectory();
  const { places } = Wallet.open({ name: "me", hotkey: "hot", path: root, env: {} });
  await writeColdkey(places, { keypair: keypairFromUri("//Cold") });
  await writeHotkey(places, { keypair: keypairFromUri("//Hot") });
  await mkdir(join(root, "hashes"));
  await writeFile(join(root, "hashes", "me.json"), JSON.stringify(hashes));
  return root;
}

async function ftcli(root: string, line: readonly string[], url: string) {
  const wallet = ["--wallet.name", "me", "--wallet.hotkey", "hot", "--wallet.path", root];
  const where = ["--hash_basepath", join(root, "hashes")];
  const api = ["--api", url, "--api_hotkey", node];
  const { exitCode, stdout } = await run([...line, ...wallet, ...where, ...api, "--json"], {
    env: { HOME: root },
  });
  return { exitCode, json: JSON.parse(stdout) };
}

async function retrieve(url: string, wanted: string, hashes: object = {}) {
  const root = await home(hashes);
  const line = ["r", "get", "--data_hash", wanted, "--storage_basepath", join(root, "back")];
  return ftcli(root, line, url);
}

test("the key of a coldkey is the field's", async () => {
  expect(toHex(await naclKey("ab".repeat(64)))).toBe(
    "0x7e39b4b6a0026a8d89df82eb6800442797ce3b4a502b86cf97616f8ef0406924",
  );
});

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
  }, 240_000);

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

describe("a file that is stored through an API node by upstream's protocol", () => {
  /** Keeps what it is given in memory. */
  async function keeper(idOf: (bytes: Uint8Array) => string = hashData) {
    const kept = new Map<string, Kept>();
    const url = await apiNode(
      (id) => kept.get(id),
      (question) => {
        const id = idOf(Buffer.from(question.encrypted_data, "base64"));
        kept.set(id, question);
        return { encrypted_data: "", encryption_payload: "", data_hash: id };
      },
    );
    return { url, kept };
  }

  async function stored(url: string, before: object, ...more: readonly string[]) {
    const root = await home(before);
    const path = join(root, "notes.txt");
    await writeFile(path, plain);
    const answer = await ftcli(root, ["s", "put", "--filepath", path, ...more], url);
    const hashes = JSON.parse(await readFile(join(root, "hashes", "me.json"), "utf8"));
    return { ...answer, root, hashes };
  }

  test("is encrypted before, remembered as upstream does, and opens with its coldkey", async () => {
    const { url, kept } = await keeper();
    const before = { "old.txt": "1".repeat(77) };
    const { json: said, hashes } = await stored(url, before, "--ttl", "86400");
    const { dataHash, ...rest } = PutApiShape.parse(said);
    expect(rest).toMatchObject({ name: "notes.txt", size: plain.length, encrypted: true, node });
    const { encrypted_data = "", encryption_payload: payload = "" } = kept.get(dataHash) ?? {};
    const bytes = Buffer.from(encrypted_data, "base64");
    expect([bytes.length, bytes.equals(plain)]).toEqual([plain.length, false]);
    expect(Buffer.from(openFiletao({ ciphertext: bytes, payload }, COLD_KEY))).toEqual(plain);
    expect(kept.get(dataHash)?.ttl).toBe(86_400);
    expect(hashes).toEqual({ ...before, "notes.txt": dataHash, "notes.txt_hotkeys": [node] });
  }, 240_000);

  test("is left to the node only with --noencrypt, and goes by its CID where the node has those", async () => {
    const { url, kept } = await keeper(cidOf);
    const { json: said } = await stored(url, {}, "--noencrypt");
    expect(PutApiShape.parse(said)).toMatchObject({ dataHash: cidOf(plain), encrypted: false });
    expect(kept.get(cidOf(plain))).toMatchObject({
      encrypted_data: plain.toString("base64"),
      encryption_payload: FILETAO_PLAIN,
      ttl: 2_592_000,
    });
  });

  test("does not count as stored where the node names other bytes", async () => {
    const { url } = await keeper(() => hashData(randomBytes(5)));
    const { exitCode, json: said, hashes } = await stored(url, {}, "--noencrypt");
    expect([exitCode, said.error.code, hashes]).toEqual([1, "API_NODE_FAILED", {}]);
  });

  test("takes no option of files that are cut into shards here", async () => {
    const { url, kept } = await keeper();
    const { exitCode, json: said } = await stored(url, {}, "--rs", "2,3");
    expect([exitCode, said.error.code, kept.size]).toEqual([2, "USAGE", 0]);
    expect(said.error.message).toMatch(/--rs goes without --api/);
  });

  test("goes to no node whose address is none", async () => {
    const { exitCode, json: said } = await stored("localhost", {}, "--noencrypt");
    expect([exitCode, said.error.code]).toEqual([2, "USAGE"]);
    expect(said.error.message).toMatch(/^--api is an http/);
  });
});
