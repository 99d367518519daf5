"""Stands for PyNN."""
