import type { Chain, connectChain } from "@neurond/chain";
import { openDatabase, stopEmbedded } from "@neurond/store";
import { cheatWho, doorOf } from "./cast.ts";
import { startChild } from "./child.ts";
import { chainDaemon, childOf, type Environment, playerDaemons } from "./daemons.ts";
import { notePids } from "./directory.ts";
import type { Founded } from "./found.ts";
import { portOf, RELAY } from "./ground.ts";
import { nodeArguments } from "./programs.ts";
import { type Relay, startRelay } from "./relay.ts";
import { type DaemonStatus, Supervisor } from "./supervisor.ts";

/** Everything of a localnet that runs. */
export interface Running extends AsyncDisposable {
  readonly chain: Chain;
  readonly relay: Relay;
  readonly daemons: () => readonly DaemonStatus[];
  /** Kills one for good. */
  readonly kill: (name: string) => Promise<void>;
}

/** What it takes to start. */
export interface StartOptions {
  readonly ground: Founded;
  readonly env: Environment;
  readonly blockTimeMs: number;
  readonly connectChain: typeof connectChain;
  readonly step: (text: string) => void;
}

/** A database that everybody shares is slow to stop when somebody is still in it. */
const STOP_DATABASE_MS = 10_000;

/** Starts chain and database, then everybody else; disposing stops all of it in reverse. */
export async function startEverything(
  options: StartOptions,
  signal: AbortSignal,
): Promise<Running> {
  const { ground, env, blockTimeMs, step } = options;
  const { places, chainPort: port, chainUrl, loopback } = ground;
  await using resources = new AsyncDisposableStack();
  const keeping = {
    ...childOf("keeper", places, env),
    args: nodeArguments("keeper", [places.root]),
  };
  const keeper = await startChild(keeping);
  resources.defer(async () => {
    keeper.kill("SIGKILL");
    await keeper.ended;
  });
  const supervisors: Supervisor[] = [];
  const kill = async (name: string) => {
    await Promise.all(supervisors.map((supervisor) => supervisor.kill(name)));
  };
  const daemons = () => supervisors.flatMap(({ statuses }) => statuses);
  const supervise = () => {
    const supervisor = new Supervisor(() =>
      notePids(places.root, [keeper.pid, ...daemons().map(({ pid }) => pid)]),
    );
    supervisors.push(supervisor);
    return resources.use(supervisor);
  };
  step(`starting chain and database in ${places.root}`);
  // Whoever was killed while it used the database left it running.
  resources.defer(() => stopEmbedded(places.postgres, AbortSignal.timeout(STOP_DATABASE_MS)));
  const isChainUp = supervise().start([chainDaemon({ places, env, port, blockTimeMs })], signal);
  // Held open, so that the server stays up while daemons come and go.
  const held = openDatabase({ directory: places.postgres, schema: "localnet", signal });
  await Promise.all([isChainUp, held.then((database) => resources.use(database))]);
  const ends = {
    from: portOf(ground, RELAY),
    to: portOf(ground, doorOf(cheatWho("late").name).name),
  };
  const relay = resources.use(await startRelay(loopback.host, ends));
  const players = await playerDaemons(ground, env);
  step(`starting ${players.length} daemons`);
  const arePlayersUp = supervise().start(players, signal);
  const connected = options.connectChain({ endpoints: [chainUrl], stallMs: 0 }, signal);
  const [, chain] = await Promise.all([arePlayersUp, connected]);
  resources.use(chain);
  const owned = resources.move();
  return { chain, relay, daemons, kill, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
