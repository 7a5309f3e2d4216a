/** One to five, as the server counts them. */
export const marks = ["1", "2", "3", "4", "5"] as const;

/** One and two of five on either question: what the server calls dissatisfied. */
export const isDissatisfied = (process: string, result: string): boolean => [process, result].some((mark) => mark === "1" || mark === "2");

/** There is one rework: in the second round nothing is forced any more. */
export const forcesRework = (process: string, result: string, round: number): boolean => round === 1 && isDissatisfied(process, result);

/** Fewer ratings say nothing, and might say who gave them. */
export const fewestRatings = 5;
