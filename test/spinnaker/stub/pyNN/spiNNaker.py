"""Stands for pyNN.spiNNaker."""

import echo_simulator

echo_simulator.offer("spiNNaker", globals())
