"""The arithmetic of a made-up call alone in its process: seconds, memory, and how near to a known truth its rankings are.

The call: true qualities with a deviation of 0.8, reviewers' severities with one of `bias`, noise with one of 0.7; each mark
from 0 to 5 is the review's level, moved by 0.6 for its criterion and rounded. Each dossier is read by people drawn at random.
"""

import json
import random
import statistics
import sys

from scipy.stats import spearmanr

from gen_portal.bench.assignment import peak_mb, timed
from labelling.calibration import calibrate
from labelling.fragility import crossing, rank_intervals
from labelling.scoring import weighted_mean

ROUNDS, POINTS = 5, 5
WEIGHTS = {"relevance": 20, "audience": 25, "teaching": 25, "jobs": 15, "means": 15}


def call(dossier_count, review_count, reviewer_count, bias, *, seed=1):
    """The true quality of each dossier, and the reviews with their marks."""
    rng = random.Random(seed)
    qualities = [rng.gauss(3, 0.8) for _ in range(dossier_count)]
    severities = [rng.gauss(0, bias) for _ in range(reviewer_count)]
    reviews = []
    for dossier, quality in enumerate(qualities):
        for reviewer in rng.sample(range(reviewer_count), review_count):
            level = quality - severities[reviewer] + rng.gauss(0, 0.7)
            marks = tuple(min(max(round(level + rng.gauss(0, 0.6)), 0), 5) for _ in WEIGHTS)
            reviews.append((dossier, reviewer, marks))
    return qualities, reviews


def correlation(means, qualities):
    return float(spearmanr([float(mean) for mean in means], qualities).statistic)


def measure(*sizes, bias):
    """The figures of a call of so many dossiers, reviews of each and reviewers; times are medians, in turn."""
    qualities, reviews = call(*sizes, bias)
    means = [(d, r, weighted_mean(zip(WEIGHTS.values(), marks, strict=True))) for d, r, marks in reviews]
    before_mb, ways = peak_mb(), {
        "calibrate": lambda: calibrate(means), "fragility": lambda: rank_intervals(WEIGHTS, reviews, points=POINTS),
    }  # fmt: skip
    answers = {way: measured() for way, measured in ways.items()}
    memory_mb = peak_mb() - before_mb
    rounds = [{way: timed(measured) for way, measured in ways.items()} for _ in range(ROUNDS)]
    adjusted, line = answers["calibrate"].means.values(), sizes[0] // 5
    return {
        "sizes": sizes, "bias": bias, "memory_mb": memory_mb, "line": line,
        "seconds": {way: statistics.median(each[way][0] for each in rounds) for way in ways},
        "raw": correlation([mean.raw for mean in adjusted], qualities),
        "adjusted": correlation([mean.adjusted for mean in adjusted], qualities),
        "crossing": len(crossing(answers["fragility"], line)),
        "same": all(each[way][1] == answers[way] for each in rounds for way in ways),
    }  # fmt: skip


if __name__ == "__main__":
    *counts, told_bias = sys.argv[1:]
    print(json.dumps(measure(*map(int, counts), bias=float(told_bias))))
