"""Tests: one file a stage, and what several of them share."""
