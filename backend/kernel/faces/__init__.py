"""Faces: found, judged for quality and liveness, compared one to one with the person's own consented enrolment.

There is no gallery and no search: `matching` compares a probe with the templates of one enrolment. What a comparison
says is advice; a person decides. Nothing here loads a model before the first picture is looked at.
"""
