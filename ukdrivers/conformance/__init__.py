"""Conformance: what a driver must be seen to do, and the machinery that sees it.

A *suite* is a set of checks that run together. Which suites a driver is put through follows from
its class; which it has passed makes its tier. :mod:`ukdrivers.conformance.run` runs them.
"""
