/** Operations about recommendations that may wait in the outbox. */
export const recommendationCommands: readonly string[] = [
  "AnswerRating", "AskReplyExtension", "CheckPromise", "DecideRecommendation", "DecideReplyExtension", "EscalateRecommendation", "ObjectToRecommendation",
  "RateRecommendation", "RecordOnSiteCheck", "ReplyToRecommendation", "RuleOnObjection", "ServeRecommendation", "WithdrawOnSiteCheck",
];
