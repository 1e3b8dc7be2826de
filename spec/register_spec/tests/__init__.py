"""Tests of the contract and its loader."""
