"""Faces: found, judged for quality and liveness, compared.

`matching` compares a probe with the templates of one consented enrolment; `galleries` searches the galleries that were made
for a purpose, on approval, for reunion alone. What a comparison says is advice; a person decides. Nothing here loads a model
before the first picture is looked at.
"""
