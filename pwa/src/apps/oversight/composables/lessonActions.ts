import { DecideOversightLesson, type OversightLessonDetail, TakeDownOversightLesson } from "@/generated/oversight";
import type { FormLook, Forms } from "@/kernel/forms/actions";
import type { Field as FieldOf } from "@/kernel/forms/fields";
import { type OfferedAction, arrangeActions } from "@/kernel/matters/actions";
import { wordsRoot } from "./words";

type Field = FieldOf<OversightLessonDetail>;
type Look = FormLook<OversightLessonDetail>;

/** Neither can be taken back. */
const sure: Field = { name: "sure", kind: "confirm" };

export const looks: Readonly<Record<string, Look>> = {
  decide: { icon: "check", step: true, operation: DecideOversightLesson, fields: [{ name: "publish", kind: "verdict" }, { name: "opinion", kind: "longtext", max: 2000 }, sure] },
  take_down: { icon: "close", danger: true, operation: TakeDownOversightLesson, fields: [{ name: "text", kind: "longtext", max: 2000 }, sure] },
};

/** How lessons are acted on. */
export const forms: Forms<OversightLessonDetail, Look & OfferedAction> = {
  texts: "oversight.lesson",
  words: wordsRoot,
  watched: { state: "lessonState" },
  arrange: (lesson) => arrangeActions(lesson, looks),
  offered: (lesson, name) => {
    const offered = lesson.availableActions.find((one) => one.name === name);
    const look = looks[name];
    return offered && look && { ...look, ...offered };
  },
  variables: (_action, input, _lesson, { id, version }) => ({ input: { id, version, ...input } }),
};
