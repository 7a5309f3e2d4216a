"""Oversight (人大·检察智联督办): deputies propose, watch and rate; the procuratorate handles, urges and uses.

Actors: deputies, the people's congress office, prosecutors and their chief, supervised units. Legal basis: 代表法, 各级人大常委会监督法,
人民检察院检察建议工作规定, 法释〔2020〕20号. The congress directs no single case, and who proposed stays hidden from the unit.
"""
