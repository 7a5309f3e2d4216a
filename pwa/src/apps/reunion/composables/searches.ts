import type { ReunionSearchCard } from "@/generated/reunion";
import type { ReunionSearchState } from "@/generated/schema";

/** An approval that was used once stands for looking again within its term: that reads as another state. */
export const standingOf = ({ state, searchedAt }: Pick<ReunionSearchCard, "state" | "searchedAt">): ReunionSearchState | "STANDING" =>
  state === "APPROVED" && searchedAt !== null ? "STANDING" : state;
