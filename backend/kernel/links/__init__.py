"""A page that opens without signing in, for whoever holds its link: a status for a family, a card in a coat pocket."""
