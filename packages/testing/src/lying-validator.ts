/**
 * A validator that does everything as the others do and then signs a report in which a miner that
 * it favours has the full score: `LIE_FOR=<hotkey> BT_HOTKEY_FILE=<keyfile> node lying-validator.ts
 * validator.yaml`. Auditors must find it out, so it tells the lie by the product's own means.
 */
import { hotkeyFromEnvironment } from "@neurond/chain/wallet";
import { SCORES_SCALE, signReport } from "@neurond/ledger";
import { parseHotkey } from "@neurond/primitives";
import { validatorService } from "@neurond/validator";

const environment = process.env;
const [, , file] = process.argv;
const favoured = parseHotkey(environment["LIE_FOR"] ?? "");
const signer = await hotkeyFromEnvironment(environment);
if (signer === undefined) throw new Error("the liar's key is in no BT_HOTKEY_ variable");

await validatorService({
  environment,
  file,
  signScores: ({ scores, taskCounts, ...input }) =>
    signReport(
      {
        ...input,
        scores: new Map([...scores, [favoured, SCORES_SCALE]]),
        taskCounts: new Map([[favoured, 1], ...taskCounts]),
      },
      signer,
    ),
});
