import { afterEach, describe, expect, it } from "vitest";
import { type BlockMode, Producer } from "../../src/node/producer.ts";
import { alice, makeNode, remark, sign } from "./fixture.ts";

const producers: Producer[] = [];
afterEach(() => {
  for (const producer of producers.splice(0)) producer.close();
});

function started(node: ReturnType<typeof makeNode>, mode: BlockMode, intervalMs = 10) {
  const failures: unknown[] = [];
  const onFailure = (error: unknown) => failures.push(error);
  const producer = new Producer({ node, mode, intervalMs, onFailure });
  producers.push(producer);
  producer.start();
  return { producer, failures };
}

const pass = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function busy(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe("in even intervals", () => {
  it("a late block makes the next one skip instead of come in a heap", async () => {
    const node = makeNode();
    started(node, "interval");
    let isSlow = true;
    node.imported.listen(() => isSlow && busy(45));
    await pass(200);
    isSlow = false;
    const { number } = node.best;
    const start = performance.now();
    await pass(100);
    const slots = Math.ceil((performance.now() - start) / 10);
    expect(node.best.number - number).toBeGreaterThan(0);
    expect(node.best.number - number).toBeLessThanOrEqual(slots + 1);
  });

  it("a block that cannot be made is told of, and the next one comes", async () => {
    const node = makeNode();
    node.schedule(() => {
      throw new Error("boom");
    });
    const { failures } = started(node, "interval");
    while (node.best.number < 2) await pass(5);
    expect(failures).toEqual([new Error("boom")]);
  });

  it("nothing is made while it is paused or after it was closed", async () => {
    const node = makeNode();
    const { producer } = started(node, "interval");
    producer.pause();
    await pass(40);
    expect(node.best.number).toBe(0);
    producer.resume();
    while (node.best.number < 1) await pass(5);
    producer.close();
    const { number } = node.best;
    await pass(40);
    expect(node.best.number).toBe(number);
  });
});

describe("at once", () => {
  it("each submission has its block before anything else happens", () => {
    const node = makeNode();
    const { producer } = started(node, "instant");
    for (const text of ["a", "b"]) {
      node.submit(sign(node, alice, remark(node, text)));
      producer.submitted();
    }
    expect(node.best.number).toBe(2);
    expect(node.best.extrinsics).toHaveLength(2);
  });
});

describe("on request", () => {
  it("so many blocks are made as were asked for, and other work gets its turn", async () => {
    const node = makeNode();
    const { producer } = started(node, "manual");
    node.imported.listen(() => busy(1));
    let turns = 0;
    const ticking = setInterval(() => {
      turns += 1;
    }, 1);
    await producer.newBlocks(100);
    clearInterval(ticking);
    expect(node.best.number).toBe(100);
    expect(turns).toBeGreaterThan(1);
  });
});
