"""What the journal of a mock shows of a client, and what it has not shown yet."""
