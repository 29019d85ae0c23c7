import { isCoded, SS58_PREFIX, toHex } from "@neurond/primitives";
import { transactionValidityError } from "../frame/validity.ts";
import type { Node } from "../node/node.ts";
import type { Applied } from "../node/open-block.ts";
import { dispatchError, result } from "../scale/known.ts";
import { unit } from "../scale/primitives.ts";
import { clientError } from "./error.ts";
import { blockAt, type Method, type Namespace } from "./method.ts";

const PROPERTIES = { ss58Format: SS58_PREFIX, tokenDecimals: 9, tokenSymbol: "TAO" };
const applied = result(result(unit, dispatchError), transactionValidityError);

function tried(node: Node, bytes: Uint8Array): Applied {
  try {
    return node.dryRun(bytes);
  } catch (error) {
    if (isCoded(error)) throw clientError(`Execution failed: ${error.message}`);
    throw error;
  }
}

/** What an extrinsic would do in the next block, without doing it. */
const dryRun: Method = (services, params) => {
  const { node } = services;
  const block = blockAt(services, params.atMost(2).hash(1));
  if (block !== node.best) throw clientError("dry run is possible at the best block only");
  const outcome = tried(node, params.bytes(0));
  if (outcome.kind === "broken") throw clientError(`Execution failed: ${outcome.cause}`);
  return toHex(
    applied.codec.enc(
      outcome.kind === "refused"
        ? { tag: "Err", value: [outcome.error] }
        : {
            tag: "Ok",
            value: [
              outcome.failure
                ? { tag: "Err", value: [outcome.failure] }
                : { tag: "Ok", value: [undefined] },
            ],
          },
    ),
  );
};

/** Who the node is and how it does. */
export const system: Namespace = {
  methods: {
    system_chain: () => "Bittensor",
    system_name: () => "neurond devnet",
    system_version: () => "0.0.0",
    system_chainType: () => "Local",
    system_properties: () => PROPERTIES,
    system_health: () => ({ peers: 0, isSyncing: false, shouldHavePeers: false }),
    system_nodeRoles: () => ["Full"],
    system_localPeerId: () => "12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp",
    system_peers: () => [],
    system_syncState: ({ node: { best } }) => ({
      startingBlock: 0,
      currentBlock: best.number,
      highestBlock: best.number,
    }),
    system_accountNextIndex: ({ node }, params) => node.pool.nextNonce(params.atMost(1).account(0)),
    system_dryRun: dryRun,
  },
  aliases: { account_nextIndex: "system_accountNextIndex", system_dryRunAt: "system_dryRun" },
};
