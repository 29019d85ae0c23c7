import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connectChain } from "@neurond/chain";
import { Wallet, writeColdkey, writeHotkey } from "@neurond/chain/wallet";
import { keypairFromUri } from "@neurond/crypto";
import { READY_NETUID } from "@neurond/devnet";
import { readStatus, ValidatorNetwork } from "@neurond/storage-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HeldShape, InventoryShape, StatsShape } from "../src/commands/miner/schemas.ts";
import { HashesShape } from "../src/commands/retrieve/schemas.ts";
import { briefLock } from "../src/commands/store/brief-lock.ts";
import {
  AcceptedShape,
  AddressShape,
  GetShape,
  ListShape,
  PutShape,
  RemovedShape,
  RenewedShape,
  SharedShape,
  StatShape,
  UnsharedShape,
} from "../src/commands/store/schemas.ts";
import { run } from "./run.ts";
import { StorageSubnet, until } from "./storage-subnet.ts";

let subnet: StorageSubnet;
let root: string;
beforeAll(async () => {
  subnet = await StorageSubnet.start();
  root = subnet.root;
  for (const name of ["me", "other", "third"]) {
    const { places } = Wallet.open({
      name,
      hotkey: "default",
      path: join(root, "wallets"),
      env: {},
    });
    await writeColdkey(places, { keypair: keypairFromUri(`//Cold/${name}`) });
    await writeHotkey(places, { keypair: keypairFromUri(`//Hot/${name}`) });
  }
});
afterAll(() => subnet?.[Symbol.asyncDispose]());

const hashes = () => join(root, "hashes");
const validator = () => ["--validator", subnet.validatorUrl];
const chain = () => ["--subtensor.network", subnet.devnet.url, "--netuid", String(READY_NETUID)];

/** As upstream's users write it. */
async function ftcli(line: readonly string[], { wallet = "me", records = "records" } = {}) {
  const places = ["--wallet.path", join(root, "wallets"), "--hash_basepath", hashes()];
  const answer = await run(
    [...line, "--wallet.name", wallet, ...places, "--no_prompt", "--no_version_checking", "--json"],
    { connectChain, env: { HOME: join(root, records) } },
  );
  return { ...answer, json: JSON.parse(answer.stdout) };
}

async function fileOf(name: string, size: number): Promise<{ path: string; bytes: Buffer }> {
  const directory = join(root, "files", String(Math.random()));
  await mkdir(directory, { recursive: true });
  const path = join(directory, name);
  const bytes = randomBytes(size);
  await writeFile(path, bytes);
  return { path, bytes };
}

const put = async (path: string, ...more: readonly string[]) =>
  PutShape.parse((await ftcli(["s", "put", "--filepath", path, ...validator(), ...more])).json);
const back = () => join(root, "back", String(Math.random()));

