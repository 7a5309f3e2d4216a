/** Operations about suggestions that may wait in the outbox. */
export const suggestionCommands: readonly string[] = [
  "AnswerSuggestion", "AskSuggestionExtension", "AssignSuggestion", "AssistWithSuggestion", "ConsultOnSuggestion", "DecideSuggestionExtension", "FinishSuggestion",
  "FulfilSuggestion", "RaiseSuggestion", "RateSuggestion", "ReportSuggestionProgress", "ReturnSuggestion", "ReviewSuggestion", "SignSuggestion", "TakeUpSuggestion",
  "WithdrawSuggestion",
];
