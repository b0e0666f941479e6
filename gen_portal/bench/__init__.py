"""`make bench`: what the portal's pages cost, beside what an honest bare page costs with the same data in the same run.

It prints figures and whether each goal is reached, in words; it never fails on time (docs/bench.md).
"""
