"""The judgement: reviewers, reviews, decisions, labels and grants."""
