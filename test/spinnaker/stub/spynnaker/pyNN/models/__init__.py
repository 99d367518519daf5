"""Stands for a package of sPyNNaker."""
