"""Tests of the pages: what they print is what comes out."""
