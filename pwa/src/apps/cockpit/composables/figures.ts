import { useI18n } from "vue-i18n";
import type { BoardFigure } from "@/generated/cockpit";
import type { CockpitColour } from "@/generated/schema";
import { useFormat } from "@/kernel/i18n/format";

export const colours = ["RED", "YELLOW", "GREEN", "NONE"] as const satisfies readonly CockpitColour[];

/** What needs looking at first: red before yellow, as the applications come otherwise. */
export const pressing = (figures: readonly BoardFigure[]): BoardFigure[] =>
  figures.filter(({ colour }) => colour === "RED" || colour === "YELLOW").sort((one, other) => colours.indexOf(one.colour) - colours.indexOf(other.colour));

/** How many figures of each place below have each colour. */
export function tally(figures: readonly BoardFigure[], index: number): Record<CockpitColour, number> {
  const counts = { RED: 0, YELLOW: 0, GREEN: 0, NONE: 0 };
  for (const figure of figures) counts[figure.coloursBelow[index] ?? "NONE"] += 1;
  return counts;
}

/** The colour of a place: of its worst figure. */
export const worst = (counts: Record<CockpitColour, number>): CockpitColour => colours.find((colour) => colour !== "NONE" && counts[colour] > 0) ?? "NONE";

/** Figures by application, in the order they came. */
export function byApplication(figures: readonly BoardFigure[]): { app: string; figures: BoardFigure[] }[] {
  const groups = new Map<string, BoardFigure[]>();
  for (const figure of figures) groups.set(figure.app, [...(groups.get(figure.app) ?? []), figure]);
  return [...groups].map(([app, members]) => ({ app, figures: members }));
}

/** Changed since the month before, in the figure's own unit; null where either is missing. */
export function change(figure: BoardFigure): number | null {
  const [before, now] = figure.trend.slice(-2);
  return before === undefined || now === undefined || before === null || now === null ? null : now - before;
}

export function useFigureTexts() {
  const { t, te } = useI18n();
  const { number, percent } = useFormat();

  /** Applications keep the names of their figures in one of a few places; what reads well only on their own pages has a name here. */
  function name(app: string, key: string): string {
    const found = [`cockpit.board.figure.${app}.${key}`, `${app}.figures.name.${key}`, `${app}.figure.${key}`, `${app}.word.figure.${key}`].find((each) => te(each));
    return found ? t(found) : key;
  }

  function amount(figure: Pick<BoardFigure, "kind" | "unit">, value: number | null | undefined): string {
    if (value === null || value === undefined) return "–";
    if (figure.kind === "RATE") return percent(value);
    return figure.kind === "COUNT" ? number(value) : t("cockpit.board.days", { n: number(value) });
  }

  /** The value, or why there is none. */
  function value(figure: BoardFigure): string {
    if (figure.withheld) return t("cockpit.board.withheld");
    if (!figure.sufficient) return figure.denominator === 0 ? t("cockpit.board.empty") : t("cockpit.board.insufficient", { n: figure.denominator ?? 0 });
    return amount(figure, figure.value);
  }

  /** Of a change: points for rates, so that nobody reads five per cent of eighty. */
  function delta(figure: BoardFigure): string {
    const by = change(figure);
    if (by === null || Math.abs(by) < 0.0005) return by === null ? "" : t("cockpit.board.same");
    const size = figure.kind === "RATE" ? t("cockpit.board.points", { n: number(Math.abs(by) * 100) }) : amount(figure, Math.abs(by));
    return t(by > 0 ? "cockpit.board.up" : "cockpit.board.down", { by: size });
  }

  return { name, amount, value, delta, app: (app: string) => t(`cockpit.board.app.${app}`) };
}
