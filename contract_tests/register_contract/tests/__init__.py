"""Tests of the suite itself; collected only when this folder is named."""
