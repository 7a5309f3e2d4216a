import { announce } from "./changes";
import { type Draft, database } from "./database";
import { plain } from "./outbox";

export type DraftContent = Pick<Draft, "title" | "values" | "files">;

export async function draftsOf(account: string): Promise<Draft[]> {
  const drafts = await (await database()).getAllFromIndex("drafts", "account", account);
  return drafts.sort((a, b) => b.updatedAt - a.updatedAt);
}

export async function readDraft(id: string): Promise<Draft | undefined> {
  return (await database()).get("drafts", id);
}

/** Creates or overwrites; the first time of writing is kept. */
export async function saveDraft(id: string, account: string, kind: string, content: DraftContent): Promise<Draft> {
  const db = await database();
  const now = Date.now();
  const transaction = db.transaction("drafts", "readwrite");
  const known = await transaction.store.get(id);
  const files = content.files.map((file) => ({ ...file }));
  const draft: Draft = { title: content.title, values: plain(content.values), files, id, account, kind, createdAt: known?.createdAt ?? now, updatedAt: now };
  await transaction.store.put(draft);
  await transaction.done;
  announce("drafts");
  return draft;
}

export async function deleteDraft(id: string): Promise<void> {
  await (await database()).delete("drafts", id);
  announce("drafts");
}
