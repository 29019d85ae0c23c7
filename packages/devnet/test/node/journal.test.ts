import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Node } from "../../src/node/node.ts";
import { openStateFile } from "../../src/node/state-file.ts";
import { alice, callOf, endow, GENESIS_MS, makeNode, remark, sign } from "./fixture.ts";

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "journal-"));
  path = join(directory, "chain");
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Opens the chain, lets it live for a while and closes it. */
function session<T>(live: (node: Node) => T): T {
  const file = openStateFile(path);
  try {
    return live(makeNode({ journal: file, finalityLag: 2 }));
  } finally {
    file.close();
  }
}

const grow = (blocks: number) => (node: Node) => {
  for (let i = 0; i < blocks; i += 1) node.produce();
  return node.best.hash;
};

describe("a state file", () => {
  it("brings a chain back with its blocks, state, time and upgrades", () => {
    const before = session((node) => {
      node.submit(sign(node, alice, remark(node, "kept")));
      grow(3)(node);
      node.upgrade({ profile: "424", specVersion: 425 });
      grow(2)(node);
      return node.best;
    });
    session((node) => {
      expect(node.best).toEqual(before);
      expect(node.finalized.number).toBe(3);
      expect(node.runtimeAt(node.best).version.specVersion).toBe(425);
      expect(node.blocks.byNumber(1)?.extrinsics).toHaveLength(2);
      expect(node.pool.nextNonce(`0x${Buffer.from(alice.publicKey).toString("hex")}`)).toBe(1);
      const old = node.stateAt(node.blocks.byNumber(2) ?? node.best);
      expect(old?.keys("0x").length).toBeGreaterThan(5);
      node.produce();
      expect(node.nowMs()).toBe(GENESIS_MS + 6 * 12_000);
    });
  });

  it("gives the same chain in two lives as in one", () => {
    session(grow(3));
    const resumed = session(grow(4));
    const straight = makeNode({ finalityLag: 2 });
    expect(resumed).toBe(grow(7)(straight));
  });

  it("remembers a reorganisation", () => {
    const hash = session((node) => {
      grow(4)(node);
      node.reorganise(2);
      return node.best.hash;
    });
    session((node) => {
      expect(node.best.hash).toBe(hash);
      expect(node.best.number).toBe(5);
    });
  });

  it("wins over another genesis", () => {
    const hash = session(grow(1));
    const file = openStateFile(path);
    const node = makeNode({ journal: file, genesis: (state) => endow(state, alice, 5n) });
    expect(node.best.hash).toBe(hash);
    file.close();
  });

  it("loses at most the record that was being written", () => {
    session(grow(3));
    const whole = readFileSync(path);
    const heights = new Set<number>();
    for (let length = 0; length <= whole.length; length += 7) {
      writeFileSync(path, whole.subarray(0, length));
      heights.add(session((node) => node.best.number));
    }
    expect([...heights]).toEqual([0, 1, 2, 3].slice(0, heights.size));
    writeFileSync(path, whole);
    expect(session(grow(1))).toBe(grow(4)(makeNode({ finalityLag: 2 })));
  });

  it("is refused when its middle is damaged", () => {
    session(grow(3));
    const whole = readFileSync(path);
    for (const at of [0, 30, 100, Math.floor(whole.length / 2), whole.length - 1]) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 0x40;
      writeFileSync(path, damaged);
      expect(() => session(grow(1))).toThrow(
        expect.objectContaining({ code: "STATE_FILE_CORRUPT" }),
      );
    }
  });

  it("is refused when it is something else, and stays as it is", () => {
    writeFileSync(path, "precious notes");
    expect(() => session(grow(1))).toThrow(expect.objectContaining({ code: "STATE_FILE_CORRUPT" }));
    expect(readFileSync(path, "utf8")).toBe("precious notes");
  });

  it("belongs to one process at a time, and to the next when that one is gone", () => {
    const file = openStateFile(path);
    expect(() => openStateFile(path)).toThrow(
      expect.objectContaining({ code: "STATE_FILE_IN_USE" }),
    );
    file.close();
    writeFileSync(`${path}.lock`, "999999999\n");
    session(grow(1));
  });

  it("that cannot be opened says where", () => {
    expect(() => openStateFile(join(directory, "no", "such", "chain"))).toThrow(
      expect.objectContaining({ code: "STATE_FILE_UNREADABLE" }),
    );
  });

  it("that was cut and written to by others is refused", () => {
    session(grow(2));
    truncateSync(path, readFileSync(path).length - 5);
    appendFileSync(path, Buffer.alloc(40, 7));
    expect(() => session(grow(1))).toThrow(expect.objectContaining({ code: "STATE_FILE_CORRUPT" }));
  });

  it("keeps what calls wrote", () => {
    session((node) => {
      const calls = [callOf(node, "System", "remark", { remark: new Uint8Array(5) })];
      node.submit(sign(node, alice, callOf(node, "Utility", "batch", { calls })));
      node.produce();
    });
    session((node) => expect(node.best.extrinsics).toHaveLength(2));
  });
});
