import type { ReunionCaseDetail, ReunionPictureCard } from "@/generated/reunion";

/** Photographs on which somebody has to say which face is meant, or that a poor one is used all the same. */
export const facesToChoose = (matter: Pick<ReunionCaseDetail, "pictures">): ReunionPictureCard[] =>
  matter.pictures.filter((one) => one.state === "CHOOSE" || (one.state === "UNUSABLE" && one.faces.length > 0));

/** Everything that is the matter with a photograph, once each: the picture's own problem, or those of its faces. */
export function problemsOf(picture: Pick<ReunionPictureCard, "problem" | "faces" | "chosen">): string[] {
  const face = picture.chosen === null ? undefined : picture.faces[picture.chosen];
  return [...new Set([picture.problem, face?.problem].filter((problem): problem is string => Boolean(problem)))];
}

/** What a face is of no use for, when somebody looks at one face of several. */
export const faceProblem = (picture: Pick<ReunionPictureCard, "faces">, face: number): string | null => picture.faces[face]?.problem ?? null;

/** The picture that stands for somebody: the newest with a usable face, else the newest. */
export const portraitOf = <Picture extends { state: string; url: string | null }>(pictures: readonly Picture[]): Picture | undefined =>
  pictures.find((one) => one.state === "READY" && one.url) ?? pictures.find((one) => one.url);

/** Place and size of a face as CSS, from shares of width and height: left, top, right, bottom. */
export function boxStyle(box: readonly number[]): Record<"left" | "top" | "width" | "height", string> {
  const [left = 0, top = 0, right = 0, bottom = 0] = box;
  const share = (value: number) => `${(Math.min(1, Math.max(0, value)) * 100).toFixed(2)}%`;
  return { left: share(left), top: share(top), width: share(right - Math.max(0, left)), height: share(bottom - Math.max(0, top)) };
}

export type Frame = Record<"width" | "left" | "top", string>;

/** How much of a picture stands around a face, in widths of the face. */
const around = 2.2;

/** A square window around a face: size and place of the whole picture in it, as CSS. `width` and `height` are the picture's pixels. */
export function squareAround(box: readonly number[], width: number, height: number): Frame {
  const [left = 0, top = 0, right = 1, bottom = 1] = box;
  const side = Math.min(width, height, around * Math.max((right - left) * width, (bottom - top) * height));
  const start = (centre: number, whole: number) => Math.min(whole - side, Math.max(0, centre - side / 2));
  const share = (value: number) => `${((value / side) * 100).toFixed(2)}%`;
  return { width: share(width), left: share(-start(((left + right) / 2) * width, width)), top: share(-start(((top + bottom) / 2) * height, height)) };
}

/** The box of the face that is meant on a picture, if somebody or the machine has said which. */
export const chosenBox = (picture: Pick<ReunionPictureCard, "faces" | "chosen"> | undefined): readonly number[] | null =>
  picture && picture.chosen !== null ? (picture.faces[picture.chosen]?.box ?? null) : null;
