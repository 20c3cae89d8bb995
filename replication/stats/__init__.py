"""Statistics over short vectors and few runs: correlations, intervals, equivalence, criteria of replication."""
