import type { Component, InjectionKey } from "vue";
import type { LocaleLoaders } from "../i18n";
import type { RoleFilter } from "../manifest";

/** Something that one application offers on the pages of another one's matters; it gets `app`, `matterId` and `code`, and says `done` when the matter is to be read anew. */
export interface BesideMatter {
  /** Whose matters. */
  app: string;
  roles: RoleFilter;
  component: Component;
}

/** Provided by the shell, which alone knows what is installed. */
export const besideMatters: InjectionKey<readonly (BesideMatter & { texts: LocaleLoaders })[]> = Symbol("besideMatters");
