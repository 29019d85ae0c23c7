import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hotkeyOf } from "@neurond/primitives";
import { loadConfig } from "@neurond/runtime";
import { expect, onTestFinished, test } from "vitest";
import { Config, PREFIX } from "../src/config.ts";
import { openArchive } from "../src/exports/open-archive.ts";

const validators = [1, 2].map((byte) => hotkeyOf(new Uint8Array(32).fill(byte)));

function configured(environment: Readonly<Record<string, string>>) {
  const settings = { NETUID: "1", ...environment };
  return loadConfig(Config, { prefix: PREFIX, environment: settings }).exports.archive;
}

test("without a kind there is no archive, whatever keys the environment has", async () => {
  await using resources = new AsyncDisposableStack();
  const section = configured({ AWS_ACCESS_KEY_ID: "of something else" });
  expect(validators.map(openArchive(section, resources))).toEqual([undefined, undefined]);
});

test("each validator has its own part of a directory", async () => {
  await using resources = new AsyncDisposableStack();
  const directory = mkdtempSync(join(tmpdir(), "neurond-archive-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const section = configured({
    NEUROND_AUDITOR_EXPORTS_ARCHIVE_KIND: "directory",
    NEUROND_AUDITOR_EXPORTS_ARCHIVE_DIRECTORY: directory,
    NEUROND_AUDITOR_EXPORTS_ARCHIVE_CACHE_BYTES: "1000",
  });
  const [one, two] = validators.map(openArchive(section, resources));
  expect(one?.cacheBytes).toBe(1_000);
  await one?.blobs.put("x", "/dev/null");
  expect(await one?.blobs.stat("x")).toEqual({ size: 0 });
  expect(await two?.blobs.stat("x")).toBeNull();
});

test.each([
  [{}, /endpoint[\s\S]*bucket[\s\S]*credentialsFile/],
  [{ AWS_ACCESS_KEY_ID: "k" }, /secretAccessKey/],
])("what an S3 storage needs is asked for at once: %j", (given, missing) => {
  const kind = { NEUROND_AUDITOR_EXPORTS_ARCHIVE_KIND: "s3" };
  expect(() => configured({ ...kind, ...given })).toThrow(missing);
});
