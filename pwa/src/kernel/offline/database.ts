import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { Json } from "@/generated/schema";
import type { Refusal } from "@/generated/kernel";
import type { Challenge } from "../faces/gestures";

/** A file that waits on the phone. `at` is where its id goes in the variables, e.g. ["input", "fileIds"] (appended to a list) or ["input", "signatureFileId"]. */
export interface WaitingFile {
  name: string;
  blob: Blob;
  purpose: string;
  keepPosition: boolean;
  at: string[];
  /** Set as soon as the server holds the file, so that a retry does not send it again. */
  uploadId?: string;
  fileId?: string;
}

export type OutboxState = "waiting" | "sending" | "sent" | "refused" | "conflict";

/** One command that a person gave, kept until that person lets it go. */
export interface OutboxItem {
  /** Also the idempotency key. */
  id: string;
  account: string;
  /** The membership it was written under; null = as a private person. */
  membership: string | null;
  operation: { id: string; name: string };
  variables: { [key: string]: Json };
  files: WaitingFile[];
  /** A line the person recognises: the start of a report, a dispute's code. */
  title: string;
  matterId: string | null;
  createdAt: number;
  state: OutboxState;
  attempts: number;
  nextAttemptAt: number;
  errors: Refusal[];
  requestId: string | null;
  /** Id and code of what the server made of it. */
  result: { id: string; code: string } | null;
}

export interface Draft {
  id: string;
  account: string;
  kind: string;
  title: string;
  values: { [key: string]: Json };
  files: { name: string; blob: Blob; keepPosition: boolean }[];
  createdAt: number;
  updatedAt: number;
}

export interface CachedRead {
  key: string;
  account: string;
  data: unknown;
  fetchedAt: number;
}

/** A challenge fetched ahead, so that a face can be captured without a network. */
export interface StoredChallenge extends Challenge {
  account: string;
  /** Whom or what it is for, as the application names it. */
  matter: string;
}

interface ShanzhiSchema extends DBSchema {
  drafts: { key: string; value: Draft; indexes: { account: string } };
  outbox: { key: string; value: OutboxItem; indexes: { account: string } };
  reads: { key: string; value: CachedRead; indexes: { account: string } };
  challenges: { key: string; value: StoredChallenge; indexes: { account: string } };
}

export type Database = IDBPDatabase<ShanzhiSchema>;

/** What each version adds to the one before; phones that skipped some get all of them. */
const versions: ((db: Database) => void)[] = [
  (db) => {
    db.createObjectStore("drafts", { keyPath: "id" }).createIndex("account", "account");
    db.createObjectStore("outbox", { keyPath: "id" }).createIndex("account", "account");
    db.createObjectStore("reads", { keyPath: "key" }).createIndex("account", "account");
  },
  (db) => {
    db.createObjectStore("challenges", { keyPath: "id" }).createIndex("account", "account");
  },
];

let opened: Promise<Database> | undefined;

export function database(): Promise<Database> {
  opened ??= openDB<ShanzhiSchema>("shanzhi", versions.length, {
    upgrade(db, from) {
      for (const upgrade of versions.slice(from)) upgrade(db);
    },
    // A newer version of the app, in another window or the service worker, waits for this connection to close.
    blocking: (_from, _to, event) => {
      (event.target as IDBDatabase).close();
      opened = undefined;
    },
    terminated: () => (opened = undefined),
  });
  return opened;
}
