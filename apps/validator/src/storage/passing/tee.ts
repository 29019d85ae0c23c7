/** A body read by two at once, neither further ahead than one piece: nothing is kept in memory. */
export interface Tee {
  /** The body as it comes. Who stops reading it ends the copy too. */
  readonly body: AsyncGenerator<Uint8Array>;
  /** The same pieces; it fails when the body does. */
  readonly copy: AsyncGenerator<Uint8Array>;
  /** The copy is read no more: the body goes on alone. */
  release(): void;
}

const CUT = "the body it is a copy of was not read to its end";

/** Splits a body. A piece of the copy is the reader's until it asks for the next. */
export function tee(source: AsyncIterable<Uint8Array>): Tee {
  let offered: PromiseWithResolvers<Uint8Array | null> = Promise.withResolvers();
  let taken: PromiseWithResolvers<void> = Promise.withResolvers();
  let isReleased = false;
  /** Why no piece follows the one that is offered: its reader may be busy with it, and asks later. */
  let cut: unknown = null;
  // Whoever does not read the copy learns of a broken body from the body.
  offered.promise.catch(() => undefined);
  const renew = () => {
    offered = Promise.withResolvers();
    offered.promise.catch(() => undefined);
  };
  const end = (error: unknown) => {
    cut ??= error;
    offered.reject(error);
  };
  return {
    body: (async function* () {
      let isWhole = false;
      try {
        for await (const piece of source) {
          offered.resolve(piece);
          yield piece;
          if (!isReleased) await taken.promise;
          taken = Promise.withResolvers();
        }
        isWhole = true;
      } catch (error) {
        end(error);
        throw error;
      } finally {
        if (isWhole) offered.resolve(null);
        else end(new Error(CUT));
      }
    })(),
    copy: (async function* () {
      for (;;) {
        const piece = await offered.promise;
        if (piece === null) return;
        yield piece;
        if (cut !== null) throw cut;
        renew();
        taken.resolve();
      }
    })(),
    release() {
      isReleased = true;
      taken.resolve();
      // A body that nobody began to read ends no copy by itself.
      end(new Error(CUT));
    },
  };
}
