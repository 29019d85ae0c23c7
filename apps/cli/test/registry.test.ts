import { CodedError } from "@neurond/primitives";
import { expect, test } from "vitest";
import { RegisteredShape } from "../src/commands/registry/schemas.ts";
import { run } from "./run.ts";
import { temporaryFile } from "./temporary.ts";

const register = ["registry", "register", "--netuid", "11", "--uri", "//Alice"];
const unreachable = () =>
  Promise.reject(new CodedError("ENDPOINTS_EXHAUSTED", "no endpoint answers"));

test.each([
  [["--address", "a".repeat(46), "--port", "80"], "Address exceeds maximum length"],
  [["--address", "a.example", "--port", "65536"], "Port must be between 0 and 65535"],
  [["--address", "a.example", "--port=-1"], "Port must be between 0 and 65535"],
  [["--address", "a.example", "--port", "0"], "Port must be between 0 and 65535"],
  [["--address", "a".repeat(130), "--port", "80"], "Commit string length exceeds maximum"],
  [["--address", "evil.com/x?", "--port", "80"], "neither an IP address nor a host name"],
  [["--address", "a.example"], "give --address and --port"],
])("%j ends with 2 before anybody is asked: %s", async (line, message) => {
  const answer = await run([...register, ...line, "--online"], { connectChain: unreachable });
  expect(answer).toMatchObject({ exitCode: 2, stdout: "" });
  expect(answer.stderr).toContain(message);
});

test("a dry run is of use without a chain, and what is to be sent is not", async () => {
  const line = [...register, "--address", "a.example", "--port", "80"];
  const answer = await run([...line, "--json"], { connectChain: unreachable });
  expect(answer.exitCode).toBe(0);
  expect(RegisteredShape.parse(JSON.parse(answer.stdout))).toMatchObject({
    commitment: "a.example:80",
    outcome: "dry-run",
  });
  expect(answer.stderr).toContain("what stands on chain is not known: no endpoint answers");
  expect((await run([...line, "--online"], { connectChain: unreachable })).exitCode).toBe(3);
});

test("an authority that is no certificate is bad input", async () => {
  const file = await temporaryFile("ca.pem", "-----BEGIN CERTIFICATE-----\nnonsense\n");
  const answer = await run(["registry", "read", "--netuid", "11", "--ca", file]);
  expect(answer).toMatchObject({ exitCode: 2, stdout: "" });
  expect(answer.stderr).toContain("CA_INVALID");
});
