"""Reunion (灯塔工程): missing and stranded people find home by face, facts and many hands.

Actors: rescue stations, police, civil affairs, reviewers and invited experts, families. Legal basis:
城市生活无着的流浪乞讨人员救助管理办法 and its 实施细则, 民发〔2015〕158号, 未成年人保护法, 个人信息保护法 28–31,
人脸识别技术应用安全管理办法. A score is a hint to reviewers; people decide, and something better than a face proves.
"""
