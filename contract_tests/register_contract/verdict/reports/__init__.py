"""What people and machines are shown after, and during, a run."""