describe("ftcli", () => {
  test("finds its way by the chain, stores, lists and brings back what upstream's options say", async () => {
    const { path, bytes } = await fileOf("report.pdf", 3_000);
    const limits = ["--stake_limit", "500", "--neuron.vpermit_tao_limit", "500", "--timeout", "60"];
    const stored = await ftcli(["store", "put", "--filepath", path, ...chain(), ...limits]);
    const { fileId, hashes: file } = PutShape.parse(stored.json);
    expect(file).toBe(join(hashes(), "me.json"));
    const kept = JSON.parse(await readFile(join(hashes(), "me.json"), "utf8"));
    expect(kept["report.pdf"]).toBe(fileId);
    expect(kept["report.pdf_hotkeys"]).toHaveLength(1);
    expect(kept["$ft2"].files[0]).toMatchObject({ id: fileId, path, size: 3_000 });
    expect((await stat(hashes())).mode & 0o777).toBe(0o700);

    const listed = HashesShape.parse((await ftcli(["r", "list"])).json);
    expect(listed.files).toMatchObject([{ wallet: "me", name: "report.pdf", id: fileId }]);
    const into = back();
    const line = ["retrieve", "get", "--data_hash", fileId, "--storage_basepath", into];
    const got = GetShape.parse((await ftcli([...line, "--verify"])).json);
    expect(got).toMatchObject({ output: join(into, "report.pdf"), verified: true, there: false });
    expect(await readFile(got.output)).toEqual(bytes);
    expect((await stat(into)).mode & 0o777).toBe(0o700);
    expect(GetShape.parse((await ftcli(line)).json)).toMatchObject({ there: true });
  });

  test("nobody is asked whose stake is too small, or whose uid is another's", async () => {
    const { path } = await fileOf("poor", 10);
    const line = ["store", "put", "--filepath", path, ...chain()];
    for (const choice of [
      ["--stake_limit", "1000000"],
      ["--neuron.vpermit_tao_limit", "1000000"],
      ["--uid", "250"],
    ]) {
      const refused = await ftcli([...line, ...choice]);
      expect([refused.exitCode, refused.json.error.code]).toEqual([3, "VALIDATOR_MISSING"]);
    }
  });

  test("without hash file and record the validators of the subnet are asked for the id", async () => {
    const { path, bytes } = await fileOf("elsewhere.bin", 500);
    const { fileId } = await put(path);
    await rm(join(hashes(), "me.json"));
    const line = ["r", "get", "--cid", fileId, "--storage_basepath", back(), ...chain()];
    const got = await ftcli([...line, "--stake_limit", "1000"], { records: "another machine" });
    expect(await readFile(GetShape.parse(got.json).output)).toEqual(bytes);
  });

  test("files of one name stand beside each other, of all wallets in one table", async () => {
    await rm(join(hashes(), "me.json"), { force: true });
    const [one, two] = [await fileOf("same.txt", 20), await fileOf("same.txt", 30)];
    const [first, second] = [await put(one.path), await put(two.path)];
    const others = "10452482978985143649811726337599923632298439716093053722476338088517550481551";
    const upstream = {
      "old.txt": others,
      "old.txt_hotkeys": ["5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"],
    };
    await writeFile(join(hashes(), "other.json"), JSON.stringify(upstream));
    await writeFile(join(hashes(), "nobody.json"), JSON.stringify({ unseen: "1" }));
    const line = [
      "retrieve",
      "list",
      "--wallet.path",
      join(root, "wallets"),
      "--hash_basepath",
      hashes(),
    ];
    const table = await run(line);
    expect(table.exitCode).toBe(0);
    const rows = table.stdout
      .trim()
      .split("\n")
      .map((row) => row.split(/ {2,}/));
    expect(rows).toEqual([
      ["Wallet Name", "Filename", "Data Hash"],
      ["me", "same.txt", first.fileId],
      ["me", "same (2).txt", second.fileId],
      ["other", "old.txt", others],
    ]);
    const into = back();
    for (const [name, { bytes }] of [
      ["same.txt", one],
      ["same (2).txt", two],
    ] as const) {
      await ftcli(["r", "get", name, "--storage_basepath", into]);
      expect(await readFile(join(into, name))).toEqual(bytes);
    }
  });

  test("another file that is there stays, unless it is said otherwise", async () => {
    const { path, bytes } = await fileOf("precious", 100);
    const { fileId } = await put(path);
    const into = back();
    await mkdir(into, { recursive: true });
    await writeFile(join(into, "precious"), "mine");
    const line = ["r", "get", fileId, "--storage_basepath", into];
    const refused = await ftcli(line);
    expect([refused.exitCode, refused.json.error.code]).toEqual([1, "OUTPUT_EXISTS"]);
    expect(refused.json.error.message).toContain("--overwrite");
    expect(await readFile(join(into, "precious"), "utf8")).toBe("mine");
    expect((await ftcli([...line, "--overwrite"])).exitCode).toBe(0);
    expect(await readFile(join(into, "precious"))).toEqual(bytes);
  });

  test("a name in a hash file leads nowhere else", async () => {
    const { path, bytes } = await fileOf("plain", 100);
    const { fileId } = await put(path);
    await writeFile(join(hashes(), "other.json"), JSON.stringify({ "../../escaped": fileId }));
    const into = join(back(), "a", "b");
    const places = ["--storage_basepath", into, "--wallet.name", "me"];
    const file = join(hashes(), "me.json");
    const before = await readFile(file);
    await writeFile(file, JSON.stringify({ "../../escaped": fileId }));
    const got = GetShape.parse((await ftcli(["r", "get", fileId, ...places])).json);
    await writeFile(file, before);
    expect(got.output).toBe(join(into, "escaped"));
    expect(await readFile(got.output)).toEqual(bytes);
    expect(await readdir(join(into, "..", ".."))).toEqual(["a"]);
  });

  test("a range is brought back alone", async () => {
    const { path, bytes } = await fileOf("long", 400_000);
    const { fileId } = await put(path, "--rs", "2,3", "--segment-bytes", "131072");
    const into = back();
    for (const [range, from, to] of [
      ["100-99999", 100, 100_000],
      ["-70000", 330_000, 400_000],
    ] as const) {
      const line = ["r", "get", fileId, `--range=${range}`, "--storage_basepath", into];
      const got = GetShape.parse((await ftcli(line)).json);
      expect(got.range).toEqual([from, to]);
      expect(await readFile(got.output)).toEqual(bytes.subarray(from, to));
    }
    const wrong = await ftcli([
      "r",
      "get",
      fileId,
      "--range",
      "400000-",
      "--storage_basepath",
      into,
    ]);
    expect([wrong.exitCode, wrong.json.error.code]).toEqual([2, "USAGE"]);
  });

  test("two clients that store the same file at once store it twice, and lose neither", async () => {
    const { path, bytes } = await fileOf("raced", 300_000);
    const line = ["--rs", "2,3", "--segment-bytes", "65536"];
    const both = await Promise.all([put(path, ...line), put(path, ...line)]);
    expect(new Set(both.map(({ fileId }) => fileId)).size).toBe(2);
    const { files } = HashesShape.parse((await ftcli(["r", "list"])).json);
    for (const { fileId } of both) {
      expect(files.filter(({ id }) => id === fileId)).toHaveLength(1);
      const got = await ftcli(["r", "get", fileId, "--storage_basepath", back()]);
      expect(await readFile(GetShape.parse(got.json).output)).toEqual(bytes);
    }
    const uploads = join(root, "records", ".neurond", "files", ".uploads");
    expect(await readdir(uploads)).toEqual([]);
  });

  test("an interrupted get goes on where it was", async () => {
    const { path, bytes } = await fileOf("cut off", 2_000_000);
    const { fileId } = await put(path, "--rs", "1,3", "--segment-bytes", "65536");
    const into = back();
    const interrupt = new AbortController();
    const line = [
      "r",
      "get",
      fileId,
      "--storage_basepath",
      into,
      "--wallet.path",
      join(root, "wallets"),
    ];
    const getting = run([...line, "-w", "me", "--hash_basepath", hashes(), "--json"], {
      env: { HOME: join(root, "records") },
      signal: interrupt.signal,
    });
    // Looked at often: what is complete by then is no longer interrupted.
    for (let size = 0; size <= 65_536; await sleep(2)) {
      const [partial] = await readdir(into).catch(() => []);
      if (partial !== undefined) size = (await stat(join(into, partial))).size;
    }
    interrupt.abort();
    expect((await getting).exitCode).toBe(130);
    const got = GetShape.parse(
      (await ftcli(["r", "get", fileId, "--storage_basepath", into, "--resume"])).json,
    );
    expect(got.resumedBytes).toBeGreaterThan(0);
    expect(await readFile(got.output)).toEqual(bytes);
    expect(await readdir(into)).toEqual(["cut off"]);
  });

  test("stopped between its manifest and the hash file, a put comes to the same file", async () => {
    const { path, bytes } = await fileOf("almost", 5_000);
    const records = join(root, "records", ".neurond", "files");
    const before = new Set(await readdir(records).catch(() => []));
    const interrupt = new AbortController();
    let id = "";
    {
      await mkdir(hashes(), { recursive: true });
      using _ = await briefLock(join(hashes(), "me.json.lock"), interrupt.signal);
      const line = ["s", "put", path, "--copies", "2", ...validator(), "--wallet.name", "me"];
      const places = ["--wallet.path", join(root, "wallets"), "--hash_basepath", hashes()];
      const putting = run([...line, ...places, "--json"], {
        env: { HOME: join(root, "records") },
        signal: interrupt.signal,
      });
      const client = new ValidatorNetwork({
        url: new URL(subnet.validatorUrl),
        hotkey: (await readStatus(new URL(subnet.validatorUrl), interrupt.signal)).hotkey,
        key: keypairFromUri("//Hot/me"),
      });
      await until(async () => {
        const fresh = (await readdir(records).catch(() => [])).find(
          (name) => !before.has(name) && /json$/.test(name),
        );
        id = `0x${fresh?.slice(0, 64)}`;
        const kept = await client.files(AbortSignal.timeout(5_000));
        return kept.some(({ file_id }) => file_id === id);
      });
      interrupt.abort();
      expect((await putting).exitCode).toBe(130);
    }
    const again = await ftcli(["s", "put", path, "--copies", "2", ...validator()]);
    expect(again.json).toMatchObject({ fileId: id });
    const got = await ftcli(["r", "get", "almost", "--storage_basepath", back()]);
    expect(await readFile(GetShape.parse(got.json).output)).toEqual(bytes);
  });

  test("a damaged hash file is left alone, and nothing is sent", async () => {
    const { path } = await fileOf("unsent", 10);
    const file = join(hashes(), "me.json");
    const before = await readFile(file);
    await writeFile(file, "{ torn");
    const refused = await ftcli(["s", "put", path, ...validator()]);
    expect([refused.exitCode, refused.json.error.code]).toEqual([1, "HASH_FILE_INVALID"]);
    expect(await readFile(file, "utf8")).toBe("{ torn");
    const listed = await ftcli(["r", "list"]);
    expect(HashesShape.parse(listed.json)).toMatchObject({ files: [], unreadable: [file] });
    expect(listed.exitCode).toBe(0);
    await writeFile(file, before);
  });

  test("a file with a hole is stored and brought back like any other", async () => {
    const { path } = await fileOf("sparse", 1);
    await truncate(path, 9_000_000);
    const { fileId } = await put(path, "--rs", "1,1", "--segment-bytes", "4194304");
    const got = await ftcli(["r", "get", fileId, "--storage_basepath", back()]);
    expect(GetShape.parse(got.json).size).toBe(9_000_000);
  });

  test("a file that is not encrypted opens with another coldkey, and one that is does not", async () => {
    const { path } = await fileOf("public.txt", 40);
    const stored = await put(path, "--noencrypt");
    const secret = await put(path);
    expect([stored.encrypted, secret.encrypted]).toEqual([false, true]);
    const names = await run(
      ["store", "list", "-w", "other", "--wallet.path", join(root, "wallets"), "--json"],
      { env: { HOME: join(root, "records") } },
    );
    const { files } = ListShape.parse(JSON.parse(names.stdout));
    const nameOf = (id: string) => files.find(({ fileId }) => fileId === id)?.name;
    expect([nameOf(stored.fileId), nameOf(secret.fileId)]).toEqual(["public.txt", null]);
    const both = await ftcli(["s", "put", path, "--encrypt", "--noencrypt", ...validator()]);
    expect([both.exitCode, both.json.error.code]).toEqual([2, "USAGE"]);
  });

  test("a file is shared with one, who reads it until it is taken back, and nobody else does", async () => {
    const { path, bytes } = await fileOf("ours.txt", 200_000);
    const { fileId } = await put(path, "--rs", "2,3", "--segment-bytes", "65536");
    const theirs = { wallet: "other", records: "theirs" };
    const asked = ["store", "address", "-w", "other", "--wallet.path", join(root, "wallets")];
    const { address, publicKey } = AddressShape.parse(
      JSON.parse((await run([...asked, "--json"])).stdout),
    );
    const output = join(root, "ours.share.json");
    const line = ["store", "share", fileId, address, "--output", output];
    expect(SharedShape.parse((await ftcli(line)).json)).toMatchObject({ fileId, publicKey });
    expect((await stat(output)).mode & 0o777).toBe(0o600);
    const handed = await readFile(output, "utf8");
    expect(handed).not.toContain("seal_secret");
    expect(handed).not.toContain("ours.txt");
    expect((await ftcli(line)).json.error.code).toBe("OUTPUT_EXISTS");

    const accepted = await ftcli(["store", "accept", output], theirs);
    expect(AcceptedShape.parse(accepted.json)).toMatchObject({ fileId, name: "ours.txt" });
    const get = ["r", "get", fileId, "--storage_basepath"];
    const got = GetShape.parse((await ftcli([...get, back()], theirs)).json);
    expect(await readFile(got.output)).toEqual(bytes);
    const stolen = await ftcli(["store", "accept", output], { wallet: "third", records: "third" });
    expect([stolen.exitCode, stolen.json.error.code]).toEqual([1, "KEY_INVALID"]);
    const foreign = await ftcli(["store", "rm", fileId], theirs);
    expect([foreign.exitCode, foreign.json.error.code]).toEqual([1, "FILE_FOREIGN"]);

    const known = StatShape.parse((await ftcli(["store", "stat", fileId])).json);
    expect(known.readers).toEqual([publicKey]);
    const again = await ftcli(["store", "unshare", fileId, address]);
    expect(UnsharedShape.parse(again.json)).toMatchObject({ had: true });
    // Refused by one validator it asks the others that are on chain: of this one.
    const refused = await ftcli([...get, back(), ...chain()], theirs);
    expect([refused.exitCode, refused.json.error.code]).toEqual([1, "SHARD_MISSING"]);
    expect((await ftcli([...get, back()])).exitCode).toBe(0);
  });

  test("a file is looked after, renewed, and deleted on the miners too", async () => {
    const { path } = await fileOf("passing", 5_000);
    const { fileId, expires } = await put(path, "--copies", "3");
    const before = StatShape.parse((await ftcli(["s", "stat", "passing"])).json);
    expect(before).toMatchObject({ fileId, size: 5_000, lost: 0, segments: [{ live: 3, n: 3 }] });
    const renewed = RenewedShape.parse((await ftcli(["s", "renew", fileId])).json);
    expect(renewed).toMatchObject({ renewed: 3, failed: 0 });
    expect(renewed.expires).toBeGreaterThanOrEqual(expires);
    const after = StatShape.parse((await ftcli(["s", "stat", "passing"])).json);
    expect(after.expires).toBe(renewed.expires);
    const held = () => [...subnet.stores.values()].map(({ shards }) => shards.usedBytes);
    const full = held();
    expect(RemovedShape.parse((await ftcli(["s", "rm", fileId])).json).removed).toBe(true);
    await until(async () => held().every((bytes, at) => bytes < (full[at] ?? 0)));
    const { files } = HashesShape.parse((await ftcli(["r", "list"])).json);
    expect(files.map(({ id }) => id)).not.toContain(fileId);
    const gone = await ftcli(["r", "get", fileId, "--storage_basepath", back(), ...validator()]);
    expect([gone.exitCode, gone.json.error.code]).toEqual([1, "FILE_UNKNOWN"]);
  });

  test("a file is kept for as long as was asked for, and for longer when it is renewed", async () => {
    const { path } = await fileOf("for-a-day", 5_000);
    const stored = await put(path, "--copies", "1", "--ttl", "86390");
    expect(stored.expires - stored.created).toBe(7_200);
    const listed = async () => {
      const { files } = HashesShape.parse((await ftcli(["r", "list"])).json);
      const at = files.find(({ id }) => id === stored.fileId)?.expiresAt ?? "";
      return Math.round((Date.parse(at) - Date.now()) / 3_600_000);
    };
    expect(await listed()).toBe(24);
    const line = ["s", "renew", stored.fileId, "--ttl"];
    const shorter = RenewedShape.parse((await ftcli([...line, "3600"])).json);
    expect(shorter).toMatchObject({ expires: stored.expires, renewed: 1, failed: 0 });
    expect(await listed()).toBe(24);
    const longer = RenewedShape.parse((await ftcli([...line, "172800"])).json);
    expect(longer.expires).toBeGreaterThan(stored.expires);
    const known = StatShape.parse((await ftcli(["s", "stat", stored.fileId])).json);
    expect(known.expires - known.created).toBe(14_400);
    expect(known).toMatchObject({ expires: longer.expires, revision: 1 });
    expect(await listed()).toBe(48);
  });

  test("a daemon is run with its own options, and how it ended is told", async () => {
    const line = ["run", "miner", join(root, "no such.yaml")];
    const { exitCode, stdout } = await run(line, { env: { NODE_NO_WARNINGS: "1" } });
    expect([exitCode, stdout]).toEqual([1, "miner ended with exit code 1\n"]);
    const help = await run(["n", "validator", "--help"]);
    expect(help.stdout).toContain("Everything behind the daemon's name is its own");
  });

  test("what is missing is named, not asked for, where nobody is to be asked", async () => {
    for (const [line, option] of [
      [["s", "put"], "--filepath"],
      [["r", "get"], "--data-hash"],
    ] as const) {
      const { exitCode, json } = await ftcli(line);
      expect([exitCode, json.error.code]).toEqual([2, "USAGE"]);
      expect(json.error.message).toContain(option);
    }
  });

  test("the statistics and the inventory of a miner are those of its validator's log", async () => {
    const { path } = await fileOf("challenged", 5_000);
    const { miners } = await put(path, "--copies", "3");
    const [hotkey = ""] = miners;
    const asked = async (...line: readonly string[]) =>
      JSON.parse((await run(["m", ...line, ...validator(), "--json"])).stdout);
    const held = async () => InventoryShape.parse(await asked("inventory", "--hotkey", hotkey));
    await until(async () => (await held()).bytes >= 5_000);
    const inventory = await held();
    expect(inventory).toMatchObject({ hotkey, signed: true });
    expect(inventory.bytes).toBe(inventory.shards.reduce((sum, { size }) => sum + size, 0));
    const stats = async () => StatsShape.parse(await asked("stats"));
    await until(async () =>
      (await stats()).miners.some(({ challenge }) => challenge.successes > 0),
    );
    const row = (await stats()).miners.find((miner) => miner.hotkey === hotkey);
    expect(row?.storedBytes).toBeGreaterThanOrEqual(5_000);
    const table = await run(["m", "stats", ...validator()]);
    expect(table.stdout).toMatch(
      /^Hotkey +Total Successes +Store A\/S +Challenge A\/S +Retrieve A\/S/,
    );
  });

  test("a miner tells its own hotkey what it holds, and nobody else", async () => {
    const { path } = await fileOf("held", 3_000);
    const { miners } = await put(path, "--copies", "3");
    const kept = subnet.stores.get(miners[0] ?? "");
    const line = ["m", "held", "--url", kept?.url ?? "", "--json"];
    const { stdout, exitCode } = await run([...line, "--uri", kept?.uri ?? ""]);
    const { shards, bytes, validators } = HeldShape.parse(JSON.parse(stdout));
    expect([shards, exitCode]).toEqual([kept?.shards.list().length, 0]);
    expect(bytes).toBe(kept?.shards.usedBytes);
    expect(validators).toEqual([expect.objectContaining({ shards, bytes })]);
    const other = await run([...line, "--uri", "//Client"]);
    expect(JSON.parse(other.stdout).error.code).toBe("MINER_SILENT");
  });
});
