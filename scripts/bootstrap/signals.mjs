/**
 * Passes signals on to a child until `release`, so that it ends first and in order. `received` is the
 * last of them. A terminal sends Ctrl-C to the child as well: passed on too, it would count as the
 * impatient second.
 */
export function forwardSignals(child) {
  const forwarding = { received: undefined, release };
  const listeners = ["SIGINT", "SIGTERM", "SIGHUP"].map((signal) => {
    const listener = () => {
      forwarding.received = signal;
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    };
    process.on(signal, listener);
    return [signal, listener];
  });
  function release() {
    for (const [signal, listener] of listeners) process.off(signal, listener);
  }
  return forwarding;
}
