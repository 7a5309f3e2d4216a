import { useI18n } from "vue-i18n";
import { useFormat } from "@/kernel/i18n/format";
import { type FactRow, type Recorded, factRows } from "./facts";
import { dialectWord } from "./factsForm";
import { useWords } from "./words";

/** The rows of a record in the reader's language. */
export function useFactRows() {
  const { t } = useI18n();
  const { date, number } = useFormat();
  const { word } = useWords();
  const dialect = (code: string) => {
    const found = word("dialect", dialectWord(code));
    return found === dialectWord(code) ? code : found;
  };
  const centimetres = (least: number, most: number) =>
    least === most ? t("reunion.facts.cm", { n: number(least) }) : t("reunion.facts.cmRange", { least: number(least), most: number(most) });
  const between = (from: string, to: string) => t("reunion.facts.between", { from, to });
  return (record: Recorded): FactRow[] => factRows(record, { word, dialect, date, between, centimetres, joint: t("reunion.facts.joint") });
}
