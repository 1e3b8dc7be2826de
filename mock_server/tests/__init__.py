"""Tests of the mock."""
