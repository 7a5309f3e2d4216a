/** Kinds of what is written offline, apart from their forms: the first route knows them. */
export const checkDraftKind = "oversight.check";
export const clueDraftKind = "oversight.clue";
export const suggestionDraftKind = "oversight.suggestion";
