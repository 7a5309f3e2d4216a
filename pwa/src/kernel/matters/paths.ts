import { type InjectionKey, inject } from "vue";

/** Where a matter of an application is opened; the shell knows the applications and provides it. */
export type MatterPath = (app: string, matterId: string, kind: string) => string;

export const matterPaths: InjectionKey<MatterPath> = Symbol("matter paths");

export function useMatterPaths(): MatterPath {
  const pathOf = inject(matterPaths);
  if (!pathOf) throw new Error("no shell around the page");
  return pathOf;
}
