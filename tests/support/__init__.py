"""Peers and services that tests of several folders use."""
