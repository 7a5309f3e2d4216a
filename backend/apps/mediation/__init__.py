"""Dispute mediation (五环智控): sense, mediate, supervise, assess, warn.

Citizens, parties, grid members, mediators, township and county staff. Basis: 人民调解法; 民事诉讼法 205–206;
信访工作条例; `domain.md` A2.
"""
