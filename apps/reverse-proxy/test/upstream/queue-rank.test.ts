import type { Rao } from "@neurond/primitives";
import fc from "fast-check";
import { expect, test } from "vitest";
import { comparePlaces, type Place, queueRank } from "../../src/upstream/queue-rank.ts";
import { WaitingLine } from "../../src/upstream/waiting-line.ts";

interface Waiter {
  readonly place: Place;
  readonly owner: string;
}

const stake = fc.bigInt({ min: 0n, max: 21_000_000_000_000_000n }).map((rao) => rao as Rao);
const time = fc.integer({ min: 1_700_000_000_000, max: 2_500_000_000_000 });
const tau = fc.integer({ min: 1, max: 600 });
const place = fc.record({
  priorityClass: fc.integer({ min: -3, max: 3 }),
  rank: fc.integer({ min: -50, max: 50 }),
  sequence: fc.integer({ min: 0, max: 1_000 }),
});

test("a rank is an integer that JavaScript holds exactly", () => {
  fc.assert(
    fc.property(stake, time, tau, (rao, at, ageing) => {
      expect(Number.isSafeInteger(queueRank(rao, at, ageing))).toBe(true);
    }),
  );
});

test("of two that came together the one with more stake is not behind", () => {
  fc.assert(
    fc.property(stake, stake, time, tau, (a, b, at, ageing) => {
      const [less, more] = a < b ? [a, b] : [b, a];
      expect(queueRank(more, at, ageing)).toBeGreaterThanOrEqual(queueRank(less, at, ageing));
    }),
  );
});

test("no stake overtakes one that came tau times the logarithm of their ratio earlier", () => {
  fc.assert(
    fc.property(stake, stake, time, tau, (small, great, at, ageing) => {
      const ratio = (1 + Number(great) / 1e9) / (1 + Number(small) / 1e9);
      const boundMs = Math.ceil(Math.max(0, Math.log(ratio)) * ageing * 1_000) + 1;
      const waiting = queueRank(small, at, ageing);
      expect(waiting).toBeGreaterThanOrEqual(queueRank(great, at + boundMs, ageing));
    }),
  );
});

test("the order of two never changes while both wait: it is that of stake and age at any time", () => {
  fc.assert(
    fc.property(stake, stake, time, time, tau, (a, b, atA, atB, ageing) => {
      const now = Math.max(atA, atB) + 1_000;
      const score = (rao: bigint, at: number) =>
        Math.log1p(Number(rao) / 1e9) + (now - at) / 1_000 / ageing;
      const difference = score(a, atA) - score(b, atB);
      fc.pre(Math.abs(difference) > 1e-5);
      const ranked = queueRank(a, atA, ageing) - queueRank(b, atB, ageing);
      expect(Math.sign(ranked)).toBe(Math.sign(difference));
    }),
  );
});

test("a higher class goes before any stake and any age", () => {
  fc.assert(
    fc.property(place, place, (a, b) => {
      fc.pre(a.priorityClass > b.priorityClass);
      expect(comparePlaces(a, b)).toBeLessThan(0);
    }),
  );
});

test("a line is always in order, whoever comes and leaves, and knows whose it is", () => {
  const step = fc.record({ place, owner: fc.constantFrom("a", "b", "c"), leaves: fc.nat(5) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const line = new WaitingLine<Waiter>();
      let model: Waiter[] = [];
      steps.forEach(({ place: at, owner, leaves }, sequence) => {
        const waiter = { place: { ...at, sequence }, owner };
        expect(line.ahead(waiter.place)).toBe(
          model.filter((other) => comparePlaces(other.place, waiter.place) < 0).length,
        );
        line.add(waiter);
        model = [...model, waiter].sort((a, b) => comparePlaces(a.place, b.place));
        const leaving = model[leaves];
        if (leaving !== undefined) {
          expect(line.remove(leaving)).toBe(true);
          expect(line.remove(leaving)).toBe(false);
          model = model.filter((other) => other !== leaving);
        }
        expect([line.size, line.first, line.last]).toEqual([model.length, model[0], model.at(-1)]);
        for (const name of ["a", "b", "c"])
          expect(line.countOf(name)).toBe(model.filter((other) => other.owner === name).length);
      });
    }),
  );
});
