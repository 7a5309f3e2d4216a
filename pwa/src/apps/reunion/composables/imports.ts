import type { ReunionImportDetail, ReunionImportLine, ReunionImportRowCard } from "@/generated/reunion";
import type { ReunionImportRowState, ReunionSide } from "@/generated/schema";
import { uploadFile } from "@/kernel/files/upload";

/** What the server takes tables and archives for. */
const purpose = "reunion.import";

/** A table as a clerk may copy it: headers, and one row that shows how things may be said. Headers are Chinese in every language. */
const examples: Readonly<Record<ReunionSide, readonly (readonly [string, string])[]>> = {
  SOUGHT: [
    ["编号", "0001"], ["类型", "老人"], ["姓名", "张某某（示例，请删除本行）"], ["性别", "男"], ["出生日期", "约1955年冬"], ["身高", "一米七左右"], ["口音", "台州话"],
    ["籍贯", "浙江省台州市"], ["体貌特征", "左手有疤"], ["衣着", "灰色外套"], ["走失时间", "2025年3月初"], ["走失地点", "汽车站附近"], ["走失经过", "早上出门后没有回来"],
    ["报案人", "张某"], ["关系", "儿子"], ["电话", "13800000000"], ["警情编号", ""], ["照片", "0001.jpg、0001-2.jpg"], ["照片时间", "2023年"],
  ],
  FOUND: [
    ["编号", "0001"], ["类型", "救助站"], ["姓名", ""], ["性别", "女"], ["年龄", "六十岁左右（示例，请删除本行）"], ["身高", "155"], ["口音", "闽南话"], ["籍贯", ""],
    ["体貌特征", "右脸有痣"], ["衣着", "红色棉袄"], ["发现时间", "2025-03-02"], ["发现地点", "火车站广场"], ["救助站", "县救助管理站"], ["入站时间", "2025-03-02"],
    ["身体状况", "痴呆"], ["本人自述", "说自己姓林"], ["照片", "0001.jpg"], ["照片时间", "2025年3月"],
  ],
};

/** Quoted as RFC 4180 says. What a spreadsheet would take for a formula becomes plain text. */
export function csvLine(cells: readonly string[]): string {
  const safe = (cell: string) => (/^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell);
  return cells.map((cell) => `"${safe(cell).replaceAll('"', '""')}"`).join(",");
}

export const csvOf = (rows: readonly (readonly string[])[]): string => rows.map((row) => `${csvLine(row)}\r\n`).join("");

export const templateOf = (side: ReunionSide): string => csvOf([examples[side].map(([header]) => header), examples[side].map(([, cell]) => cell)]);

/** Saves text as a file that spreadsheets open in the right encoding. */
export function saveCsv(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv;charset=utf-8" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Sends the files one after the other; `progress` hears the share of all bytes. */
export async function sendFiles(files: readonly File[], progress: (fraction: number) => void): Promise<string[]> {
  const total = files.reduce((sum, file) => sum + file.size, 0) || 1;
  const ids: string[] = [];
  let before = 0;
  for (const file of files) {
    const stored = await uploadFile({ name: file.name, blob: file, purpose, keepPosition: false, onProgress: (fraction) => progress((before + fraction * file.size) / total) });
    before += file.size;
    ids.push(stored.id);
  }
  return ids;
}

/** Whether the server is still at work on it. */
export const atWork = ({ state, picturesBy }: Pick<ReunionImportLine, "state" | "picturesBy">): boolean =>
  state === "READING" || state === "RUNNING" || picturesBy.read < picturesBy.kept;

export const rowTabs = ["PROBLEM", "DUPLICATE", "READY", "DONE", "SKIPPED"] as const satisfies readonly ReunionImportRowState[];
export type RowTab = (typeof rowTabs)[number];

export function countOf({ rowsBy }: Pick<ReunionImportLine, "rowsBy">, tab: RowTab): number {
  const counts: Record<RowTab, number> = { PROBLEM: rowsBy.problems, DUPLICATE: rowsBy.repeats, READY: rowsBy.ready, DONE: rowsBy.done, SKIPPED: rowsBy.skipped };
  return counts[tab];
}

/** What has to be looked at first. */
export const firstTab = (run: Pick<ReunionImportLine, "rowsBy">): RowTab => rowTabs.find((tab) => countOf(run, tab) > 0) ?? "READY";

export interface Sample {
  at: number;
  done: number;
}

/** Seconds until everything is done at the pace since the first sample; nothing before there is a pace. */
export function secondsLeft(first: Sample | undefined, now: Sample, total: number): number | undefined {
  if (!first || now.done <= first.done || now.at - first.at < 3_000) return undefined;
  return Math.round(((total - now.done) * (now.at - first.at)) / (now.done - first.done) / 1000);
}

export const cellOf = (row: Pick<ReunionImportRowCard, "cells">, column: string): string => row.cells.find((cell) => cell.column === column)?.text ?? "";

/** Columns to correct: those with a problem, once each; a problem of the whole row has none. */
export const columnsToFix = (row: Pick<ReunionImportRowCard, "problems">): string[] =>
  [...new Set(row.problems.map(({ column }) => column).filter((column): column is string => column !== null && column !== "basis"))];

/** How a row is recognised in a list. */
export const titleOf = (row: Pick<ReunionImportRowCard, "cells">): string => [cellOf(row, "key"), cellOf(row, "name")].filter(Boolean).join(" · ");

export const mayEdit = ({ state, erasedAt }: Pick<ReunionImportDetail, "state" | "erasedAt">): boolean => erasedAt === null && (state === "PREVIEW" || state === "STOPPED");
