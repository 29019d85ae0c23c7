import { struct, variant, vec } from "../scale/compose.ts";
import { result } from "../scale/known.ts";
import { bool, bytes, u8, u64 } from "../scale/primitives.ts";
import type { ValueOf } from "../scale/type.ts";

const path = (name: string) => ["sp_runtime", "transaction_validity", name];

/** Why the pool refuses a transaction; `Custom` is the runtime's own code. */
export const invalidTransaction = variant(path("InvalidTransaction"), {
  Call: [0],
  Payment: [1],
  Future: [2],
  Stale: [3],
  BadProof: [4],
  AncientBirthBlock: [5],
  ExhaustsResources: [6],
  Custom: [7, u8],
  BadMandatory: [8],
  MandatoryValidation: [9],
  BadSigner: [10],
  IndeterminateImplicit: [11],
  UnknownOrigin: [12],
});
export type InvalidTransaction = ValueOf<typeof invalidTransaction>;

export const unknownTransaction = variant(path("UnknownTransaction"), {
  CannotLookup: [0],
  NoUnsignedValidator: [1],
  Custom: [2, u8],
});

export const transactionValidityError = variant(path("TransactionValidityError"), {
  Invalid: [0, invalidTransaction],
  Unknown: [1, unknownTransaction],
});

export type TransactionValidityError = ValueOf<typeof transactionValidityError>;

export const validTransaction = struct(path("ValidTransaction"), {
  priority: u64,
  requires: vec(bytes),
  provides: vec(bytes),
  longevity: u64,
  propagate: bool,
});
export type ValidTransaction = ValueOf<typeof validTransaction>;

export const transactionValidity = result(validTransaction, transactionValidityError);
export type TransactionValidity = ValueOf<typeof transactionValidity>;
