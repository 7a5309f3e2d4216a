import { defineStore } from "pinia";
import { computed, ref, shallowRef } from "vue";
import { CurrentViewer, type ViewerCard } from "@/generated/kernel";
import { execute } from "../graphql/client";
import { TransportError, UnreachableError, hasCode } from "../graphql/errors";
import { forgetReads, keepRead, keptRead } from "../offline/reads";
import * as api from "./api";

/** Kept under no account: it says whose reads to show when the app starts without a network. */
const viewerKey = ["", "viewer"] as const;

export const citizenRole = "CITIZEN";

export const useSession = defineStore("session", () => {
  const viewer = shallowRef<ViewerCard | null>(null);
  const known = ref(false);

  const account = computed(() => viewer.value?.accountId ?? "");
  const membership = computed(() => viewer.value?.active?.id ?? null);
  const role = computed(() => viewer.value?.active?.role ?? citizenRole);
  const homeDivision = computed(() => viewer.value?.active?.division ?? null);
  const may = (permission: string) => viewer.value?.permissions.includes(permission) ?? false;

  /** Asks the server who we are; as long as it cannot tell, the last known answer stands. */
  async function load(): Promise<void> {
    try {
      const result = await execute(CurrentViewer, {}, { interactive: false });
      viewer.value = result.viewer;
      await (result.viewer ? keepRead(...viewerKey, result.viewer) : forgetReads());
    } catch (error) {
      if (hasCode(error, "UNAUTHENTICATED")) viewer.value = null;
      else if (error instanceof UnreachableError || error instanceof TransportError) viewer.value ??= (await keptRead<ViewerCard>(...viewerKey))?.data ?? null;
      else throw error;
    }
    known.value = true;
  }

  async function switchTo(membershipId: string | null): Promise<void> {
    await api.switchMembership(membershipId);
    await forgetReads();
    await load();
  }

  async function signOut(): Promise<void> {
    await api.signOut();
    await forgetReads();
    viewer.value = null;
  }

  function countUnread(change: number): void {
    if (viewer.value) viewer.value = { ...viewer.value, unreadCount: Math.max(0, viewer.value.unreadCount + change) };
  }

  return { viewer, known, account, membership, role, homeDivision, may, load, switchTo, signOut, countUnread };
});
