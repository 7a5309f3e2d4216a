"""Commands of the cockpit: each checks access and state, changes rows and writes the event in one transaction."""
