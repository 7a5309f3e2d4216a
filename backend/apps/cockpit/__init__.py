"""Cockpit (137+X): the programme that runs the city's applications, and the figures its leaders look at.

Actors: township leaders, programme offices of county and city, county centres, sector regulators, grid workers, village officers.
Basis: the programme itself (`domain.md` 11); hazards: 安全生产法, 浙江省安全生产条例. Nobody is ranked; figures of applications are
read here and changed nowhere.
"""
