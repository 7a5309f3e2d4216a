/** Kinds of what is written offline, apart from their forms: the first route knows them. */
export const hazardDraftKind = "cockpit.hazard";
