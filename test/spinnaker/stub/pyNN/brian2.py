"""Stands for pyNN.brian2."""

import echo_simulator

echo_simulator.offer("brian2", globals())
