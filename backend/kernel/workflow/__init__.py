"""State machines as data: which step an actor may take from a state, and which evidence the step needs.

`machine` is pure; applications declare their states and transitions and ask it, they never branch on states.
"""
