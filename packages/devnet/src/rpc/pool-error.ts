import type { InvalidTransaction, TransactionValidityError } from "../frame/validity.ts";
import type { Admission } from "../node/pool.ts";
import { RpcError } from "./error.ts";

/** What a node says of each kind of invalid transaction; clients match on these texts. */
const INVALID: Record<Exclude<InvalidTransaction["tag"], "Custom">, string> = {
  Call: "Transaction call is not expected",
  Payment: "Inability to pay some fees (e.g. account balance too low)",
  Future: "Transaction will be valid in the future",
  Stale: "Transaction is outdated",
  BadProof: "Transaction has a bad signature",
  AncientBirthBlock: "Transaction has an ancient birth block",
  ExhaustsResources: "Transaction would exhaust the block limits",
  BadMandatory: "A call was labelled as mandatory, but resulted in an Error.",
  MandatoryValidation: "Transaction dispatch is mandatory; transactions must not be validated.",
  BadSigner: "Invalid signing address",
  IndeterminateImplicit: "The implicit data was unable to be calculated",
  UnknownOrigin: "The transaction extension did not authorize any origin",
};

const invalidText = (reason: InvalidTransaction): string =>
  reason.tag === "Custom" ? `Custom error: ${reason.value}` : INVALID[reason.tag];

function refused(error: TransactionValidityError): RpcError {
  if (error.tag === "Invalid") {
    return new RpcError(1_010, "Invalid Transaction", invalidText(error.value));
  }
  return new RpcError(1_011, "Unknown Transaction Validity", error.value.tag);
}

/** The error of `author_submit*` for a submission that the pool did not take. */
export function poolError(admission: Exclude<Admission, { kind: "accepted" }>): RpcError {
  switch (admission.kind) {
    case "undecodable":
      return new RpcError(
        1_002,
        "Verification Error: Runtime error: Execution failed: the extrinsic does not decode",
        admission.cause instanceof Error ? admission.cause.message : undefined,
      );
    case "refused":
      return refused(admission.error);
    case "banned":
      return new RpcError(1_012, "Transaction is temporarily banned");
    case "known":
      return new RpcError(1_013, "Transaction Already Imported", admission.hash);
    case "outbid":
      return new RpcError(
        1_014,
        `Priority is too low: (${admission.old} vs ${admission.new})`,
        "The transaction has too low priority to replace another transaction already in the pool.",
      );
    case "full":
      return new RpcError(
        1_016,
        "Immediately Dropped",
        "The transaction couldn't enter the pool because of the limit",
      );
  }
}
