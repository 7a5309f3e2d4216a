import type { Component } from "vue";
import type { Json } from "@/generated/schema";
import type { Operation } from "../graphql/operation";
import type { ActionLook, Arranged, OfferedAction } from "../matters/actions";
import type { Payload } from "../matters/submit";
import type { Field, Input, Values } from "./fields";

/** What an application knows of an action of its matters: how it looks, and either the page it leads to or the form it is done with. */
export interface FormLook<Kind> extends ActionLook<Kind> {
  to?: (matter: Kind) => string;
  operation?: Operation<Record<string, Payload>, never>;
  /** A form of its own, where the fields alone do not show what is decided; it gets the action, the matter and the preset. */
  form?: () => Promise<{ default: Component }>;
  fields?: readonly Field<Kind>[];
}

export type FormAction<Kind> = FormLook<Kind> & OfferedAction;

export interface Started<Action> {
  action: Action;
  preset: Values;
}

/** Where the texts of forms stand: `<texts>.action.<name>`, `<texts>.field.<name>` and so on, and words of values in `<words>.<group>.<value>`. */
export interface Wordings {
  texts: string;
  words: string;
}

/** How a kind of matter is acted on. */
export interface Forms<Kind, Action extends FormAction<Kind> = FormAction<Kind>> extends Wordings {
  /** What is told when it changed while somebody was writing: field → group of words, or "date". */
  watched: Readonly<Record<string, string>>;
  arrange: (matter: Kind) => Arranged<Action>;
  /** An action the server offers now, in the bar or beside what it is about. */
  offered: (matter: Kind, name: string) => Action | undefined;
  /** The variables of an action's command. */
  variables: (action: Action, input: Input, matter: Kind, base: { id: string; version: number }) => { [key: string]: Json };
}
