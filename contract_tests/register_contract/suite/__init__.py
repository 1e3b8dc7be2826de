"""The suite: what is tried, on which records, with which data, and what is checked."""
