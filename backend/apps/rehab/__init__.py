"""Supervision in the community (苍穹): one colour with its reasons, check-ins with face and place, a chain of people.

Actors: the supervised person, family, grid member, village, drug worker, community police, narcotics office. Legal
basis: 禁毒法 31–52, 戒毒条例, 吸毒检测程序规定, 浙公通字〔2022〕65号, 个人信息保护法 24, 28–30; prohibitions of 治安管理处罚法 136.
"""
