"""Commands of supervision, by part of the work: the case, the chain's tasks, check-ins, tests, points and colours,
leave and requests, the pass, whistles."""
