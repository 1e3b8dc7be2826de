"""Which findings are known: the target follows another reading there, and which entry says so."""
