"""Stands for the source of spikes of sPyNNaker 7.4.1: its times are a plain list."""


def _send_buffer_times(spike_times, _time_step):
    return [list(times) for times in spike_times]
