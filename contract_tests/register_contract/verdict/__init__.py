"""What may be said of a run, and how it is told: findings, results, verdict, reports."""
