import type { Component, Ref } from "vue";
import type { RouteRecordRaw } from "vue-router";
import type { Json } from "@/generated/schema";
import type { Language, LocaleLoaders } from "./i18n";
import type { IconName } from "./ui/icons";

/** Roles as the server names them; CITIZEN stands for an account acting as a private person. */
export type RoleFilter = "everyone" | "staff" | readonly string[];

export interface Entry {
  /** Key of the text. */
  label: string;
  icon: IconName;
  to: string;
  roles: RoleFilter;
  /** Where the role alone does not say: shown only while this is true. */
  shown?: Readonly<Ref<boolean>>;
}

/** A page that needs no sign-in. Its words stand here: whoever has not signed in has not loaded the application's. */
export interface OpenEntry {
  label: Record<Language, string>;
  icon: IconName;
  to: string;
}

/** What an application tells the shell about itself: the only thing the shell knows of it. */
export interface AppManifest {
  name: string;
  texts: LocaleLoaders;
  routes: RouteRecordRaw[];
  tabs: Entry[];
  quickActions: Entry[];
  /** Offered on the page where people sign in. */
  openEntries?: readonly OpenEntry[];
  /** Shown on the home page, in order; `first` ones, with what the reader himself has to do, above everything. */
  homePanels: { roles: RoleFilter; component: Component; first?: boolean }[];
  /** Where a notification about a matter of this application leads. */
  matterPath: (matterId: string, kind: string, data: Json) => string;
  /** Where a draft of this application is continued, by the draft's kind. */
  draftPath: (kind: string, id: string) => string;
  /** Keys of the texts that name the commands of this application in the outbox, by operation name. */
  commandLabel: (operation: string) => string | undefined;
}

export function concerns(filter: RoleFilter, role: string): boolean {
  if (filter === "everyone") return true;
  return filter === "staff" ? role !== "CITIZEN" : filter.includes(role);
}

/** Whether an entry stands in the navigation of somebody in this role now. */
export const stands = (entry: Entry, role: string): boolean => concerns(entry.roles, role) && (entry.shown?.value ?? true);
