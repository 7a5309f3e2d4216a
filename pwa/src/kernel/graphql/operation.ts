/** A trusted document: the server knows its text by `id`, the SHA-256 of the printed document. */
export interface Operation<Result, Variables> {
  readonly id: string;
  readonly name: string;
  readonly kind: "query" | "mutation" | "subscription";
  /** Never set; carries the types. */
  readonly types?: (variables: Variables) => Result;
}
