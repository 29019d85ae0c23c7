import type { Chain } from "@neurond/chain";

/** A chain that answers what a test says, and fails loudly on anything else. */
export function fakeChain(answers: Partial<Chain>): Chain {
  const target: Partial<Chain> = { [Symbol.asyncDispose]: async () => undefined, ...answers };
  return new Proxy(target, {
    get(chain, name, receiver) {
      // A promise asks whether the object it resolves to is itself a promise.
      if (name === "then" || Reflect.has(chain, name)) return Reflect.get(chain, name, receiver);
      throw new Error(`the command calls ${String(name)}, which this test does not answer`);
    },
  }) as Chain;
}
