"""Stands for pyNN.nest."""

import echo_simulator

echo_simulator.offer("nest", globals())
