import type { Component, Ref } from "vue";
import type { RouteRecordRaw } from "vue-router";
import type { Json } from "@/generated/schema";
import type { Language, LocaleLoaders } from "./i18n";
import type { BesideMatter } from "./matters/beside";
import type { IconName } from "./ui/icons";

/** Roles as the server names them; CITIZEN stands for an account acting as a private person. */
export type RoleFilter = "everyone" | "staff" | readonly string[];

/** In every language: it stands where the application's own words are not loaded. */
export type Label = Record<Language, string>;

export interface Entry {
  label: Label;
  icon: IconName;
  to: string;
  roles: RoleFilter;
  /** Where the role alone does not say: shown only while this is true. */
  shown?: Readonly<Ref<boolean>>;
}

/** A page that needs no sign-in. */
export interface OpenEntry {
  label: Label;
  icon: IconName;
  to: string;
}

export interface HomePanel {
  roles: RoleFilter;
  component: Component;
  first?: boolean;
  /** Neither the panel nor the application's words are loaded while this is false. */
  shown?: Readonly<Ref<boolean>>;
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
  homePanels: HomePanel[];
  /** What it offers on the pages of other applications' matters. */
  besideMatters?: readonly BesideMatter[];
  /** Where a matter of this application is opened: `kind` is a notification's, or the name of a command that was given; `code` the matter's, where it is known. */
  matterPath: (matterId: string, kind: string, data: Json, code?: string) => string;
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
