"""Scenarios: the files, where each is played, and the requests that each is made of."""
