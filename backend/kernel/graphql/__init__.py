"""The GraphQL edge: context, commands, errors, pages, limits, trusted documents, subscriptions."""
