import type { DivisionName, Refusal } from "@/generated/kernel";
import type { OversightClueDetail } from "@/generated/oversight";
import type { OversightField, OversightSession, RaiseSuggestionInput } from "@/generated/schema";

export const mostPoints = 10;
const bounds = { title: [4, 80], text: [10, 10_000], points: [4, 1000] } as const;

/** A suggestion while it is being written: as kept in a draft, so plain JSON only. */
export interface SuggestionValues {
  session: OversightSession;
  field: OversightField | "";
  division: DivisionName | null;
  title: string;
  text: string;
  points: string[];
  public: boolean;
  /** The clue it grows from. */
  clue: string;
}

export const emptySuggestion = (): SuggestionValues => ({ session: "RECESS", field: "", division: null, title: "", text: "", points: [""], public: true, clue: "" });

const written = (values: SuggestionValues): string[] => values.points.map((point) => point.trim()).filter(Boolean);

export const hasContent = (values: SuggestionValues): boolean => Boolean(values.title.trim() || values.text.trim() || values.field || written(values).length);

export const titleOf = (values: SuggestionValues): string => values.title.trim() || values.text.trim().slice(0, 40);

/** What a clue tells already. Who wrote it stays where it is, and so does the exact place. */
export const grownFrom = (values: SuggestionValues, clue: Pick<OversightClueDetail, "id" | "title" | "content" | "field" | "division">): SuggestionValues => ({
  ...values, clue: clue.id, title: clue.title, text: clue.content, field: clue.field, division: clue.division,
});

const refuse = (code: string, field: string, data: Refusal["data"] = null): Refusal => ({ code, field, data });

function lengthOf(field: keyof typeof bounds, text: string): Refusal[] {
  const [min, max] = bounds[field];
  if (!text) return [refuse("REQUIRED", field)];
  if (text.length < min) return [refuse("TOO_SHORT", field, { min })];
  return text.length > max ? [refuse("TOO_LONG", field, { max })] : [];
}

/** What can be told without the server; the server checks everything again. */
export function checkSuggestion(values: SuggestionValues): Refusal[] {
  const points = written(values);
  const [badPoint] = points.flatMap((point) => lengthOf("points", point));
  return [
    ...lengthOf("title", values.title.trim()),
    ...lengthOf("text", values.text.trim()),
    ...(points.length ? [] : [refuse("REQUIRED", "points")]),
    ...(points.length > mostPoints ? [refuse("TOO_MANY", "points", { max: mostPoints })] : []),
    ...(badPoint ? [badPoint] : []),
    ...(["field", "division"] as const).filter((name) => !values[name]).map((name) => refuse("REQUIRED", name)),
  ];
}

export const toInput = (values: SuggestionValues): RaiseSuggestionInput => ({
  session: values.session,
  field: values.field || "OTHER",
  division: values.division?.code ?? "",
  title: values.title.trim(),
  text: values.text.trim(),
  points: written(values),
  public: values.public,
  clueId: values.clue || null,
  fileIds: [],
});

type Clue = Pick<OversightClueDetail, "parts" | "erasedAt">;

export const myPart = ({ parts }: Pick<Clue, "parts">, account: string) => parts.find(({ accountId, kind }) => accountId === account && kind !== "SOURCE");

/** Whether somebody may make a suggestion of it: with a part of his own, and while its words are still there. */
export const growsInto = (clue: Clue, account: string): boolean => clue.erasedAt === null && myPart(clue, account) !== undefined;
