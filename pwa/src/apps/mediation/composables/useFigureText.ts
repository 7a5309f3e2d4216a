import { useI18n } from "vue-i18n";
import { useFormat } from "@/kernel/i18n/format";

/** A figure's value with its unit; PERCENT is a number from 0 to 1. */
export function useFigureText() {
  const { t } = useI18n();
  const { number, percent } = useFormat();

  return (value: number | null, unit: string): string => {
    if (value === null) return t("mediation.figures.none");
    if (unit === "PERCENT") return percent(value);
    return unit === "DAYS" ? t("mediation.figures.days", { n: number(value) }) : number(value);
  };
}
