import type { ViewerCard } from "@/generated/kernel";

export const viewer = (change: Partial<ViewerCard> = {}): ViewerCard => ({
  accountId: "account",
  displayName: "王小满",
  phoneMasked: "138****2001",
  permissions: [],
  unreadCount: 0,
  passkeyCount: 0,
  memberships: [],
  active: null,
  ...change,
});
