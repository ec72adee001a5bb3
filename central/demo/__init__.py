"""Invented data of Heihe for demonstrations and tests; the same seed gives the same entities."""
