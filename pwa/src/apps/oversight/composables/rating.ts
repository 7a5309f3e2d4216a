/** One to five, as the server counts them. */
export const marks = ["1", "2", "3", "4", "5"] as const;

/** One and two of five on either question: what the server calls dissatisfied. */
export const isDissatisfied = (process: string, result: string): boolean => [process, result].some((mark) => mark === "1" || mark === "2");

/** There is one rework: in the second round nothing is forced any more. */
export const forcesRework = (process: string, result: string, round: number): boolean => round === 1 && isDissatisfied(process, result);

/** Fewer ratings say nothing, and might say who gave them. */
export const fewestRatings = 5;

export interface RatingValues {
  process: string;
  result: string;
  words: string;
  /** Whoever forces a rework says so. */
  sure: boolean;
}

export const emptyRating = (): RatingValues => ({ process: "", result: "", words: "", sure: false });

/** What has to be filled before it is sent. */
export const requiredIn = ({ process, result, words, sure }: RatingValues, round: number): Record<string, unknown> => ({
  process, result, words, ...(forcesRework(process, result, round) ? { sure } : {}),
});

export const ratingInput = ({ process, result, words }: RatingValues) => ({ process: Number(process), result: Number(result), words: words.trim() });

/** A mark as a colour. */
export const markTone = (mark: number): string => (mark <= 2 ? "tone-red" : mark === 3 ? "tone-yellow" : "tone-green");
