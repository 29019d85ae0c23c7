import { keypairFromUri, verifySr25519Fast } from "@neurond/crypto";
import { hotkeyOf, toHex } from "@neurond/primitives";
import { describe, expect, test } from "vitest";
import { isReadGranted, signReadGrant } from "../src/file/index.ts";

const owner = keypairFromUri("//Owner");
const thief = keypairFromUri("//Thief");
const reader = hotkeyOf(keypairFromUri("//Reader").publicKey);
const file_id = toHex(new Uint8Array(32).fill(1));
const to = toHex(new Uint8Array(32).fill(2));
const other = toHex(new Uint8Array(32).fill(3));

const grantOf = (key = owner, changes: object = {}) =>
  signReadGrant({ file_id, reader, to, ...changes }, (digest) => key.sign(digest));
const file = { fileId: file_id, owner: hotkeyOf(owner.publicKey), boxes: [to] };
const judge = (grant: string, who = reader, of = file) =>
  isReadGranted(grant, who, of, verifySr25519Fast);

describe("a grant to read a file", () => {
  test("is its owner's word to one reader", () => {
    expect(judge(grantOf())).toBe(true);
    expect(encodeURIComponent(grantOf())).toBe(grantOf());
  });

  test.each([
    ["of somebody who does not own the file", () => judge(grantOf(thief))],
    ["to another reader", () => judge(grantOf(), hotkeyOf(thief.publicKey))],
    ["for another file", () => judge(grantOf(owner, { file_id: other }))],
    [
      "whose box was taken out of the manifest",
      () => judge(grantOf(), reader, { ...file, boxes: [other] }),
    ],
    [
      "with another file's id put in",
      () => judge(grantOf(owner, { file_id: other }).replace(other, file_id)),
    ],
    ["with another box put in", () => judge(grantOf(owner, { to: other }).replace(other, to))],
    ["with more behind it", () => judge(`${grantOf()}.more`)],
    ["that is too long", () => judge(grantOf() + "0".repeat(1_024))],
    ["that is nothing", () => judge("")],
  ])("%s gives nothing", (_, judged) => {
    expect(judged()).toBe(false);
  });

  test("with any character changed gives nothing", () => {
    const grant = grantOf();
    for (let at = 0; at < grant.length; at += 7) {
      const changed = `${grant.slice(0, at)}${grant[at] === "a" ? "b" : "a"}${grant.slice(at + 1)}`;
      expect(judge(changed)).toBe(false);
    }
  });
});
