"""Requests that show a change: sent to a mock of each side, the answers side by side."""
