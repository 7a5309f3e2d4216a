import type { InstalmentInput } from "@/generated/schema";

export interface InstalmentDraft {
  due: string;
  text: string;
  amount: string;
}

export const emptyInstalment = (): InstalmentDraft => ({ due: "", text: "", amount: "" });

/** Lines without any content are left out; the server names a line that lacks something. */
export function instalmentsOf(drafts: readonly InstalmentDraft[]): InstalmentInput[] {
  return drafts
    .filter((draft) => draft.due || draft.text.trim() || draft.amount.trim())
    .map((draft) => {
      const amount = Number(draft.amount.replace(/[,，\s]/g, ""));
      return { due: draft.due, text: draft.text.trim(), amount: draft.amount.trim() && Number.isFinite(amount) ? amount : null };
    });
}
