"""Commands of mediation. Each checks access and state, changes rows, writes its event and tells people, in the one
transaction `run_command` opens around it.

`intake` (ring 1), `assignment` and `hearing` and `settlement` (ring 2), `supervision` (ring 3), `feedback` (ring 4),
`warning` (ring 5); `common` is what they share.
"""
